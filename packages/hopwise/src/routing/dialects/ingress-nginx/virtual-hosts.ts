import { objectId } from '../../../base/object-id.ts';
import type { Request } from '../../request.ts';
import type { Action, ListenerTls, Rule, VirtualHost } from '../../route-table.ts';
import { CATCH_ALL } from './catch-all.ts';
import type { NginxInstance } from './instance.ts';
import { annotationPath } from './parsed-ingress.ts';
import { redirectCode } from './redirects.ts';
import { requestUri, seenScheme } from './request-words.ts';
import { serverRules } from './server-rules.ts';
import type { Server } from './servers.ts';
import type { Surroundings } from './surroundings.ts';
import { since } from './version.ts';

/** The virtual hosts of all servers, in the order of the rendered configuration (by host name). */
export function virtualHosts(
  servers: ReadonlyMap<string, Server>,
  place: Omit<Surroundings, 'secured' | 'server'>,
): readonly VirtualHost[] {
  const ordered = [...servers.values()].sort((left, right) => (left.hostname < right.hostname ? -1 : 1));
  const named = ordered.flatMap((server) => {
    const host = hostOf(server, { ...place, server, secured: hasCertificate(server, servers) });
    const aliases = server.aliases.flatMap((alias) =>
      aliasHosts(alias, hostOf(server, { ...place, server, secured: aliasSecured(alias, servers) })),
    );
    return [host, ...aliases];
  });
  return [...wwwHosts(ordered, servers, place.instance), ...named];
}

function hostOf(server: Server, place: Surroundings): VirtualHost {
  const tls = tlsOf(server, place);
  return {
    host: server.hostname === CATCH_ALL ? '' : server.hostname.toLowerCase(),
    wildcard: 'one-label',
    rules: serverRules(server, place),
    ...(tls === undefined ? {} : { tls }),
    objects: [...server.declaredBy].map((owner) => owner.object),
  };
}

/** An alias is a name of NGINX's own kind: a true wildcard at either end, `.name` for both, or an expression behind `~`. */
function aliasHosts(alias: string, host: VirtualHost): readonly VirtualHost[] {
  const name = alias.toLowerCase();
  const wildcard = 'many-labels' as const;
  if (alias.startsWith('~')) return [{ ...host, host: alias }];
  if (name.startsWith('.'))
    return [
      { ...host, host: name.slice(1) },
      { ...host, host: `*${name}`, wildcard },
    ];
  if (name.endsWith('.*')) return [{ ...host, host: `~^${name.slice(0, -2).replaceAll('.', '\\.')}\\..+$` }];
  return [{ ...host, host: name, wildcard }];
}

/** from-to-www-redirect: a server of its own for the other name, unless an Ingress has that name (BuildRedirects). */
function wwwHosts(
  ordered: readonly Server[],
  servers: ReadonlyMap<string, Server>,
  instance: NginxInstance,
): readonly VirtualHost[] {
  return ordered.flatMap((server) => {
    const { hostname, owner } = server;
    if (!server.redirectFromToWww || owner === undefined) return [];
    const other = hostname.startsWith('www.') ? hostname.slice(4) : `www.${hostname}`;
    if (servers.has(other)) return [];
    const by = server.locations.find((location) => location.owner?.redirect?.fromToWww === true)?.owner ?? owner;
    const action: Action = {
      kind: 'redirect',
      status: redirectCode(instance),
      why: 'annotation from-to-www-redirect',
      location: (request) => wwwLocation(hostname, request, instance),
    };
    const rule: Rule = {
      object: by.object,
      field: annotationPath(`${instance.annotationsPrefix}/from-to-www-redirect`),
      match: { path: { kind: 'prefix', value: '/' } },
      action,
      settings: by.settings,
      notUnderstood: by.notes,
    };
    return [{ host: other.toLowerCase(), wildcard: 'one-label' as const, rules: [rule], objects: [by.object] }];
  });
}

/**
 * Without the last slash. Since 1.12.0 always with the port NGINX listens on (rootfs/etc/nginx/lua/nginx/ngx_srv_redirect.lua);
 * before, with the HTTPS port for both schemes unless that is 443 (nginx.tmpl of controller-v1.11.0: set_by_lua_block $redirect_to).
 */
function wwwLocation(to: string, request: Request, instance: NginxInstance): string {
  const uri = requestUri(request);
  const forwarded = instance.config.bool('use-forwarded-headers', false).value ? request.headers : {};
  const seen = seenScheme(request, instance);
  const scheme = forwarded['x-forwarded-proto'] ?? seen;
  const { httpPort, httpsPort } = instance;
  const target = uri.endsWith('/') ? uri.slice(0, -1) : uri;
  if (!since(instance.version, 1, 12)) return `${scheme}://${to}${httpsPort === 443 ? '' : `:${httpsPort}`}${target}`;
  const port = forwarded['x-forwarded-port'] ?? String(seen === 'https' ? httpsPort : httpPort);
  return `${scheme}://${to}:${port}${target}`;
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
