import { objectId } from '../../../base/object-id.ts';
import type { Action, ListenerTls, PathMatch, Rule, VirtualHost } from '../../route-table.ts';
import { locationRules, type Surroundings } from './location-rules.ts';
import { type Location, needsRegex } from './locations.ts';
import { hostHeader } from './request-words.ts';
import { CATCH_ALL, type Server } from './servers.ts';
import { DEFAULT_UPSTREAM } from './upstreams.ts';

/** The virtual hosts of all servers, in the order of the rendered configuration (by host name). */
export function virtualHosts(
  servers: ReadonlyMap<string, Server>,
  place: Omit<Surroundings, 'secured'>,
): readonly VirtualHost[] {
  const ordered = [...servers.values()].sort((left, right) => (left.hostname < right.hostname ? -1 : 1));
  return ordered.flatMap((server) => {
    const secured = hasCertificate(server, servers);
    const host = hostOf(server, { ...place, secured });
    const aliases = server.aliases.map((alias) =>
      aliasHost(alias, hostOf(server, { ...place, secured: aliasSecured(alias, servers) })),
    );
    return [host, ...aliases];
  });
}

function hostOf(server: Server, place: Surroundings): VirtualHost {
  const tls = tlsOf(server, place);
  return {
    host: server.hostname === CATCH_ALL ? '' : server.hostname.toLowerCase(),
    wildcard: 'one-label',
    rules: serverRules(server, place),
    ...(tls === undefined ? {} : { tls }),
    objects: server.declaredBy.map((owner) => owner.object),
  };
}

/** An alias is a name of NGINX's own kind: a true wildcard, or an expression behind `~`. */
function aliasHost(alias: string, host: VirtualHost): VirtualHost {
  if (alias.startsWith('~')) return { ...host, host: alias };
  return { ...host, host: alias.toLowerCase(), wildcard: 'many-labels' };
}

/** The Lua side looks for a certificate of the name, then of the wildcard above it (certificate.lua: get_pem_cert_uid). */
function hasCertificate(server: Server, servers: ReadonlyMap<string, Server>): boolean {
  if (server.certificate !== undefined) return true;
  return server.hostname !== CATCH_ALL && aliasSecured(server.hostname, servers);
}

function aliasSecured(host: string, servers: ReadonlyMap<string, Server>): boolean {
  const above = host.replace(/^[^.]+\./, '*.');
  return above !== host && servers.get(above)?.certificate !== undefined;
}

function tlsOf(server: Server, place: Surroundings): ListenerTls | undefined {
  if (server.sslPassthrough && place.instance.sslPassthrough) return { mode: 'passthrough', secrets: [] };
  const owner = server.certificate;
  if (owner === undefined) return undefined;
  const { ingress } = owner;
  const entry = ingress.tls.find((tls) =>
    tls.hosts.some((host) => host.toLowerCase() === server.hostname.toLowerCase()),
  );
  const secrets =
    entry?.secretName === undefined || entry.secretName === ''
      ? []
      : [objectId('Secret', ingress.namespace, entry.secretName)];
  return { mode: 'terminate', secrets };
}

function serverRules(server: Server, place: Surroundings): readonly Rule[] {
  const regex = server.locations.some(needsRegex);
  const first = [...passthroughRules(server, place), ...appRootRules(server)];
  const located = regex ? regexRules(server, place) : plainRules(server, place);
  return [...first, ...located];
}

/** One expression per location, tried in order, ignoring case and open at the end (template.go: buildLocation). */
function regexRules(server: Server, place: Surroundings): readonly Rule[] {
  return server.locations.flatMap((location) =>
    locationRules(
      location,
      { kind: 'regex', value: `^${location.path}`, engine: 'pcre', ignoreCase: true, full: false },
      place,
    ),
  );
}

/** NGINX without expressions: exact names first, then the longest prefix. */
function plainRules(server: Server, place: Surroundings): readonly Rule[] {
  const exact = server.locations.filter((location) => location.pathType === 'Exact');
  const prefixes = server.locations.filter((location) => location.pathType === 'Prefix');
  return [
    ...exact.flatMap((location) => locationRules(location, { kind: 'exact', value: location.path }, place)),
    ...slashRedirects(exact, prefixes),
    ...prefixes.flatMap((location) => locationRules(location, { kind: 'prefix', value: location.path }, place)),
  ];
}

/**
 * A proxied location that ends in a slash answers its name without the slash with a redirect to it, unless that name is a
 * location itself (NGINX ngx_http_core_find_static_location: auto_redirect).
 */
function slashRedirects(exact: readonly Location[], prefixes: readonly Location[]): readonly Rule[] {
  const names = new Set(exact.map((location) => location.path));
  const seen = new Set<string>();
  return [...exact, ...prefixes].flatMap((location) => {
    const bare = location.path.slice(0, -1);
    const { owner } = location;
    if (!location.path.endsWith('/') || bare === '' || names.has(bare) || seen.has(bare)) return [];
    if (owner === undefined || owner.denied !== undefined) return [];
    seen.add(bare);
    const path: PathMatch = { kind: 'exact', value: bare };
    const action: Action = {
      kind: 'redirect',
      status: 301,
      why: 'NGINX adds the trailing slash of the path',
      location: (request) => `${request.tls ? 'https' : 'http'}://${request.host}${location.path}${request.query}`,
    };
    return [
      {
        object: owner.object,
        field: location.field,
        match: { path },
        action,
        settings: owner.settings,
        notUnderstood: [],
      },
    ];
  });
}

/** `if ($uri = /) return 302` at server level, before any location is looked at; the first location that has one counts. */
function appRootRules(server: Server): readonly Rule[] {
  const location = server.locations.find(
    (entry) => entry.bare !== true && entry.owner !== undefined && entry.owner.rewrite.appRoot !== '',
  );
  const owner = location?.owner;
  if (location === undefined || owner === undefined) return [];
  const root = owner.rewrite.appRoot;
  return [
    {
      object: owner.object,
      field: location.field,
      match: { path: { kind: 'exact', value: '/' } },
      action: {
        kind: 'redirect',
        status: 302,
        why: 'annotation app-root',
        location: (request) => `${request.tls ? 'https' : 'http'}://${hostHeader(request)}${root}`,
      },
      settings: owner.settings,
      notUnderstood: [],
    },
  ];
}

/** With --enable-ssl-passthrough the TLS stream of the host goes to the backend of `/`, whatever the path. */
function passthroughRules(server: Server, place: Surroundings): readonly Rule[] {
  if (!server.sslPassthrough || !place.instance.sslPassthrough) return [];
  const location = server.locations.find((entry) => entry.path === '/');
  if (location === undefined || location.upstream === DEFAULT_UPSTREAM || location.owner === undefined) return [];
  const upstream = place.upstreams.get(location.upstream);
  if (upstream === undefined) return [];
  const { owner } = location;
  const from = owner.settings.backendProtocol?.from ?? { kind: 'default' as const, reference: '' };
  return [
    {
      object: owner.object,
      field: location.field,
      match: { path: { kind: 'prefix', value: '/' }, tls: true },
      action: {
        kind: 'backends',
        rewrite: {},
        backends: [
          {
            object: upstream.service,
            ...(upstream.port === undefined ? {} : { port: upstream.port }),
            weight: 1,
            field: location.field,
          },
        ],
      },
      settings: { ...owner.settings, backendProtocol: { value: 'https', from }, viaClusterIP: { value: true, from } },
      notUnderstood: [],
    },
  ];
}
