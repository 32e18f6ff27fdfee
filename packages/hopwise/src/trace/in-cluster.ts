import { found, type Lookup, unknown } from '../base/lookup.ts';
import { objectId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { Request } from '../routing/request.ts';
import type { RouteBackend } from '../routing/route-table.ts';
import { type DnsAnswer, resolveInCluster } from './dns/resolve.ts';
import type { Decision } from './trace.ts';

/** A request that does not go through a gateway: caller Pod → cluster DNS → Service → Pod. */
export interface InClusterWalk {
  readonly callers: Lookup<readonly Pod[]>;
  readonly backends: readonly RouteBackend[];
  readonly decision: Decision;
  /** Undefined when the URL names an address. */
  readonly dns: DnsAnswer | undefined;
  readonly name: string;
  /** A caller was named; without one the request is in-cluster because of its host. */
  readonly fromCaller: boolean;
}

/**
 * Undefined when the request comes from outside. It is in-cluster when a caller was given, when its host is a cluster
 * name (`cart.shop.svc…`), or when its host is a ClusterIP. A Service name alone without a caller is left to the gateways.
 */
export function walkInCluster(
  model: ClusterModel,
  request: Request,
  caller: Lookup<readonly Pod[]> | undefined,
): InClusterWalk | undefined {
  const host = request.urlHost;
  const byAddress = isAddress(host) ? model.serviceByIP(host) : undefined;
  const isClusterIP = byAddress?.state === 'found' && byAddress.value.clusterIPs.includes(host);
  const clusterName = /\.svc(?:\.|$)/.test(host);
  if (caller === undefined && !isClusterIP && !clusterName) return undefined;
  const callers = caller ?? unknown('no caller was named', 'add --as NAMESPACE/POD or --as deployment/NAMESPACE/NAME');
  const base = { callers, name: host, fromCaller: caller !== undefined };
  if (byAddress !== undefined) {
    if (byAddress.state === 'found')
      return { ...base, dns: undefined, ...toService(byAddress.value.namespace, byAddress.value.name, request.port) };
    return caller === undefined
      ? undefined
      : {
          ...base,
          dns: undefined,
          backends: [],
          decision: { kind: 'none', backends: [], why: `no Service has the address ${host}` },
        };
  }
  const from = caller?.state === 'found' ? caller.value[0] : undefined;
  const dns = resolveInCluster(model, host, from ?? { namespace: 'default' });
  if (dns.state === 'service')
    return { ...base, dns, ...toService(dns.service.namespace, dns.service.name, request.port) };
  // A caller inside the cluster asks for an outside name: that goes out and comes back in through a gateway.
  if (dns.state === 'external' && !clusterName) return undefined;
  return {
    ...base,
    dns,
    backends: [],
    decision: { kind: 'none', backends: [], why: `${host} does not resolve in the cluster` },
  };
}

function toService(namespace: string, name: string, port: number): Pick<InClusterWalk, 'backends' | 'decision'> {
  const object = objectId('Service', namespace, name);
  return {
    backends: [{ object, port, weight: 1, field: '' }],
    decision: { kind: 'backend', backends: [{ object, port, weight: 1 }] },
  };
}

function isAddress(host: string): boolean {
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host) || host.includes(':');
}

/** `ns/pod`, `pod/ns/name`, `deployment/ns/name` (any workload kind) to the Pods that ask. */
export function findCallers(model: ClusterModel, as: string): Lookup<readonly Pod[]> {
  const parts = as.split('/');
  if (parts.length === 2 || parts[0]?.toLowerCase() === 'pod') {
    const [namespace = '', name = ''] = parts.slice(-2);
    const pod = model.get('Pod', namespace, name);
    return pod.state === 'found' ? found([pod.value]) : pod;
  }
  const [kind = '', namespace = '', name = ''] = parts;
  const pods = model
    .listIn('Pod', namespace)
    .filter((pod) => model.controllerOf(pod).toLowerCase() === `${kind}/${namespace}/${name}`.toLowerCase());
  return pods.length > 0
    ? found(pods)
    : unknown(`no Pod of ${as} is in the input`, `kubectl get pods -n ${namespace} -o yaml`);
}
