import type { Request } from '../routing/request.ts';
import type { AccessEntry, BackendErrorEntry } from '../sources/observations.ts';

/** NGINX writes the error line and the access line of a session in the same second. */
const SLACK = 1_500;
/** A session that was quiet for longer than this was idle, not cut: applications that care send heartbeats by then. */
const LONGEST_HEARTBEAT = 600_000;

/**
 * A WebSocket session that a timeout of the proxy ended: the upgrade worked (101), the connection did not last. Envoy says
 * so by a flag, HAProxy by its termination state (client side `cD`, server side `sD`), NGINX in its error log
 * (`upstream timed out … while proxying upgraded connection`, ngx_http_upstream_process_upgraded).
 */
export function isCutSession(request: Request, entry: AccessEntry): boolean {
  return (
    request.protocol === 'websocket' &&
    entry.status === 101 &&
    (entry.mode === 'read-timeout' || entry.flags?.startsWith('cD') === true) &&
    (entry.durationMs ?? 0) <= LONGEST_HEARTBEAT
  );
}

/** Sessions are cut rather than left: more than once, and not as a rare exception. */
export function sessionsAreCut(
  request: Request,
  access: readonly AccessEntry[],
  errors: readonly BackendErrorEntry[],
): boolean {
  const sessions = access.filter((entry) => entry.status === 101);
  if (sessions.length === 0) return cutsIn(request, errors).length >= 2;
  const cut = sessions.filter((entry) => isCutSession(request, entry)).length;
  return cut >= 2 && cut * 3 >= sessions.length;
}

/** NGINX's access line of a cut session looks like any other: its error line in the same second tells. */
export function markCutSessions(
  request: Request,
  access: readonly AccessEntry[],
  errors: readonly BackendErrorEntry[],
): readonly AccessEntry[] {
  const cuts = cutsIn(request, errors);
  if (cuts.length === 0) return access;
  return access.map((entry) => {
    const { time } = entry;
    const cut =
      entry.status === 101 &&
      entry.mode === undefined &&
      time !== undefined &&
      cuts.some((error) => error.time !== undefined && Math.abs(error.time - time) <= SLACK);
    return cut ? { ...entry, mode: 'read-timeout' as const } : entry;
  });
}

function cutsIn(request: Request, errors: readonly BackendErrorEntry[]): readonly BackendErrorEntry[] {
  if (request.protocol !== 'websocket') return [];
  return errors.filter((entry) => entry.mode === 'read-timeout' && /upgraded connection/.test(entry.phrase));
}
