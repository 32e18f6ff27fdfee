import { valueOf } from '../../base/lookup.ts';
import { idOf } from '../../base/object-id.ts';
import { examineClusterDns } from '../dns/examine.ts';
import { resolveInCluster } from '../dns/resolve.ts';
import type { InClusterWalk } from '../in-cluster.ts';
import type { Hop } from '../trace.ts';
import type { HopFacts } from './facts.ts';

/** A hop only where a name is resolved inside the cluster: an in-cluster request by name, or an ExternalName Service. */
export function clusterDnsHop(facts: HopFacts): Hop | undefined {
  const { inside, model } = facts;
  if (inside?.dns !== undefined) {
    if (inside.dns.state === 'nxdomain') {
      return {
        hop: 'cluster-dns',
        state: 'broken',
        mode: 'dns-failure',
        detail: `${inside.name} does not exist in cluster DNS`,
        evidence: [],
        ...(inside.dns.service === undefined ? {} : { object: idOf(inside.dns.service) }),
      };
    }
    if (inside.dns.state === 'unknown')
      return {
        hop: 'cluster-dns',
        state: 'unknown',
        detail: `whether ${inside.name} exists is not known: ${inside.dns.why}`,
        evidence: [],
      };
    return examined(facts, inside.leaves === undefined ? `${inside.name} resolves` : asked(inside));
  }
  for (const path of facts.backends) {
    const service = valueOf(path.service);
    if (service?.type !== 'ExternalName' || service.externalName === undefined) continue;
    const answer = resolveInCluster(model, service.externalName, { namespace: service.namespace });
    if (answer.state === 'nxdomain') {
      return {
        hop: 'cluster-dns',
        state: 'broken',
        mode: 'dns-failure',
        object: idOf(service),
        detail: `externalName ${service.externalName} does not exist in cluster DNS`,
        evidence: [
          {
            type: 'field',
            text: `externalName is ${service.externalName}`,
            object: idOf(service),
            path: 'spec.externalName',
            value: service.externalName,
          },
        ],
      };
    }
    return examined(
      facts,
      `${service.externalName} ${answer.state === 'external' ? 'is outside the cluster' : 'resolves'}`,
    );
  }
  return undefined;
}

function asked({ name, leaves }: InClusterWalk): string {
  const via = leaves === undefined || leaves.host === name ? '' : ` is an alias of ${leaves.host}, which`;
  return `${name}${via} is outside the cluster`;
}

function examined({ model }: HopFacts, detail: string): Hop {
  const dns = examineClusterDns(model);
  if (dns.state === 'ok') return { hop: 'cluster-dns', state: 'ok', detail, evidence: [] };
  return {
    hop: 'cluster-dns',
    state: dns.state,
    ...(dns.object === undefined ? {} : { object: dns.object }),
    detail: dns.why,
    evidence: dns.evidence,
    ...(dns.state === 'broken' ? { mode: 'dns-failure' as const } : {}),
  };
}
