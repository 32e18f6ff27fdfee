import type { ClusterModel } from '../../model/cluster-model.ts';
import type { AdminPolicy } from '../../model/kinds/network-policy.ts';
import { projectClusterPolicy } from '../../model/project/admin-policy.ts';
import type { JsonObject } from '../../sources/contract.ts';
import { readKindCoverage } from './policy-coverage.ts';

const GROUP = 'policy.networking.k8s.io/';
const KINDS = {
  admin: ['AdminNetworkPolicy', 'ClusterNetworkPolicy'],
  baseline: ['BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy'],
} as const;

/** The policies of one cluster-wide tier in groups of equal priority, the strongest first. */
export function groupAdminPolicies(
  model: ClusterModel,
  tier: AdminPolicy['tier'],
): readonly (readonly AdminPolicy[])[] {
  const own: readonly AdminPolicy[] =
    tier === 'admin' ? model.list('AdminNetworkPolicy') : model.list('BaselineAdminNetworkPolicy');
  // Antrea and others have a ClusterNetworkPolicy of their own group.
  const cluster = model
    .foreign('ClusterNetworkPolicy')
    .filter((object) => object.apiVersion.startsWith(GROUP))
    .map((object) => projectClusterPolicy(object.spec as JsonObject, object))
    .filter((policy) => policy.tier === tier);
  const groups = new Map<number, AdminPolicy[]>();
  for (const policy of [...own, ...cluster]) {
    const group = groups.get(policy.priority);
    if (group === undefined) groups.set(policy.priority, [policy]);
    else group.push(policy);
  }
  return [...groups.entries()].sort(([left], [right]) => left - right).map(([, group]) => group);
}

/** Why the tier cannot be judged, when the API refused to show its policies. */
export function whyAdminUnread(model: ClusterModel, tier: AdminPolicy['tier']): string | undefined {
  return KINDS[tier].map((kind) => readKindCoverage(model, kind)).find((reading) => reading.state === 'unread')?.why;
}
