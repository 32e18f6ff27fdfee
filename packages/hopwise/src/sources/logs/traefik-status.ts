import type { FailureMode } from '../failure.ts';

export interface TraefikAnswer {
  readonly status: number;
  readonly bytes: number | undefined;
  readonly durationMs: number;
  /** URL of the server asked; undefined when none was. */
  readonly server: string | undefined;
  /** Status of the server, where the format logs it (JSON). */
  readonly originStatus: number | undefined;
}

/** Lengths of the bodies Traefik writes itself: the status text, nothing else (pkg/proxy/httputil/proxy.go). */
const OWN_BODY = new Map([
  [502, 'Bad Gateway'.length],
  [504, 'Gateway Timeout'.length],
  [500, 'Internal Server Error'.length],
  [499, 'Client Closed Request'.length],
]);
/** serversTransport.forwardingTimeouts.dialTimeout, the default; a response header has no timeout by default. */
const DIAL_TIMEOUT_MS = 30_000;

/**
 * Who made a Traefik answer and what it means. Traefik answers 502 for a network error and 504 for a timeout with the bare
 * status text; its `no available server` (503) comes without a server. In the common format the body's length is all there
 * is to tell such an answer from the backend's: another length is the backend's, the same length is taken as Traefik's.
 */
export function traefikMode(answer: TraefikAnswer): { mode?: FailureMode; generated?: boolean } {
  if (answer.server === undefined) return withoutServer(answer.status);
  if (answer.originStatus !== undefined && answer.originStatus !== 0)
    return { generated: answer.originStatus !== answer.status };
  if (answer.status < 500) return { generated: false };
  const own = OWN_BODY.get(answer.status);
  if (own === undefined) return {};
  if (answer.bytes !== own) return answer.bytes === undefined ? {} : { generated: false };
  const dialled = answer.status === 504 && Math.abs(answer.durationMs - DIAL_TIMEOUT_MS) < 1_000;
  return dialled ? { generated: true, mode: 'connect-timeout' } : { generated: true };
}

function withoutServer(status: number): { mode?: FailureMode; generated: boolean } {
  if (status === 503) return { mode: 'no-endpoints', generated: true };
  return status === 404 ? { mode: 'no-route', generated: true } : { generated: true };
}
