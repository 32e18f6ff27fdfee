import { splitId } from '../base/object-id.ts';
import { appHop } from './hops/app.ts';
import { clientHop, externalDnsHop } from './hops/client.ts';
import { clusterDnsHop } from './hops/cluster-dns.ts';
import { edgeHop } from './hops/edge.ts';
import type { HopFacts } from './hops/facts.ts';
import { gatewayHop } from './hops/gateway.ts';
import { leavingHops } from './hops/leaving.ts';
import { networkHop } from './hops/network.ts';
import { podHop } from './hops/pod.ts';
import { serviceHop } from './hops/service.ts';
import type { Hop } from './trace.ts';

/**
 * The hops of a request in its own order, each with a state. A hop that the request does not pass (no name to resolve, no
 * backend asked) is left out; hops behind a definite break keep their own state, the report shows them as not reached.
 */
export function describeHops(facts: HopFacts): readonly Hop[] {
  const { inside, leaving } = facts;
  const outside = inside === undefined || inside.entry !== undefined;
  const answered = facts.decision.kind === 'backend';
  const throughService = facts.backends.some((path) => splitId(path.ref.object).kind !== 'Pod');
  const hops: (Hop | undefined)[] = [
    clientHop(facts),
    outside ? externalDnsHop(facts) : undefined,
    outside ? edgeHop(facts) : undefined,
    inside === undefined ? gatewayHop(facts) : undefined,
    clusterDnsHop(facts),
    answered && (throughService || facts.backends.length === 0) ? serviceHop(facts) : undefined,
    ...(answered ? [networkHop(facts), podHop(facts), appHop(facts)] : []),
    ...(leaving === undefined ? [] : leavingHops(facts, leaving)),
  ];
  return hops.filter((hop) => hop !== undefined);
}
