import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Ingress } from '../../model/kinds/ingress.ts';

/**
 * GKE's controller runs on the control plane and takes Ingresses that name no class. It is recognised by what it writes
 * on the Ingress, by GKE's own annotations, or by the node version (`v1.30.5-gke.1443001`).
 */
export function looksLikeGke(model: ClusterModel, ingress: Ingress): boolean {
  const marks = [
    'ingress.kubernetes.io/url-map',
    'ingress.kubernetes.io/backends',
    'networking.gke.io/',
    'ingress.gcp.kubernetes.io/',
    'cloud.google.com/',
  ];
  if (Object.keys(ingress.annotations).some((key) => marks.some((mark) => key.startsWith(mark)))) return true;
  if (ingress.annotations['kubernetes.io/ingress.global-static-ip-name'] !== undefined) return true;
  return model.list('Node').some((node) => node.kubeletVersion?.includes('-gke.') === true);
}
