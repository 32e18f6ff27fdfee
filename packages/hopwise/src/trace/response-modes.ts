import type { Evidence } from '../model/evidence.ts';
import type { FailureTable } from '../routing/route-table.ts';
import type { FailureMode } from '../sources/failure.ts';
import type { ResponseObservation } from '../sources/observations.ts';

interface Signature {
  readonly mode: FailureMode;
  readonly matches: (response: ResponseObservation, text: string) => boolean;
}

/**
 * Phrases that proxies put into bodies (and gRPC messages) for one failure only. Envoy: source/common/router/router.cc and
 * source/common/http/utility.cc (`upstream connect error or disconnect/reset before headers. reset reason: …`).
 */
const SIGNATURES: readonly Signature[] = [
  {
    mode: 'overflow',
    matches: (response, text) =>
      text.includes('reset reason: overflow') || response.headers['x-envoy-overloaded'] === 'true',
  },
  { mode: 'protocol-error', matches: (_, text) => text.includes('reset reason: protocol error') },
  {
    mode: 'tls-handshake',
    matches: (_, text) => /TLS error|TLS_error|CERTIFICATE_VERIFY_FAILED|WRONG_VERSION_NUMBER/.test(text),
  },
  {
    mode: 'connect-timeout',
    matches: (_, text) => /reset reason: connection timeout|delayed connect error: (?:110|60)/.test(text),
  },
  { mode: 'refused', matches: (_, text) => /delayed connect error: (?:111|61)|connection refused/i.test(text) },
  { mode: 'no-route-to-host', matches: (_, text) => /delayed connect error: 113|no route to host/i.test(text) },
  {
    mode: 'reset',
    matches: (_, text) =>
      /reset reason: (?:connection termination|remote reset|local reset|connection reset)/.test(text),
  },
  {
    mode: 'no-endpoints',
    matches: (_, text) => text.includes('no healthy upstream') || text.includes('no available server'),
  },
  {
    mode: 'read-timeout',
    matches: (_, text) =>
      text.includes('upstream request timeout') || text.includes("The server didn't respond in time"),
  },
  {
    mode: 'dns-failure',
    matches: (_, text) => /name resolution failed|no such host|could not be resolved/i.test(text),
  },
];

export interface ResponseMode {
  readonly mode: FailureMode;
  readonly evidence: Evidence;
}

/** The ways to fail that the response itself names; `reached`: what the client connects to. */
export function modesOfResponse(
  response: ResponseObservation,
  reached: 'gateway' | 'backend' = 'gateway',
): readonly ResponseMode[] {
  const text = `${response.body}\n${response.grpcMessage ?? ''}`;
  const modes: ResponseMode[] = [];
  for (const signature of SIGNATURES) {
    if (!signature.matches(response, text)) continue;
    const said = (response.grpcMessage ?? response.body).trim().slice(0, 160);
    modes.push({ mode: signature.mode, evidence: responseEvidence(response, `response says: ${said}`) });
  }
  if (response.clientError !== undefined) {
    const { kind, message } = response.clientError;
    const mode = reached === 'gateway' ? clientMode(kind, message) : backendMode(kind, message);
    if (mode !== undefined)
      modes.push({ mode, evidence: responseEvidence(response, `client: ${response.clientError.message}`) });
  }
  return modes;
}

function clientMode(
  kind: NonNullable<ResponseObservation['clientError']>['kind'],
  message: string,
): FailureMode | undefined {
  if (kind === 'dns') return 'dns-failure';
  // Whoever waited for an answer had a connection; what the gateway waited for, nobody outside can tell.
  if (kind === 'timeout' && WAITED.test(message)) return undefined;
  return kind === 'refused' || kind === 'timeout' ? 'gateway-unreachable' : undefined;
}

/** curl tells a connection that was never made from an answer that never came (lib/connect.c, lib/multi.c). */
const WAITED = /bytes received|[Oo]peration timed out|awaiting|read/;

/** Without a gateway between, the client's own words are about the backend. */
export function backendMode(
  kind: NonNullable<ResponseObservation['clientError']>['kind'],
  message: string,
): FailureMode | undefined {
  switch (kind) {
    case 'dns':
      return 'dns-failure';
    case 'refused':
      return 'refused';
    case 'timeout':
      return WAITED.test(message) ? 'read-timeout' : 'connect-timeout';
    case 'tls':
      return 'tls-handshake';
    case 'reset':
    case 'empty-reply':
      return 'reset';
    case 'other':
      return /no route to host|unreachable/i.test(message) ? 'no-route-to-host' : undefined;
  }
}

/** The gateway's failure table read backwards: which failures give this status (and body, where the table has one). */
export function modesOfStatus(table: FailureTable, status: number): readonly FailureMode[] {
  return (Object.keys(table) as FailureMode[]).filter((mode) => {
    const answer = table[mode];
    return answer !== undefined && (answer.status === status || answer.also?.includes(status) === true);
  });
}

export function responseEvidence(response: ResponseObservation, text: string): Evidence {
  return response.file === undefined ? { type: 'response', text } : { type: 'response', text, file: response.file };
}
