import { displayId, idOf } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import { DERIVED } from '../model/derive.ts';
import type { Evidence } from '../model/evidence.ts';
import type { EndpointSlice } from '../model/kinds/service.ts';
import { contains, knownBlock, parseAddress } from './policy/address.ts';
import type { BackendPath, EndpointPath } from './trace.ts';

/** An endpoint in use whose address belongs to no running Pod. */
export interface StaleEndpoint {
  readonly endpoint: EndpointPath;
  /** The cluster's own data say so; otherwise the address may lie outside the cluster on purpose. */
  readonly sure: boolean;
  /** In words, after the address: `no Pod has`, `belongs to Pod shop/other now`. */
  readonly who: string;
  readonly evidence: Evidence;
}

export function isControlled(slice: EndpointSlice): boolean {
  return slice.managedBy === 'endpointslice-controller.k8s.io';
}

/** Usable endpoints of a path that nobody answers for. */
export function staleEndpoints(model: ClusterModel, path: BackendPath): readonly StaleEndpoint[] {
  return path.endpoints
    .filter((endpoint) => endpoint.usable && endpoint.address !== '' && endpoint.slice.managedBy !== DERIVED)
    .flatMap((endpoint) => examine(model, path, endpoint) ?? []);
}

function examine(model: ClusterModel, path: BackendPath, endpoint: EndpointPath): StaleEndpoint | undefined {
  const { address, slice } = endpoint;
  const target = slice.endpoints.find((entry) => entry.addresses.includes(address))?.target;
  const holder = model.podByIP(address);
  if (target?.kind === 'Pod') {
    const pod = model.get('Pod', target.namespace === '' ? slice.namespace : target.namespace, target.name);
    if (pod.state === 'unknown') return undefined;
    if (pod.state === 'found') {
      const gone = pod.value.phase === 'Succeeded' || pod.value.phase === 'Failed';
      if (!gone) return undefined;
      return stale(endpoint, true, `belongs to Pod ${target.name}, which has ended`);
    }
    if (holder.state === 'found')
      return stale(endpoint, true, `belongs to ${displayId(idOf(holder.value))} now, not to Pod ${target.name}`);
    return stale(endpoint, true, `belonged to Pod ${target.name}, which is gone`);
  }
  if (holder.state === 'found') {
    // A hand-written address of a Pod is right as long as it is the Pod that the Service is for; nobody can tell otherwise.
    return undefined;
  }
  if (
    holder.state === 'unknown' ||
    model.nodeByIP(address).state === 'found' ||
    model.serviceByIP(address).state === 'found'
  )
    return undefined;
  if (path.selected.some((pod) => pod.ips.includes(address))) return undefined;
  const inside = inNodeRange(model, address) || nearPods(model, address);
  return inside
    ? stale(endpoint, true, 'no Pod has, though it is a Pod address')
    : stale(endpoint, false, 'no Pod of the cluster has');
}

function inNodeRange(model: ClusterModel, text: string): boolean {
  const address = parseAddress(text);
  if (address === undefined) return false;
  return model
    .list('Node')
    .flatMap((node) => node.podCIDRs)
    .some((range) => {
      const block = knownBlock(range);
      return block !== undefined && contains(block, address);
    });
}

/** Nodes do not always carry their Pod range: an address of the same /24 as some Pod's is a Pod address too. */
function nearPods(model: ClusterModel, address: string): boolean {
  const net = address.slice(0, address.lastIndexOf('.') + 1);
  return (
    net !== '' && model.list('Pod').some((pod) => !pod.spec.hostNetwork && pod.ips.some((ip) => ip.startsWith(net)))
  );
}

function stale(endpoint: EndpointPath, sure: boolean, who: string): StaleEndpoint {
  return {
    endpoint,
    sure,
    who,
    evidence: {
      type: 'absence',
      what: `a running Pod with address ${endpoint.address}`,
      text: `${endpoint.address} ${who}`,
    },
  };
}
