import type { Request } from './request.ts';
import type { RequestTarget, TargetReading } from './route-table.ts';

export interface EnvoyPathOptions {
  /** `//` counts as `/` (HttpConnectionManager.merge_slashes). */
  readonly mergeSlashes: boolean;
  /** What becomes of `%2F` and `%5C` (HttpConnectionManager.path_with_escaped_slashes_action). */
  readonly escapedSlashes: 'keep' | 'redirect';
}

/**
 * How Envoy with `normalize_path` reads a path before it looks for a route (source/common/http/path_utility.cc, over the URL
 * canonicalisation of Chromium): what needs no escape is unescaped, what needs one gets it, dot segments are resolved,
 * backslashes turned, and slashes treated as configured. Held against Envoy 1.40.
 */
export function envoyTarget(options: EnvoyPathOptions): TargetReading {
  return {
    byteWise: false,
    passesOn: true,
    // source/common/router/config_impl.cc: QueryParamsMulti::parseQueryString, which decodes nothing.
    rawQuery: true,
    read: (request): RequestTarget => {
      const { path, query } = request;
      if (/[^\x21-\x7e]|%00/.test(path)) {
        return { kind: 'refused', status: 400, why: 'the path holds bytes that HTTP does not allow' };
      }
      if (options.escapedSlashes === 'redirect' && /%(?:2f|5c)/i.test(path)) {
        return {
          kind: 'refused',
          status: 307,
          why: 'the path holds an escaped slash: Envoy redirects to the unescaped path',
          // source/common/http/conn_manager_utility.cc maybeNormalizePath: unescaped first, then normalised.
          location: normaliseEnvoyPath(unescapeSlashes(path), options.mergeSlashes) + query,
        };
      }
      return { kind: 'read', host: hostOf(request), path: normaliseEnvoyPath(path, options.mergeSlashes) };
    },
  };
}

/** A final dot counts unless strip_trailing_host_dot is set, which no control plane here does. */
function hostOf({ host, url, headers }: Request): string {
  const sent = headers.host ?? /^[^:]*:\/\/([^/?#]*)/.exec(url)?.[1] ?? '';
  return /\.(?::\d*)?$/.test(sent) ? `${host}.` : host;
}

export function normaliseEnvoyPath(path: string, mergeSlashes: boolean): string {
  if (!/[%\\"<>^`{|}]|\/[/.]/.test(path)) return path;
  const turned = path
    .replaceAll('\\', '/')
    // A dot segment may have parameters, but only one written as such.
    .replace(/\/(\.{1,2});[^/]*(?=\/|$)/g, '/$1')
    .replace(/%[0-9a-f]{2}/gi, unescapeUnreserved)
    .replace(/["<>^`{|}]/g, escape);
  const resolved = resolveDots(turned);
  if (!mergeSlashes || !resolved.includes('//')) return resolved;
  // A path of slashes alone keeps its first and its last.
  return /^\/+$/.test(resolved) ? '//' : resolved.replace(/\/{2,}/g, '/');
}

function unescapeSlashes(path: string): string {
  return path.replace(/%2f/gi, '/').replace(/%5c/gi, '\\');
}

function unescapeUnreserved(escaped: string): string {
  const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
  return /[A-Za-z0-9\-._~]/.test(character) ? character : escaped;
}

function escape(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** RFC 3986, section 5.2.4. */
function resolveDots(path: string): string {
  const out: string[] = [];
  const segments = path.split('/').slice(1);
  for (const [index, segment] of segments.entries()) {
    if (segment === '..') out.pop();
    if (segment !== '.' && segment !== '..') out.push(segment);
    else if (index === segments.length - 1) out.push('');
  }
  return `/${out.join('/')}`;
}
