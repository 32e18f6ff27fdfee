import type { JsonObject } from '../../sources/contract.ts';
import type { Kind, KindMap } from '../kind-map.ts';
import type { ForeignObject } from '../kinds/cluster.ts';
import type { PodSpec } from '../kinds/pod.ts';
import type { Meta } from '../meta.ts';
import {
  projectConfigMap,
  projectEvent,
  projectForeign,
  projectNamespace,
  projectNode,
  projectResourceQuota,
  projectSecret,
} from './cluster.ts';
import { GATEWAY_API_PROJECTIONS } from './gateway-api.ts';
import { projectIngress, projectIngressClass } from './ingress.ts';
import { NETWORK_POLICY_PROJECTIONS } from './network-policy.ts';
import { projectPod } from './pod.ts';
import { projectEndpointSlice, projectEndpoints, projectService } from './service.ts';
import { projectAutoscaler, projectDisruptionBudget, projectWorkload } from './workload.ts';

export type ShareSpec = (raw: JsonObject, meta: Meta) => PodSpec;
type Projection<K extends Kind> = (raw: JsonObject, meta: Meta, share: ShareSpec) => KindMap[K] | readonly KindMap[K][];

/** API groups that may define each kind; a kind of another group is a foreign object. */
const CORE = '';
const APPS = ['apps', 'extensions'];
const NETWORKING = ['networking.k8s.io', 'extensions'];
const GATEWAY = ['gateway.networking.k8s.io', 'gateway.networking.x-k8s.io'];
const POLICY = ['policy.networking.k8s.io'];

const workload =
  <K extends 'Deployment' | 'ReplicaSet' | 'StatefulSet' | 'DaemonSet' | 'Job' | 'CronJob' | 'ReplicationController'>(
    kind: K,
  ): Projection<K> =>
  (raw, meta) =>
    projectWorkload(kind, raw, meta) as KindMap[K];

interface Entry<K extends Kind> {
  readonly groups: readonly string[];
  readonly project: Projection<K>;
}

/** How each kind is read from JSON. Adding a kind to the model is one line here. */
export const PROJECTIONS: { readonly [K in Kind]: Entry<K> } = {
  Namespace: { groups: [CORE], project: projectNamespace },
  Node: { groups: [CORE], project: projectNode },
  Pod: { groups: [CORE], project: projectPod },
  Deployment: { groups: APPS, project: workload('Deployment') },
  ReplicaSet: { groups: APPS, project: workload('ReplicaSet') },
  StatefulSet: { groups: APPS, project: workload('StatefulSet') },
  DaemonSet: { groups: APPS, project: workload('DaemonSet') },
  Job: { groups: ['batch'], project: workload('Job') },
  CronJob: { groups: ['batch'], project: workload('CronJob') },
  ReplicationController: { groups: [CORE], project: workload('ReplicationController') },
  HorizontalPodAutoscaler: { groups: ['autoscaling'], project: projectAutoscaler },
  PodDisruptionBudget: { groups: ['policy'], project: projectDisruptionBudget },
  Service: { groups: [CORE], project: projectService },
  EndpointSlice: { groups: ['discovery.k8s.io'], project: projectEndpointSlice },
  Endpoints: { groups: [CORE], project: projectEndpoints },
  Ingress: { groups: NETWORKING, project: projectIngress },
  IngressClass: { groups: NETWORKING, project: projectIngressClass },
  GatewayClass: { groups: GATEWAY, project: GATEWAY_API_PROJECTIONS.GatewayClass },
  Gateway: { groups: GATEWAY, project: GATEWAY_API_PROJECTIONS.Gateway },
  ListenerSet: { groups: GATEWAY, project: GATEWAY_API_PROJECTIONS.ListenerSet },
  HTTPRoute: { groups: GATEWAY, project: GATEWAY_API_PROJECTIONS.HTTPRoute },
  GRPCRoute: { groups: GATEWAY, project: GATEWAY_API_PROJECTIONS.GRPCRoute },
  TLSRoute: { groups: GATEWAY, project: GATEWAY_API_PROJECTIONS.TLSRoute },
  TCPRoute: { groups: GATEWAY, project: GATEWAY_API_PROJECTIONS.TCPRoute },
  UDPRoute: { groups: GATEWAY, project: GATEWAY_API_PROJECTIONS.UDPRoute },
  ReferenceGrant: { groups: GATEWAY, project: GATEWAY_API_PROJECTIONS.ReferenceGrant },
  BackendTLSPolicy: { groups: GATEWAY, project: GATEWAY_API_PROJECTIONS.BackendTLSPolicy },
  NetworkPolicy: { groups: NETWORKING, project: NETWORK_POLICY_PROJECTIONS.NetworkPolicy },
  AdminNetworkPolicy: { groups: POLICY, project: NETWORK_POLICY_PROJECTIONS.AdminNetworkPolicy },
  BaselineAdminNetworkPolicy: { groups: POLICY, project: NETWORK_POLICY_PROJECTIONS.BaselineAdminNetworkPolicy },
  ConfigMap: { groups: [CORE], project: projectConfigMap },
  Secret: { groups: [CORE], project: projectSecret },
  Event: { groups: [CORE, 'events.k8s.io'], project: projectEvent },
  ResourceQuota: { groups: [CORE], project: projectResourceQuota },
};

const CLUSTER_SCOPED = new Set<string>([
  'Namespace',
  'Node',
  'IngressClass',
  'GatewayClass',
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
]);

export function isClusterScoped(kind: string): boolean {
  return CLUSTER_SCOPED.has(kind);
}

export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? '' : apiVersion.slice(0, slash);
}

/** The model's own kind for an object, or undefined for a foreign one. XListenerSet is ListenerSet before it graduated. */
export function ownKind(apiVersion: string, kind: string): Kind | undefined {
  const name = kind === 'XListenerSet' ? 'ListenerSet' : kind;
  if (!Object.hasOwn(PROJECTIONS, name)) return undefined;
  return PROJECTIONS[name as Kind].groups.includes(groupOf(apiVersion)) ? (name as Kind) : undefined;
}

/** Foreign kinds keep their name, unless the model has a kind of that name: then `<Kind>.<group>`. */
export function foreignKind(apiVersion: string, kind: string): string {
  return Object.hasOwn(PROJECTIONS, kind) ? `${kind}.${groupOf(apiVersion)}` : kind;
}

export function projectOwn<K extends Kind>(
  kind: K,
  raw: JsonObject,
  meta: Meta,
  share: ShareSpec,
): readonly KindMap[K][] {
  const result = PROJECTIONS[kind].project(raw, meta, share);
  return Array.isArray(result) ? (result as readonly KindMap[K][]) : [result as KindMap[K]];
}

export function projectOther(raw: JsonObject, meta: Meta): ForeignObject {
  return projectForeign(raw, meta);
}
