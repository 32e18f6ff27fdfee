import type { Kind } from '../../packages/hopwise/src/model/kind-map.ts';

/** API group and plural resource name, as RBAC wants them; the core group is the empty string. */
export interface Resource {
  readonly group: string;
  readonly resource: string;
}

/** Exhaustive over the model's kinds, so that a new kind does not compile before its permission is known. */
export const KIND_RESOURCES: Readonly<Record<Kind, Resource>> = {
  Namespace: { group: '', resource: 'namespaces' },
  Node: { group: '', resource: 'nodes' },
  Pod: { group: '', resource: 'pods' },
  Deployment: { group: 'apps', resource: 'deployments' },
  ReplicaSet: { group: 'apps', resource: 'replicasets' },
  StatefulSet: { group: 'apps', resource: 'statefulsets' },
  DaemonSet: { group: 'apps', resource: 'daemonsets' },
  Job: { group: 'batch', resource: 'jobs' },
  CronJob: { group: 'batch', resource: 'cronjobs' },
  ReplicationController: { group: '', resource: 'replicationcontrollers' },
  HorizontalPodAutoscaler: { group: 'autoscaling', resource: 'horizontalpodautoscalers' },
  PodDisruptionBudget: { group: 'policy', resource: 'poddisruptionbudgets' },
  Service: { group: '', resource: 'services' },
  EndpointSlice: { group: 'discovery.k8s.io', resource: 'endpointslices' },
  Endpoints: { group: '', resource: 'endpoints' },
  Ingress: { group: 'networking.k8s.io', resource: 'ingresses' },
  IngressClass: { group: 'networking.k8s.io', resource: 'ingressclasses' },
  GatewayClass: { group: 'gateway.networking.k8s.io', resource: 'gatewayclasses' },
  Gateway: { group: 'gateway.networking.k8s.io', resource: 'gateways' },
  ListenerSet: { group: 'gateway.networking.k8s.io', resource: 'listenersets' },
  HTTPRoute: { group: 'gateway.networking.k8s.io', resource: 'httproutes' },
  GRPCRoute: { group: 'gateway.networking.k8s.io', resource: 'grpcroutes' },
  TLSRoute: { group: 'gateway.networking.k8s.io', resource: 'tlsroutes' },
  TCPRoute: { group: 'gateway.networking.k8s.io', resource: 'tcproutes' },
  UDPRoute: { group: 'gateway.networking.k8s.io', resource: 'udproutes' },
  ReferenceGrant: { group: 'gateway.networking.k8s.io', resource: 'referencegrants' },
  BackendTLSPolicy: { group: 'gateway.networking.k8s.io', resource: 'backendtlspolicies' },
  NetworkPolicy: { group: 'networking.k8s.io', resource: 'networkpolicies' },
  AdminNetworkPolicy: { group: 'policy.networking.k8s.io', resource: 'adminnetworkpolicies' },
  BaselineAdminNetworkPolicy: { group: 'policy.networking.k8s.io', resource: 'baselineadminnetworkpolicies' },
  ConfigMap: { group: '', resource: 'configmaps' },
  Secret: { group: '', resource: 'secrets' },
  Event: { group: '', resource: 'events' },
  ResourceQuota: { group: '', resource: 'resourcequotas' },
};
