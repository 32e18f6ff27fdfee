import type { Json, JsonObject } from '../../../packages/hopwise/src/sources/contract.ts';
import { loopbackOf } from './echo-server.ts';
import type { Translation, XdsResources } from './translate.ts';

/** What one Envoy runs for a scenario; listeners and clusters are renamed so that scenarios can follow each other. */
export interface EnvoyConfig {
  readonly listeners: readonly JsonObject[];
  readonly clusters: readonly JsonObject[];
}

export interface Surroundings {
  /** Second number of the loopback addresses of this run. */
  readonly net: number;
  /** Number of the scenario in this run. */
  readonly turn: number;
  readonly certificate: { readonly cert: string; readonly key: string };
}

/** The loopback address at which Envoy listens for a Gateway. */
export function listenAddress({ net, turn }: Surroundings, gateway: number): string {
  return `127.${net}.${64 + (turn % 128)}.${gateway + 1}`;
}

/** Envoy's port for a listener: Envoy Gateway moves privileged ports by 10000 (internal/gatewayapi/helpers.go). */
export function listenPort(port: number): number {
  return port < 1024 ? port + 10_000 : port;
}

/**
 * The translation with what only exists in a cluster replaced: addresses become loopback addresses, what would be fetched
 * over xDS is written in place, access logs and upstream HTTP/2 are left out. Filters, matches and actions stay as they are.
 */
export function toEnvoyConfig(translation: Translation, gateways: readonly string[], at: Surroundings): EnvoyConfig {
  const listeners: JsonObject[] = [];
  const clusters: JsonObject[] = [];
  for (const [name, xds] of translation.xds) {
    const prefix = `${at.turn}/${name}/`;
    const address = listenAddress(at, gateways.indexOf(name));
    for (const listener of xds.listeners) {
      // Readiness and metrics of Envoy Gateway's own.
      if ((listener.name as string).startsWith('envoy-gateway-proxy-')) continue;
      listeners.push(toListener(listener, xds, prefix, address, at));
    }
    clusters.push(...xds.clusters.map((cluster) => toCluster(cluster, xds, prefix, at)));
  }
  return { listeners, clusters };
}

function toListener(
  listener: JsonObject,
  xds: XdsResources,
  prefix: string,
  address: string,
  { certificate }: Surroundings,
): JsonObject {
  const { accessLog: _log, address: place, ...rest } = listener;
  const port = ((place as JsonObject).socketAddress as JsonObject).portValue as number;
  const chain = (entry: Json | undefined): JsonObject => {
    const { filters, transportSocket, ...others } = entry as JsonObject;
    return {
      ...others,
      filters: (filters as readonly JsonObject[]).map((filter) => toFilter(filter, xds, prefix)),
      ...(transportSocket === undefined ? {} : { transportSocket: toTls(transportSocket as JsonObject, certificate) }),
    };
  };
  return {
    ...rest,
    name: `${prefix}${listener.name}`,
    address: { socketAddress: { address, portValue: port } },
    ...(listener.filterChains === undefined
      ? {}
      : { filterChains: (listener.filterChains as readonly Json[]).map(chain) }),
    ...(listener.defaultFilterChain === undefined ? {} : { defaultFilterChain: chain(listener.defaultFilterChain) }),
  };
}

function toFilter(filter: JsonObject, xds: XdsResources, prefix: string): JsonObject {
  const { rds, accessLog: _log, ...manager } = filter.typedConfig as JsonObject;
  if (rds === undefined) return filter;
  const name = (rds as JsonObject).routeConfigName as string;
  const { '@type': _type, ...routes } = xds.routes.get(name) ?? { name, virtualHosts: [] };
  return {
    ...filter,
    typedConfig: { ...manager, routeConfig: { ...renameClusters(routes, prefix), validateClusters: false } },
  };
}

/** Clusters are named in routes, in weighted clusters and in mirror policies. */
function renameClusters(routes: JsonObject, prefix: string): JsonObject {
  const rename = (value: Json | undefined, key: string): Json | undefined => {
    if (key === 'cluster' && typeof value === 'string') return prefix + value;
    if (key === 'clusters' && Array.isArray(value)) {
      return (value as readonly JsonObject[]).map((entry) => ({ ...entry, name: `${prefix}${entry.name}` }));
    }
    if (Array.isArray(value)) return (value as readonly Json[]).map((entry) => rename(entry, '') as Json);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, rename(entry, name)]));
  };
  return rename(routes, '') as JsonObject;
}

function toTls(socket: JsonObject, { cert, key }: Surroundings['certificate']): JsonObject {
  const { typedConfig } = socket;
  const { commonTlsContext, ...context } = typedConfig as JsonObject;
  const { tlsCertificateSdsSecretConfigs: _fetched, ...common } = commonTlsContext as JsonObject;
  const own = { certificateChain: { inlineString: cert }, privateKey: { inlineString: key } };
  return { ...socket, typedConfig: { ...context, commonTlsContext: { ...common, tlsCertificates: [own] } } };
}

function toCluster(cluster: JsonObject, xds: XdsResources, prefix: string, { net }: Surroundings): JsonObject {
  const { name, edsClusterConfig: _eds, typedExtensionProtocolOptions: _http2, metadata: _metadata, ...rest } = cluster;
  const own = xds.endpoints.get(name as string) ?? (cluster.loadAssignment as JsonObject | undefined);
  const { '@type': _type, ...endpoints } = own ?? { endpoints: [] };
  return {
    ...rest,
    name: `${prefix}${name}`,
    type: 'STATIC',
    loadAssignment: { ...(toLoopback(endpoints, net) as JsonObject), clusterName: `${prefix}${name}` },
  };
}

function toLoopback(value: Json | undefined, net: number): Json | undefined {
  if (Array.isArray(value)) return (value as readonly Json[]).map((entry) => toLoopback(entry, net) as Json);
  if (value === null || typeof value !== 'object') return value;
  const { address, portValue } = value as JsonObject;
  if (typeof address === 'string' && typeof portValue === 'number') {
    const place = loopbackOf(net, address, portValue);
    return { address: place.address, portValue: place.port };
  }
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, toLoopback(entry, net)]));
}
