import type { ObjectQuery } from '../../sources/cluster/query.ts';

/**
 * Values of the labels that charts and manifests of gateways put on their Pods. They only say where to look first: what a Pod
 * is, its image tells. Sources: the charts and manifests of each project.
 */
const NAMES = [
  'ambassador',
  'apisix',
  'apisix-ingress-controller',
  'aws-load-balancer-controller',
  'contour',
  'emissary-ingress',
  'envoy',
  'envoy-gateway',
  'gateway-helm',
  'haproxy-ingress',
  'higress-gateway',
  'ingress-kong',
  'ingress-nginx',
  'istio-ingressgateway',
  'istiod',
  'kong',
  'kubernetes-ingress',
  'nginx-gateway',
  'nginx-gateway-fabric',
  'nginx-ingress',
  'nginx-ingress-controller',
  'rke2-ingress-nginx',
  'rke2-traefik',
  'skipper-ingress',
  'traefik',
];

/** Gateway API implementations label what they create for a Gateway (GEP-1762); Envoy Gateway, Istio and Gloo have labels of their own. */
const EXISTING = [
  'gateway.networking.k8s.io/gateway-name',
  'gateway.envoyproxy.io/owning-gateway-name',
  'gateway.networking.k8s.io/gateway-class-name',
  'istio=ingressgateway',
  'gloo=gateway-proxy',
  'k8s-app=cilium-envoy',
];

/** Where gateways and cluster DNS are found, whatever the cluster's size: Pods by label, Services by the type that lets traffic in. */
export const FIRST_LOOK: readonly ObjectQuery[] = [
  ...['app.kubernetes.io/name', 'app'].map(
    (label): ObjectQuery => ({
      kind: 'Pod',
      labelSelector: `${label} in (${NAMES.join(',')})`,
    }),
  ),
  { kind: 'Pod', labelSelector: 'k8s-app in (kube-dns,coredns)' },
  { kind: 'Service', labelSelector: 'k8s-app in (kube-dns,coredns)' },
  ...['coredns', 'coredns-custom', 'node-local-dns', 'kube-dns'].map(
    (name): ObjectQuery => ({
      kind: 'ConfigMap',
      namespace: 'kube-system',
      name,
    }),
  ),
  ...EXISTING.map((labelSelector): ObjectQuery => ({ kind: 'Pod', labelSelector })),
  ...['LoadBalancer', 'NodePort'].map((type): ObjectQuery => ({ kind: 'Service', fieldSelector: `spec.type=${type}` })),
];

/** When labels did not lead to the gateway: every workload of the cluster, whose images do. */
export const ALL_WORKLOADS: readonly ObjectQuery[] = ['Deployment', 'DaemonSet', 'StatefulSet'].map((kind) => ({
  kind,
}));

/** The last resort: what a capture of the whole cluster would hold of the kinds that say most. */
export const WHOLE_CLUSTER: readonly ObjectQuery[] = [
  'Pod',
  'Service',
  'EndpointSlice',
  'NetworkPolicy',
  'Namespace',
  'Node',
  'Event',
].map((kind) => ({ kind }));
