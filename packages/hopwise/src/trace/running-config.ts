import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import { usableEndpoints } from './backend-path.ts';
import { failuresOf } from './failures-of.ts';
import type { PathObservations } from './observed.ts';
import { observedMode } from './path-queries.ts';
import { staleAddresses } from './stale-addresses.ts';
import type { Trace } from './trace.ts';

/** How the proxy's behaviour differs from what the objects say now: it runs with an older configuration. */
export interface OldConfig {
  /** It sends to addresses that are no endpoint any more. */
  readonly addresses: readonly string[];
  readonly sign: 'addresses' | 'route-missing' | 'endpoints-missing';
  readonly evidence: readonly Evidence[];
}

/** Undefined when what was seen of the gateway fits the objects. */
export function oldConfig(world: {
  readonly model: ClusterModel;
  readonly trace: Trace;
  readonly seen: PathObservations;
}): OldConfig | undefined {
  const { trace, seen } = world;
  if (!seen.failing || trace.decision.kind !== 'backend') return undefined;
  const stale = staleAddresses(world);
  if (stale.addresses.length > 0) return { addresses: stale.addresses, sign: 'addresses', evidence: stale.evidence };
  const byGateway = seen.generatedBy?.hop === 'gateway';
  // The objects hold a rule for it, and yet the gateway has none.
  if (byGateway && seen.status === 404 && trace.rule !== undefined)
    return { addresses: [], sign: 'route-missing', evidence: seen.generatedBy?.evidence ?? [] };
  const none = observedMode(seen, 'no-endpoints', 'no-service');
  const ready = trace.backends.some((path) => usableEndpoints(path).length > 0);
  if (ready && none !== undefined) return { addresses: [], sign: 'endpoints-missing', evidence: [none.evidence] };
  if (
    ready &&
    byGateway &&
    seen.status === 503 &&
    failuresOf(trace)?.['no-endpoints']?.status === 503 &&
    seen.modes.length === 0
  )
    return { addresses: [], sign: 'endpoints-missing', evidence: seen.generatedBy?.evidence ?? [] };
  return undefined;
}
