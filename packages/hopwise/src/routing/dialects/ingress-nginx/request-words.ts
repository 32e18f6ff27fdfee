import type { Request } from '../../request.ts';
import type { Rewrite } from '../../route-table.ts';
import type { NginxInstance } from './instance.ts';

const FORWARDED_HOST = 'x-forwarded-host';

/** The Host header as the client sends it (`$http_host`): with the port unless it is the scheme's own. */
export function hostHeader(request: Request): string {
  const given = Object.hasOwn(request.headers, 'host') ? request.headers.host : undefined;
  if (given !== undefined && given !== '') return given;
  const usual = request.tls ? 443 : 80;
  return request.port === usual || request.port === 0 ? request.host : `${request.host}:${request.port}`;
}

/**
 * The host the backend is told (`$best_http_host`): with use-forwarded-headers the first of X-Forwarded-Host
 * (rootfs/etc/nginx/lua/lua_ingress.lua: parse_x_forwarded_host).
 */
export function bestHost(request: Request, instance: NginxInstance): string {
  const forwarded = Object.hasOwn(request.headers, FORWARDED_HOST) ? request.headers[FORWARDED_HOST] : undefined;
  if (forwarded === undefined || !instance.config.bool('use-forwarded-headers', false).value)
    return hostHeader(request);
  return forwarded.split(',')[0] ?? '';
}

/** The rewrite of the host, where requests can carry another one. */
export function forwardedHost(instance: NginxInstance): Pick<Rewrite, 'host'> {
  if (!instance.config.bool('use-forwarded-headers', false).value) return {};
  return {
    host: (request) => (Object.hasOwn(request.headers, FORWARDED_HOST) ? bestHost(request, instance) : request.host),
  };
}

/** The request target as sent (`$request_uri`). */
export function requestUri(request: Request): string {
  return request.path + request.query;
}

/** The host NGINX writes into its own absolute redirects: lower case, without port and final dot. */
export function plainHost(request: Request): string {
  return request.host.endsWith('.') ? request.host.slice(0, -1) : request.host;
}

/** The scheme NGINX sees, which is http when a load balancer in front ends TLS. */
export function seenScheme(request: Request, instance: NginxInstance): 'http' | 'https' {
  return request.tls && !instance.tlsEndsBefore ? 'https' : 'http';
}
