import type { ProbeAttempt, ProbeTls } from '../probe-observation.ts';
import type { ProbeSpec } from './contract.ts';

/** What came back over a connection, without how the connection came to be. */
export type Answer = Pick<ProbeAttempt, 'headers' | 'body' | 'bodyBytes'> &
  Partial<Pick<ProbeAttempt, 'status' | 'protocol' | 'grpc' | 'failure'>> & {
    readonly phases: ProbeAttempt['phases'];
    /** Another request may be sent on the same connection. */
    readonly reusable: boolean;
  };

/** A connection on which requests are sent one after the other. */
export interface Peer {
  /** Never rejects but for being cancelled: what goes wrong is in the answer. */
  ask(spec: ProbeSpec, signal: AbortSignal): Promise<Answer>;
  /** Waits, and answers after how many milliseconds the other side closed the connection; undefined when it did not. */
  rest(ms: number, signal: AbortSignal): Promise<number | undefined>;
  close(): void;
}

export const NO_ANSWER = { headers: {}, body: '', bodyBytes: 0, reusable: false } as const;

const BLANKED = /^(?:set-cookie2?|authorization|proxy-authorization|www-authenticate|cookie|authentication-info)$/;
const LONGEST_VALUE = 2_000;
const MOST_HEADERS = 100;

/** Headers as they are kept: lower case, what may hold credentials blanked, the last value of a name (Set-Cookie apart). */
export function keepHeaders(headers: Iterable<readonly [string, string]>): Readonly<Record<string, string>> {
  const kept = new Map<string, string>();
  for (const [name, value] of headers) {
    if (kept.size === MOST_HEADERS && !kept.has(name)) continue;
    kept.set(name.slice(0, 200), BLANKED.test(name) ? '(not kept)' : value.slice(0, LONGEST_VALUE));
  }
  return Object.assign(Object.create(null) as Record<string, string>, Object.fromEntries(kept));
}

/** Headers that say who the caller is: never shown to somebody whose certificate is wrong. */
const CREDENTIALS =
  /^(?:authorization|proxy-authorization|cookie|x-api-key|api-key|x-auth-.*|.*token.*|.*secret.*|.*session.*)$/;

export function withoutCredentials(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !CREDENTIALS.test(name.toLowerCase())));
}

/** A certificate that makes every client stop; what only this machine does not trust is not among them. */
export function refusedByClients(tls: ProbeTls | undefined): boolean {
  return tls?.problems.some((problem) => problem.kind !== 'trust') === true;
}
