import { valueOf } from '../../base/lookup.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Pod } from '../../model/kinds/pod.ts';

/** The mesh whose proxy takes a Pod's traffic; `ambient` Pods have none of their own, their node's ztunnel does it. */
export type MeshProxy = 'istio' | 'istio-ambient' | 'linkerd' | undefined;

export function meshProxyOf(pod: Pod): MeshProxy {
  for (const { name, image, role } of pod.spec.containers) {
    if (role === 'init') continue;
    if (name === 'istio-proxy' || /\/proxyv2(?:[:@]|$)/.test(image)) return 'istio';
    if (name === 'linkerd-proxy' || /\/linkerd2?-proxy(?:[:@]|$)|\/linkerd\/proxy(?:[:@]|$)/.test(image))
      return 'linkerd';
  }
  // Set by istio-cni when it has redirected the Pod (istio/istio cni/pkg/constants).
  return pod.annotations['ambient.istio.io/redirection'] === 'enabled' ? 'istio-ambient' : undefined;
}

export function isIstio(proxy: MeshProxy): boolean {
  return proxy === 'istio' || proxy === 'istio-ambient';
}

/** `spiffe` identity of a Pod without its scheme: `cluster.local/ns/shop/sa/web`. */
export function principalOf(model: ClusterModel, pod: Pod): string {
  return `${trustDomain(model)}/ns/${pod.namespace}/sa/${pod.spec.serviceAccount || 'default'}`;
}

/** `trustDomain` of the mesh configuration; the cluster's default otherwise. */
function trustDomain(model: ClusterModel): string {
  const config = valueOf(model.get('ConfigMap', ROOT_NAMESPACE, 'istio'))?.data.mesh ?? '';
  return /^trustDomain:\s*"?([A-Za-z0-9.-]{1,253})"?\s*$/m.exec(config)?.[1] ?? 'cluster.local';
}

/** Holds mesh-wide policies (meshConfig.rootNamespace). */
export const ROOT_NAMESPACE = 'istio-system';

/** `web.shop.serviceaccount.identity.linkerd.cluster.local` */
export function linkerdIdentityOf(pod: Pod): string {
  return `${pod.spec.serviceAccount || 'default'}.${pod.namespace}.serviceaccount.identity.linkerd.cluster.local`;
}

/** Ports that the sidecar leaves alone: plain traffic passes whatever the mesh demands. */
export function isPastSidecar(pod: Pod, port: number): boolean {
  const excluded = pod.annotations['traffic.sidecar.istio.io/excludeInboundPorts'] ?? '';
  if (excluded.split(',').some((entry) => entry.trim() === String(port))) return true;
  const included = pod.annotations['traffic.sidecar.istio.io/includeInboundPorts'];
  if (included === undefined || included === '*') return false;
  return !included.split(',').some((entry) => entry.trim() === String(port));
}
