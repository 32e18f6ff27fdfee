import type { CoverageState } from '../../coverage.ts';
import { decodeStatus } from '../protobuf/decode-list.ts';
import { ProtobufError } from '../protobuf/wire.ts';

/**
 * Why the API server did not give what was asked for.
 * - forbidden: the user may not (403); unauthorized: nobody knows the user (401)
 * - not-found: no such object or path (404); gone: the page's continue token is too old (410)
 * - timeout, unreachable, tls: no answer; overloaded: 429 or 503 until patience ran out
 * - broken: an answer that makes no sense
 */
export interface ApiFailure {
  readonly kind:
    | 'forbidden'
    | 'unauthorized'
    | 'not-found'
    | 'gone'
    | 'timeout'
    | 'unreachable'
    | 'tls'
    | 'overloaded'
    | 'broken';
  readonly message: string;
}

const KINDS: Readonly<Record<number, ApiFailure['kind']>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  405: 'not-found',
  408: 'timeout',
  410: 'gone',
  429: 'overloaded',
  503: 'overloaded',
  504: 'timeout',
};

const MAX_MESSAGE = 400;

/** Reads the metav1.Status (in JSON or protobuf, as was asked) or the text of an answer that is no success. */
export function readFailure(status: number, body: Buffer): ApiFailure {
  return { kind: KINDS[status] ?? 'broken', message: clip(messageFromProtobuf(body) ?? messageFromText(body), status) };
}

function messageFromProtobuf(body: Buffer): string | undefined {
  try {
    const { message } = decodeStatus(body);
    return typeof message === 'string' ? message : '';
  } catch (error) {
    if (error instanceof ProtobufError) return undefined;
    throw error;
  }
}

function messageFromText(body: Buffer): string {
  const text = body.toString('utf8', 0, 64 * 1024);
  return messageFromJson(text) ?? text.trim();
}

function messageFromJson(text: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null || !('message' in parsed)) return undefined;
    return typeof parsed.message === 'string' ? parsed.message : undefined;
  } catch {
    return undefined;
  }
}

function clip(message: string, status: number): string {
  if (message === '') return `the API server answered ${status}`;
  return message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message;
}

/** What a failed read says about a kind: only a 403 and a missing API are answers; everything else leaves it open. */
export function coverageOf(failure: ApiFailure): CoverageState {
  if (failure.kind === 'forbidden') return 'forbidden';
  return failure.kind === 'not-found' ? 'not-installed' : 'not-collected';
}
