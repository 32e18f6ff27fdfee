/**
 * Kinds that only restrict what would otherwise be allowed. A dump of "everything" without one of them looks exactly like
 * a dump that did not ask for it, so they count as having no objects where Pods are present (capture contract).
 */
const RESTRICTING = new Set<string>([
  'NetworkPolicy',
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
  'ClusterNetworkPolicy',
  'CiliumNetworkPolicy',
  'CiliumClusterwideNetworkPolicy',
  'GlobalNetworkPolicy',
  'NetworkPolicy.crd.projectcalico.org',
  'NetworkPolicy.projectcalico.org',
  'ResourceQuota',
  'LimitRange',
  'PodDisruptionBudget',
  'HorizontalPodAutoscaler',
  'VerticalPodAutoscaler',
  'ScaledObject',
  'AuthorizationPolicy',
  'PeerAuthentication',
  'RequestAuthentication',
  'ServerAuthorization',
  'MeshTrafficPermission',
]);

export function isRestricting(kind: string): boolean {
  return RESTRICTING.has(kind);
}
