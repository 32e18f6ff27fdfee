/** A kind that hopwise reads from a cluster; the version is negotiated. */
export interface ClusterKind {
  readonly kind: string;
  /** The empty string is the core group. */
  readonly group: string;
  /** Plural name in paths and RBAC. */
  readonly resource: string;
}

/** Kinds by API group, in the order of the groups' names. What is of none of these is never asked for. */
const KINDS_OF_GROUP: Readonly<Record<string, readonly string[]>> = {
  '': [
    'ConfigMap',
    'Endpoints',
    'Event',
    'LimitRange',
    'Namespace',
    'Node',
    'Pod',
    'ReplicationController',
    'ResourceQuota',
    'Secret',
    'Service',
    'ServiceAccount',
  ],
  'admissionregistration.k8s.io': ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'],
  apps: ['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'],
  'apps.kruise.io': ['CloneSet', 'StatefulSet'],
  'apps.openshift.io': ['DeploymentConfig'],
  'argoproj.io': ['Rollout'],
  autoscaling: ['HorizontalPodAutoscaler'],
  'autoscaling.k8s.io': ['VerticalPodAutoscaler'],
  batch: ['CronJob', 'Job'],
  'cert-manager.io': ['Certificate'],
  'cilium.io': ['CiliumClusterwideNetworkPolicy', 'CiliumNetworkPolicy', 'CiliumNode'],
  'cloud.google.com': ['BackendConfig'],
  'compute.cnrm.cloud.google.com': ['ComputeFirewall'],
  'compute.gcp.upbound.io': ['Firewall'],
  'configuration.konghq.com': ['KongIngress', 'KongUpstreamPolicy', 'TCPIngress', 'UDPIngress'],
  'crd.antrea.io': ['ClusterNetworkPolicy', 'NetworkPolicy'],
  'crd.projectcalico.org': [
    'GlobalNetworkPolicy',
    'GlobalNetworkSet',
    'HostEndpoint',
    'NetworkPolicy',
    'NetworkSet',
    'Tier',
  ],
  'discovery.k8s.io': ['EndpointSlice'],
  'ec2.aws.crossplane.io': ['SecurityGroup', 'SecurityGroupRule'],
  'ec2.aws.upbound.io': ['SecurityGroup', 'SecurityGroupIngressRule', 'SecurityGroupRule'],
  'ec2.services.k8s.aws': ['SecurityGroup'],
  'elbv2.k8s.aws': ['IngressClassParams', 'TargetGroupBinding'],
  'gateway.envoyproxy.io': ['Backend', 'BackendTrafficPolicy', 'ClientTrafficPolicy', 'EnvoyProxy', 'SecurityPolicy'],
  'gateway.kgateway.dev': ['Backend', 'BackendConfigPolicy', 'GatewayParameters', 'TrafficPolicy'],
  'gateway.networking.k8s.io': [
    'BackendTLSPolicy',
    'GRPCRoute',
    'Gateway',
    'GatewayClass',
    'HTTPRoute',
    'ListenerSet',
    'ReferenceGrant',
    'TCPRoute',
    'TLSRoute',
    'UDPRoute',
  ],
  'gateway.networking.x-k8s.io': ['XListenerSet'],
  'gateway.nginx.org': ['ClientSettingsPolicy', 'NginxGateway', 'NginxProxy', 'UpstreamSettingsPolicy'],
  'gateway.solo.io': ['Gateway', 'HttpGateway', 'RouteTable', 'VirtualHostOption', 'VirtualService'],
  'gloo.solo.io': ['Proxy', 'Settings', 'Upstream', 'UpstreamGroup'],
  'ingressnodefirewall.openshift.io': ['IngressNodeFirewall'],
  'k8s.nginx.org': ['Policy', 'TransportServer', 'VirtualServer', 'VirtualServerRoute'],
  'k8s.ovn.org': ['EgressFirewall'],
  'keda.sh': ['ScaledObject'],
  'kuma.io': ['MeshTrafficPermission'],
  'linkerd.io': ['ServiceProfile'],
  'network.azure.com': ['NetworkSecurityGroupsSecurityRule'],
  'network.azure.upbound.io': ['SecurityRule'],
  'network.openshift.io': ['EgressNetworkPolicy'],
  'networking.gke.io': ['FrontendConfig', 'GCPBackendPolicy', 'GCPGatewayPolicy', 'HealthCheckPolicy'],
  'networking.istio.io': ['DestinationRule', 'EnvoyFilter', 'Gateway', 'ServiceEntry', 'Sidecar', 'VirtualService'],
  'networking.k8s.aws': ['ApplicationNetworkPolicy', 'ClusterNetworkPolicy'],
  'networking.k8s.io': ['Ingress', 'IngressClass', 'NetworkPolicy'],
  policy: ['PodDisruptionBudget'],
  'policy.linkerd.io': [
    'AuthorizationPolicy',
    'HTTPRoute',
    'MeshTLSAuthentication',
    'NetworkAuthentication',
    'Server',
    'ServerAuthorization',
  ],
  'policy.networking.k8s.io': ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy'],
  'projectcalico.org': [
    'GlobalNetworkPolicy',
    'GlobalNetworkSet',
    'HostEndpoint',
    'NetworkPolicy',
    'NetworkSet',
    'Tier',
  ],
  'projectcontour.io': ['ContourConfiguration', 'ExtensionService', 'HTTPProxy', 'TLSCertificateDelegation'],
  'route.openshift.io': ['Route'],
  'security.istio.io': ['AuthorizationPolicy', 'PeerAuthentication', 'RequestAuthentication'],
  'traefik.io': [
    'IngressRoute',
    'IngressRouteTCP',
    'IngressRouteUDP',
    'Middleware',
    'MiddlewareTCP',
    'ServersTransport',
    'ServersTransportTCP',
    'TLSOption',
    'TraefikService',
  ],
  'vpcresources.k8s.aws': ['SecurityGroupPolicy'],
};

/** Kinds that stand for themselves: the API calls `Endpoints` endpoints and `IngressClassParams` ingressclassparams. */
const PLURAL_ALREADY = new Set(['Endpoints', 'IngressClassParams', 'GatewayParameters', 'Settings']);

export const CLUSTER_KINDS: readonly ClusterKind[] = Object.entries(KINDS_OF_GROUP).flatMap(([group, kinds]) =>
  kinds.map((kind) => ({ kind, group, resource: pluralOf(kind) })),
);

const KUBERNETES_GROUPS = [
  '',
  'apps',
  'autoscaling',
  'batch',
  'discovery.k8s.io',
  'gateway.networking.k8s.io',
  'networking.k8s.io',
  'policy',
  'policy.networking.k8s.io',
];
/** Kubernetes' own kinds that the model keeps as it keeps those of others. */
const NOT_CLAIMED = new Set(['ClusterNetworkPolicy', 'LimitRange', 'ServiceAccount']);
const CLAIMED: ReadonlyMap<string, string> = new Map(
  KUBERNETES_GROUPS.flatMap((group) =>
    (KINDS_OF_GROUP[group] ?? []).filter((kind) => !NOT_CLAIMED.has(kind)).map((kind) => [kind, group] as const),
  ),
);

/** The name under which the model files a kind: `<Kind>.<group>` where Kubernetes itself has a kind of that name. */
export function fileName({ kind, group }: Pick<ClusterKind, 'kind' | 'group'>): string {
  if (kind === 'XListenerSet') return 'ListenerSet';
  const owner = CLAIMED.get(kind);
  return owner === undefined || owner === group ? kind : `${kind}.${group}`;
}

/** The plural by the API's convention (apimachinery: meta.UnsafeGuessKindToResource); discovery has the last word. */
function pluralOf(kind: string): string {
  const name = kind.toLowerCase();
  if (PLURAL_ALREADY.has(kind)) return name;
  if (name.endsWith('s') || name.endsWith('x')) return `${name}es`;
  return /[^aeiou]y$/.test(name) ? `${name.slice(0, -1)}ies` : `${name}s`;
}
