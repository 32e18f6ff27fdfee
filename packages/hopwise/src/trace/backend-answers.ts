import type { AccessEntry } from '../sources/observations.ts';
import { usableEndpoints } from './backend-path.ts';
import { hostPort } from './join.ts';
import type { PathObservations } from './observed.ts';
import type { Trace } from './trace.ts';

/** gRPC paths are `/package.Service/Method`. */
const GRPC_PATH = /^\/[A-Za-z_][\w.]{0,200}\/[A-Za-z_]\w{0,200}$/;

/**
 * A request of the same kind that this path's endpoints answered well through this gateway: what fails elsewhere is then no
 * matter of the protocol between the two. gRPC and plain requests are of different kinds, since one port may serve both.
 */
export function goodAnswer({
  trace,
  seen,
}: {
  readonly trace: Trace;
  readonly seen: PathObservations;
}): AccessEntry | undefined {
  const addresses = new Set(
    trace.backends.flatMap((path) =>
      usableEndpoints(path).map((endpoint) => hostPort(endpoint.address, endpoint.port)),
    ),
  );
  const grpc = trace.request.protocol === 'grpc';
  return [...seen.access, ...seen.nearby].findLast((entry) => {
    if (entry.status === undefined || entry.status >= 400 || entry.generated === true) return false;
    if (grpc !== GRPC_PATH.test((entry.path ?? '').replace(/\?.*$/, '')) && grpc) return false;
    const tried = entry.attempts.flatMap((attempt) => attempt.address ?? []);
    return tried.length === 0 || tried.some((address) => addresses.has(address));
  });
}
