import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import { loadedEndpoints } from './loaded-endpoints.ts';
import { logEvidence } from './log-evidence.ts';
import type { PathObservations } from './observed.ts';
import type { Trace } from './trace.ts';

/** Addresses that the gateway still uses for this path although the Service's endpoints are others. */
export interface StaleAddresses {
  readonly addresses: readonly string[];
  readonly evidence: readonly Evidence[];
}

/**
 * From what the gateway says it has loaded, where it was asked; else from its recent error lines: addresses that are no endpoint of the path's Services, no Service address and no
 * Pod's. Only lines newer than the endpoints' Pods count, since older ones speak of Pods that were there then.
 */
export function staleAddresses(world: {
  readonly model: ClusterModel;
  readonly trace: Trace;
  readonly seen: PathObservations;
}): StaleAddresses {
  const { model, trace, seen } = world;
  const { stale } = loadedEndpoints({ model, seen, backends: trace.backends, rule: trace.rule });
  if (stale.addresses.length > 0) return stale;
  const slices = trace.backends.flatMap((path) => (path.slices.state === 'found' ? path.slices.value : []));
  const current = new Set(slices.flatMap((slice) => slice.endpoints.flatMap((endpoint) => endpoint.addresses)));
  if (current.size === 0) return { addresses: [], evidence: [] };
  const since = Math.max(
    0,
    ...trace.backends.flatMap((path) =>
      path.endpoints.flatMap((endpoint) =>
        endpoint.pod.state === 'found' ? (endpoint.pod.value.startTime ?? endpoint.pod.value.created ?? 0) : 0,
      ),
    ),
  );
  const lines = seen.errors.filter((entry) => {
    const ip = ipOf(entry.address);
    if (ip === undefined || current.has(ip) || (entry.time ?? 0) < since) return false;
    return (
      model.podByIP(ip).state === 'absent' &&
      model.serviceByIP(ip).state === 'absent' &&
      model.nodeByIP(ip).state !== 'found' &&
      !ip.startsWith('127.')
    );
  });
  // Once a current endpoint has answered, what came before was the change itself (a rollout), not a view that stays old.
  const first = lines[0]?.time ?? 0;
  const follows = [...seen.access, ...seen.nearby].some(
    (entry) =>
      (entry.time ?? 0) >= first &&
      entry.attempts.some((attempt) => (attempt.status ?? 599) < 500 && current.has(ipOf(attempt.address) ?? '')),
  );
  if (follows) return { addresses: [], evidence: [] };
  const addresses = [...new Set(lines.flatMap((entry) => ipOf(entry.address) ?? []))];
  const last = lines.at(-1);
  const evidence: Evidence[] =
    last === undefined
      ? []
      : [
          logEvidence(
            last,
            `the gateway connects to ${addresses.slice(0, 3).join(', ')}, which no Pod has; the endpoints are ${[...current].slice(0, 3).join(', ')}`,
            lines.length,
          ),
        ];
  return { addresses, evidence };
}

function ipOf(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  const match = /^\[([^\]]+)\]|^([^:]+)(?::\d+)?$/.exec(address);
  return match?.[1] ?? match?.[2];
}
