import type { Evidence } from '../model/evidence.ts';
import { usableEndpoints } from './backend-path.ts';
import type { PathObservations } from './observed.ts';
import { responseEvidence } from './response-modes.ts';
import type { Trace } from './trace.ts';

/** What socket.io and SignalR answer to a request of a session that another replica holds. */
const UNKNOWN_SESSION =
  /"message":\s?"Session ID unknown"|No Connection with that ID|Connection ID required|unknown session/i;

/** The answer of a replica that does not know the session, where several replicas share requests without affinity. */
export function strangerReplica({
  trace,
  seen,
}: {
  readonly trace: Trace;
  readonly seen: PathObservations;
}): Evidence | undefined {
  const { response } = seen;
  if (response === undefined || !UNKNOWN_SESSION.test(response.body)) return undefined;
  if (trace.rule?.settings.affinity !== undefined) return undefined;
  const replicas = trace.backends.flatMap(usableEndpoints).length;
  if (replicas < 2) return undefined;
  return responseEvidence(response, `the answer is a replica’s that does not know the session (${replicas} endpoints)`);
}
