import { attachCanaries } from './canary.ts';
import { CATCH_ALL } from './catch-all.ts';
import type { ProxyTls } from './features/proxy-tls.ts';
import { completeLocations, type Location, sortLocations } from './locations.ts';
import type { ParsedIngress } from './parsed-ingress.ts';
import { DEFAULT_UPSTREAM, type Upstream, upstreamName } from './upstreams.ts';

/** One `server` block of the rendered configuration. */
export interface Server {
  readonly hostname: string;
  /** The Ingress that declared the host first. */
  readonly owner?: ParsedIngress;
  locations: Location[];
  aliases: readonly string[];
  /** The Ingress whose TLS section gives the host its certificate, or its absence. */
  certificate?: ParsedIngress;
  sslPassthrough: boolean;
  redirectFromToWww: boolean;
  /** A client-certificate setting that cannot be used closes the whole host (403). */
  closed?: { readonly owner: ParsedIngress; readonly field: string };
  /** TLS to backends, for locations whose own Ingress sets none (server.ProxySSL). */
  proxyTls?: { readonly owner: ParsedIngress; readonly tls: ProxyTls };
  /** Every Ingress that declares the host, in order. */
  readonly declaredBy: Set<ParsedIngress>;
}

export interface ServerSet {
  readonly servers: ReadonlyMap<string, Server>;
  readonly shadowed: readonly ShadowedPath[];
}
/** A path that an earlier Ingress has already claimed for the same host. */
export interface ShadowedPath {
  readonly host: string;
  readonly path: string;
  readonly winner: { readonly owner: ParsedIngress | undefined; readonly field: string };
  readonly loser: { readonly owner: ParsedIngress | undefined; readonly field: string };
}

/** Builds the servers as controller.go does (createServers, then the loop of getBackendServers, then location.go). */
export function buildServers(ingresses: readonly ParsedIngress[], upstreams: Map<string, Upstream>): ServerSet {
  const servers = createServers(ingresses, upstreams);
  configureServers(ingresses, servers);
  const shadowed = addPaths(ingresses, upstreams, servers);
  attachCanaries(ingresses, upstreams, servers);
  for (const server of servers.values()) server.locations = [...completeLocations(sortLocations(server.locations))];
  return { servers, shadowed };
}

function newServer(hostname: string, owner: ParsedIngress | undefined, root: Location): Server {
  return {
    hostname,
    ...(owner === undefined ? {} : { owner }),
    locations: [root],
    aliases: [],
    sslPassthrough: owner?.sslPassthrough ?? false,
    redirectFromToWww: false,
    declaredBy: new Set(),
  };
}

/** Every host gets a root location that leads to the default backend until a rule claims `/`. */
function createServers(
  ingresses: readonly ParsedIngress[],
  upstreams: ReadonlyMap<string, Upstream>,
): Map<string, Server> {
  const root = { path: '/', pathType: 'Prefix' as const, isDefault: true };
  const servers = new Map<string, Server>();
  servers.set(CATCH_ALL, newServer(CATCH_ALL, undefined, { ...root, field: '', upstream: DEFAULT_UPSTREAM }));
  for (const owner of ingresses) {
    if (owner.canary.enabled) continue;
    const { ingress } = owner;
    const named = ingress.defaultBackend?.service;
    const own = named === undefined ? undefined : upstreamName(ingress.namespace, named);
    const upstream = own !== undefined && upstreams.has(own) ? own : DEFAULT_UPSTREAM;
    const catchAll = servers.get(CATCH_ALL) as Server;
    if (upstream !== DEFAULT_UPSTREAM && ingress.rules.length === 0 && catchAll.locations[0]?.isDefault === true) {
      catchAll.locations = [{ ...root, owner, field: 'spec.defaultBackend', upstream, isDefault: false, bare: true }];
      catchAll.declaredBy.add(owner);
    }
    for (const [at, rule] of ingress.rules.entries()) {
      const host = rule.host || CATCH_ALL;
      if (!servers.has(host)) {
        const field = upstream === DEFAULT_UPSTREAM ? `spec.rules[${at}]` : 'spec.defaultBackend';
        servers.set(host, newServer(host, owner, { ...root, owner, field, upstream }));
      }
      servers.get(host)?.declaredBy.add(owner);
    }
  }
  return servers;
}

/** Aliases and certificate of a host come from the first Ingress that brings any. */
function configureServers(ingresses: readonly ParsedIngress[], servers: ReadonlyMap<string, Server>): void {
  for (const owner of ingresses) {
    if (owner.canary.enabled) continue;
    for (const rule of owner.ingress.rules) {
      const server = servers.get(rule.host || CATCH_ALL);
      if (server === undefined) continue;
      if (server.aliases.length === 0) server.aliases = owner.aliases;
      if (owner.sslPassthrough) server.sslPassthrough = true;
      if (server.hostname !== CATCH_ALL && server.certificate === undefined && owner.ingress.tls.length > 0) {
        server.certificate = owner;
      }
    }
  }
  for (const server of servers.values()) {
    server.aliases = [...new Set(server.aliases)]
      .filter((alias) => alias !== server.hostname && !servers.has(alias))
      .sort();
  }
}

function addPaths(
  ingresses: readonly ParsedIngress[],
  upstreams: ReadonlyMap<string, Upstream>,
  servers: ReadonlyMap<string, Server>,
): readonly ShadowedPath[] {
  const shadowed: ShadowedPath[] = [];
  const placed = new Map<Server, Map<string, number>>();
  const catchAll = servers.get(CATCH_ALL) as Server;
  for (const owner of ingresses) {
    for (const [r, rule] of owner.ingress.rules.entries()) {
      const server = servers.get(rule.host || CATCH_ALL) ?? catchAll;
      if (rule.paths === undefined && rule.host !== undefined && rule.host !== '') continue;
      applyToServer(server, owner, r);
      const first = placed.get(server) ?? new Map([['/', 0]]);
      placed.set(server, first);
      for (const [p, path] of (rule.paths ?? []).entries()) {
        const service = path.backend.service;
        if (service === undefined) continue;
        const upstream = upstreams.get(upstreamName(owner.ingress.namespace, service));
        if (upstream === undefined || upstream.canary !== undefined) continue;
        const location: Location = {
          path: path.path || '/',
          // ImplementationSpecific means Prefix (internal/k8s/main.go: SetDefaultNGINXPathType).
          pathType: path.pathType === 'Exact' ? 'Exact' : 'Prefix',
          owner,
          field: `spec.rules[${r}].http.paths[${p}]`,
          isDefault: false,
          upstream: upstream.name,
        };
        const loss = placeLocation(server, first, location);
        if (loss !== undefined) shadowed.push(loss);
        else if (owner.redirect?.fromToWww === true) server.redirectFromToWww = true;
      }
    }
  }
  return shadowed;
}

/** What the annotations of an Ingress do to the whole server of each of its rules (getBackendServers). */
function applyToServer(server: Server, owner: ParsedIngress, rule: number): void {
  if (owner.serverDenied !== undefined) server.closed ??= { owner, field: `spec.rules[${rule}]` };
  if (server.proxyTls?.tls.authority === true) return;
  if (owner.proxyTls === undefined) delete server.proxyTls;
  else server.proxyTls = { owner, tls: owner.proxyTls };
}

/**
 * Only the first location with the same path is looked at (`first` knows where it stands): of the same type it is kept, or
 * replaced while it is only the default backend; of another type the new one is added beside it. Answers what was lost.
 */
function placeLocation(server: Server, first: Map<string, number>, location: Location): ShadowedPath | undefined {
  const at = first.get(location.path);
  const existing = at === undefined ? undefined : server.locations[at];
  if (at === undefined || existing === undefined || existing.pathType !== location.pathType) {
    if (at === undefined) first.set(location.path, server.locations.length);
    server.locations.push(location);
    return undefined;
  }
  if (existing.isDefault) {
    server.locations[at] = location;
    return undefined;
  }
  return {
    host: server.hostname === CATCH_ALL ? '' : server.hostname,
    path: location.path,
    winner: { owner: existing.owner, field: existing.field },
    loser: { owner: location.owner, field: location.field },
  };
}
