import type { PathModifier } from '../../../model/kinds/gateway-api.ts';
import { normaliseEnvoyPath } from '../../envoy-target.ts';
import type { Request } from '../../request.ts';
import { withoutTrailingSlash } from './path-rewrite.ts';
import type { PathStyle, RedirectFilter } from './path-style.ts';

/*
 * What Envoy Gateway makes of path modifiers and redirects (internal/xds/translator/route.go, v1.9), held against its own
 * translator and a real Envoy. It differs from the specification in slashes and ports.
 */
export const envoyGatewayPaths: PathStyle = {
  rewrite: (path, modifier, prefix) =>
    replace(normaliseEnvoyPath(path, true), modifier, prefix, withoutTrailingSlash(modifier.value)),
  location: (filter, prefix, { listener }, request) => {
    const own = normaliseEnvoyPath(request.path, true);
    const scheme = filter.scheme ?? (request.tls ? 'https' : 'http');
    const path = filter.path === undefined ? own : replace(own, filter.path, prefix, filter.path.value);
    const standard = scheme === 'https' ? 443 : 80;
    const port = filter.port ?? (filter.scheme === undefined ? listener.port : standard);
    return `${scheme}://${filter.hostname ?? request.host}${portOf(filter, request, scheme, port)}${path}${request.query}`;
  },
};

/**
 * Envoy puts the replacement before what follows the matched prefix, which is `/` itself for the prefix `/`. Nothing and `/`
 * are put in by a regular expression instead, over the prefix as written and all slashes after it.
 */
function replace(path: string, { kind, value }: PathModifier, prefix: string, written: string): string {
  if (kind !== 'ReplacePrefixMatch') return value;
  if (value === '' || value === '/') {
    return path.startsWith(prefix) ? `/${path.slice(prefix.length).replace(/^\/+/, '')}` : path;
  }
  const matched = prefix === '/' ? 1 : withoutTrailingSlash(prefix).length;
  return written + path.slice(matched);
}

/** Ports 80 and 443 are never written, whatever the scheme; the Host header's own port is then kept with the host. */
function portOf(filter: RedirectFilter, request: Request, scheme: string, port: number): string {
  if (port !== 80 && port !== 443) return `:${port}`;
  const sent = sentPort(request);
  if (filter.hostname !== undefined || sent === undefined) return '';
  const own = request.tls ? 'https' : 'http';
  if (sent === (own === 'https' ? 443 : 80)) return '';
  return scheme !== own && sent === (scheme === 'https' ? 443 : 80) ? '' : `:${sent}`;
}

/** The port in the Host header: that of the URL unless the header was given by itself. */
function sentPort({ headers, port }: Request): number | undefined {
  if (headers.host === undefined || headers.host === '') return port;
  const written = /:(\d{1,5})$/.exec(headers.host)?.[1];
  return written === undefined ? undefined : Number(written);
}
