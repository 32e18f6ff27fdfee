export interface BundleResource {
  readonly kind: string;
  readonly apiVersion: string;
}

/** What the folders and files of `cluster-resources/` hold (pkg/constants/constants.go of troubleshoot). */
export const RESOURCES: ReadonlyMap<string, BundleResource> = new Map(
  [
    ['namespaces', 'Namespace', 'v1'],
    ['nodes', 'Node', 'v1'],
    ['pods', 'Pod', 'v1'],
    ['services', 'Service', 'v1'],
    ['endpoints', 'Endpoints', 'v1'],
    ['endpointslices', 'EndpointSlice', 'discovery.k8s.io/v1'],
    ['configmaps', 'ConfigMap', 'v1'],
    ['events', 'Event', 'v1'],
    ['deployments', 'Deployment', 'apps/v1'],
    ['replicasets', 'ReplicaSet', 'apps/v1'],
    ['statefulsets', 'StatefulSet', 'apps/v1'],
    ['daemonsets', 'DaemonSet', 'apps/v1'],
    ['jobs', 'Job', 'batch/v1'],
    ['cronjobs', 'CronJob', 'batch/v1'],
    ['ingress', 'Ingress', 'networking.k8s.io/v1'],
    ['ingress-classes', 'IngressClass', 'networking.k8s.io/v1'],
    ['network-policy', 'NetworkPolicy', 'networking.k8s.io/v1'],
    ['pod-disruption-budgets', 'PodDisruptionBudget', 'policy/v1'],
    ['resource-quota', 'ResourceQuota', 'v1'],
    ['limitranges', 'LimitRange', 'v1'],
    ['serviceaccounts', 'ServiceAccount', 'v1'],
    ['custom-resource-definitions', 'CustomResourceDefinition', 'apiextensions.k8s.io/v1'],
    ['validating-webhook-configurations', 'ValidatingWebhookConfiguration', 'admissionregistration.k8s.io/v1'],
    ['mutating-webhook-configurations', 'MutatingWebhookConfiguration', 'admissionregistration.k8s.io/v1'],
  ].map(([resource = '', kind = '', apiVersion = '']) => [resource, { kind, apiVersion }]),
);

/** Files of the bundle that hold no objects, or (pull secrets, a licence) nothing but credentials. */
export const NO_OBJECTS: ReadonlySet<string> = new Set([
  'auth-cani-list',
  'image-pull-secrets',
  'groups',
  'resources',
  'groups-resources',
  'license',
]);

/** Kinds that exist only where their CustomResourceDefinition is installed. */
export const INSTALLED_KINDS: readonly string[] = [
  'GatewayClass',
  'Gateway',
  'ListenerSet',
  'HTTPRoute',
  'GRPCRoute',
  'TLSRoute',
  'TCPRoute',
  'UDPRoute',
  'ReferenceGrant',
  'BackendTLSPolicy',
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
  'ClusterNetworkPolicy',
  'CiliumNetworkPolicy',
  'CiliumClusterwideNetworkPolicy',
  'GlobalNetworkPolicy',
  'AuthorizationPolicy',
  'PeerAuthentication',
  'VirtualService',
  'DestinationRule',
  'ServiceEntry',
  'Sidecar',
  'IngressRoute',
  'Middleware',
  'HTTPProxy',
];
