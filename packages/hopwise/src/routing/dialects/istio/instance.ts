import { idOf, type ObjectId, objectId } from '../../../base/object-id.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import { withEntrances } from '../../entrances.ts';
import { ENVOY_FAILURES } from '../../envoy.ts';
import { envoyTarget } from '../../envoy-target.ts';
import type { GatewayInstance, Listener, ListenerTls, NotUnderstood, Rule, VirtualHost } from '../../route-table.ts';
import { type DataPlane, exposedPort } from './data-plane.ts';
import type { Mesh } from './destination.ts';
import type { DestinationRule } from './destination-rules.ts';
import type { IstioGateway, IstioServer } from './gateways.ts';
import type { Entrance } from './http-match.ts';
import { httpsRedirectRule, mergeRules, readHttpRules, readTcpRules, readTlsRules } from './http-rules.ts';
import { intersectHosts, toPattern } from './names.ts';
import { listIstio, specOf } from './objects.ts';
import { isVisibleIn, type VirtualService } from './virtual-services.ts';

export interface Server {
  readonly gateway: IstioGateway;
  readonly server: IstioServer;
  /** Name of the listener in the route table. */
  readonly listener: string;
  readonly port: number;
  readonly tls?: ListenerTls;
}

/** One data plane with all servers of its Gateways and the VirtualServices bound to them. */
export function buildInstance(
  model: ClusterModel,
  plane: DataPlane,
  virtualServices: readonly VirtualService[],
  rules: readonly DestinationRule[],
): GatewayInstance {
  const servers = listServers(plane);
  const mesh: Mesh = { model, rules, virtualServices, caller: plane.namespace };
  const first = plane.gateways[0];
  const service = plane.services[0];
  const place = service === undefined ? (first?.id ?? '') : `${service.namespace}/${service.name}`;
  return {
    id: `istio/${place}`,
    dialect: 'istio',
    name: `Istio gateway ${place}`,
    ...(first === undefined ? {} : { object: idOf(first.object) }),
    controller: 'istio.io/gateway',
    pods: plane.pods,
    services: plane.services,
    addresses: plane.services.flatMap(({ addresses }) => addresses),
    listeners: withEntrances(servers.flatMap(toListeners), plane.services),
    hosts: buildHosts(mesh, servers, virtualServices),
    fallback: {
      kind: 'none',
      status: 404,
      why: `no VirtualService of ${plane.gateways.map(({ id }) => id).join(', ')} matches`,
    },
    approximate: false,
    notUnderstood: findFilters(model, plane),
    failures: ENVOY_FAILURES,
    // Istio meshConfig.pathNormalization: BASE.
    target: envoyTarget({ mergeSlashes: false, escapedSlashes: 'keep' }),
  };
}

/**
 * Plain HTTP servers of one port share one route configuration whatever Gateway they come from; TLS servers are kept apart by
 * server name (pilot/pkg/model/gateway.go mergeGateways).
 */
export function listServers(plane: DataPlane): readonly Server[] {
  return plane.gateways.flatMap((gateway) =>
    gateway.servers.map((server) => {
      const port = exposedPort(plane.services, server.port);
      const listener = server.protocol === 'HTTP' ? `http.${port}` : `${gateway.id}/${server.field}`;
      const tls = readTls(plane, gateway, server);
      return { gateway, server, listener, port, ...(tls === undefined ? {} : { tls }) };
    }),
  );
}

/** One listener for each host of a TLS server, under one name; plain servers answer for any host. */
function toListeners({ gateway, server, listener, port, tls }: Server): readonly Listener[] {
  if (server.protocol === 'unknown') return [];
  const base = {
    name: listener,
    port,
    protocol: server.protocol,
    object: idOf(gateway.object),
    field: server.field,
    ...(tls === undefined ? {} : { tls }),
  };
  if (server.protocol === 'HTTP' || server.protocol === 'TCP') return [{ ...base, hostname: '' }];
  return server.hosts.map(({ host }) => ({ ...base, hostname: toPattern(host) }));
}

/** The Secret of credentialName lies beside the gateway's Pods, wherever the Gateway itself is. */
function readTls(
  plane: DataPlane,
  gateway: IstioGateway,
  { protocol, tlsMode, secret, field }: IstioServer,
): ListenerTls | undefined {
  if (protocol !== 'HTTPS' && protocol !== 'TLS') return undefined;
  return {
    mode: tlsMode === 'PASSTHROUGH' || tlsMode === 'AUTO_PASSTHROUGH' ? 'passthrough' : 'terminate',
    secrets: secret === undefined ? [] : [objectId('Secret', plane.namespace, secret)],
    nameAt: { object: idOf(gateway.object), path: `${field}.tls.credentialName` },
  };
}

function buildHosts(
  mesh: Mesh,
  servers: readonly Server[],
  virtualServices: readonly VirtualService[],
): readonly VirtualHost[] {
  const byListener = new Map<string, Server[]>();
  for (const server of servers) {
    const group = byListener.get(server.listener);
    if (group === undefined) byListener.set(server.listener, [server]);
    else group.push(server);
  }
  return [...byListener.values()].flatMap((group) => hostsOfListener(mesh, group, virtualServices));
}

interface HostRules {
  readonly rules: Rule[];
  readonly objects: Set<ObjectId>;
}

function hostsOfListener(
  mesh: Mesh,
  group: readonly Server[],
  virtualServices: readonly VirtualService[],
): readonly VirtualHost[] {
  const [first] = group;
  if (first === undefined) return [];
  const entrance: Entrance = {
    port: first.port,
    tls: first.server.protocol === 'HTTPS' || first.server.protocol === 'TLS',
    gateways: new Set(group.map(({ gateway }) => gateway.id)),
  };
  const hosts = new Map<string, HostRules>();
  const add = (host: string, rules: readonly Rule[], object: ObjectId) => {
    const entry = hosts.get(host) ?? { rules: [], objects: new Set() };
    hosts.set(host, entry);
    entry.rules.push(...rules.filter((rule) => !entry.rules.includes(rule)));
    entry.objects.add(object);
  };
  for (const { gateway, server } of group.filter((entry) => entry.server.httpsRedirect)) {
    const object = idOf(gateway.object);
    for (const { host } of server.hosts) add(toPattern(host), [httpsRedirectRule(object, server.field)], object);
  }
  for (const service of virtualServices) {
    const bound = group.filter((entry) => bindingOf(service, entry, mesh.caller).state === 'bound');
    if (bound.length === 0) continue;
    const object = idOf(service.object);
    for (const [host, rules] of rulesByHost(mesh, service, bound, entrance)) add(toPattern(host), rules, object);
  }
  const { tls } = first;
  return [...hosts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([host, { rules, objects }]) => ({
      host,
      wildcard: 'many-labels',
      listener: first.listener,
      rules: mergeRules(rules),
      ...(tls === undefined ? {} : { tls }),
      objects: [...objects],
    }));
}

/** Hosts that a VirtualService answers for on servers it is bound to, with its rules there. */
function rulesByHost(
  mesh: Mesh,
  service: VirtualService,
  bound: readonly Server[],
  entrance: Entrance,
): readonly (readonly [host: string, rules: readonly Rule[]])[] {
  const protocol = bound[0]?.server.protocol;
  if (protocol === 'TCP') return [['*', readTcpRules(mesh, service, entrance)]];
  if (protocol === 'TLS') {
    return readTlsRules(mesh, service, entrance).flatMap(({ hosts, rule }) =>
      hosts.map((host) => [host, [rule]] as const),
    );
  }
  const rules = readHttpRules(mesh, service, entrance);
  const hosts = new Set(bound.flatMap((entry) => commonHosts(service, entry)));
  return [...hosts].map((host) => [host, rules] as const);
}

export type Binding =
  | { readonly state: 'bound' }
  /** It names another Gateway. */
  | { readonly state: 'other' }
  | { readonly state: 'refused'; readonly reason: 'not-exported' | 'namespace' | 'host' };

/** Is a VirtualService bound to a server (gateway.proto Server.hosts; virtual_service.proto gateways, exportTo)? */
export function bindingOf(service: VirtualService, { gateway, server }: Server, caller: string): Binding {
  if (!service.gateways.includes(gateway.id)) return { state: 'other' };
  if (!isVisibleIn(service, caller)) return { state: 'refused', reason: 'not-exported' };
  const allowed = server.hosts.filter(({ namespace }) => namespace === '*' || namespace === service.namespace);
  const common = (hosts: IstioServer['hosts']) =>
    hosts.some(({ host }) => service.hosts.some((name) => intersectHosts(host, name) !== undefined));
  if (common(allowed)) return { state: 'bound' };
  return { state: 'refused', reason: common(server.hosts) ? 'namespace' : 'host' };
}

function commonHosts(service: VirtualService, { server }: Server): readonly string[] {
  return server.hosts
    .filter(({ namespace }) => namespace === '*' || namespace === service.namespace)
    .flatMap(({ host }) => service.hosts.flatMap((name) => intersectHosts(host, name) ?? []));
}

const ROUTING_PARTS = new Set(['HTTP_ROUTE', 'VIRTUAL_HOST', 'ROUTE_CONFIGURATION', 'CLUSTER']);

/** EnvoyFilters that change routes or clusters of this gateway: nobody can tell what is left of the configuration. */
function findFilters(model: ClusterModel, plane: DataPlane): readonly NotUnderstood[] {
  return listIstio(model, 'EnvoyFilter').flatMap((filter): NotUnderstood[] => {
    if (filter.namespace !== plane.namespace && filter.namespace !== 'istio-system') return [];
    const patches = specOf(filter).configPatches;
    const parts = (Array.isArray(patches) ? patches : []).map((patch: { applyTo?: unknown } | null) => patch?.applyTo);
    const changed = parts.filter((part): part is string => typeof part === 'string' && ROUTING_PARTS.has(part));
    if (changed.length === 0) return [];
    return [
      {
        object: idOf(filter),
        path: 'spec.configPatches',
        why: `changes ${[...new Set(changed)].join(', ')} of the proxy directly`,
      },
    ];
  });
}
