import type { ClusterEvent, ConfigMap, Namespace, Node, ResourceQuota, Secret } from './kinds/cluster.ts';
import type {
  BackendTlsPolicy,
  Gateway,
  GatewayClass,
  GrpcRoute,
  HttpRoute,
  ListenerSet,
  ReferenceGrant,
  TcpRoute,
  TlsRoute,
  UdpRoute,
} from './kinds/gateway-api.ts';
import type { Ingress, IngressClass } from './kinds/ingress.ts';
import type { AdminNetworkPolicy, BaselineAdminNetworkPolicy, NetworkPolicy } from './kinds/network-policy.ts';
import type { Pod } from './kinds/pod.ts';
import type { EndpointSlice, Service } from './kinds/service.ts';
import type { Autoscaler, DisruptionBudget, Workload } from './kinds/workload.ts';

/** Every kind the model has a record for. Other kinds are kept as `ForeignObject` under their own kind name. */
export interface KindMap {
  Namespace: Namespace;
  Node: Node;
  Pod: Pod;
  Deployment: Workload;
  ReplicaSet: Workload;
  StatefulSet: Workload;
  DaemonSet: Workload;
  Job: Workload;
  CronJob: Workload;
  ReplicationController: Workload;
  HorizontalPodAutoscaler: Autoscaler;
  PodDisruptionBudget: DisruptionBudget;
  Service: Service;
  EndpointSlice: EndpointSlice;
  Endpoints: EndpointSlice;
  Ingress: Ingress;
  IngressClass: IngressClass;
  GatewayClass: GatewayClass;
  Gateway: Gateway;
  ListenerSet: ListenerSet;
  HTTPRoute: HttpRoute;
  GRPCRoute: GrpcRoute;
  TLSRoute: TlsRoute;
  TCPRoute: TcpRoute;
  UDPRoute: UdpRoute;
  ReferenceGrant: ReferenceGrant;
  BackendTLSPolicy: BackendTlsPolicy;
  NetworkPolicy: NetworkPolicy;
  AdminNetworkPolicy: AdminNetworkPolicy;
  BaselineAdminNetworkPolicy: BaselineAdminNetworkPolicy;
  ConfigMap: ConfigMap;
  Secret: Secret;
  Event: ClusterEvent;
  ResourceQuota: ResourceQuota;
}
export type Kind = keyof KindMap;
