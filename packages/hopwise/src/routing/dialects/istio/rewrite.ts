import type { ObjectId } from '../../../base/object-id.ts';
import { readNumber, readObject, readOptionalObject, readString, readStringMap } from '../../../model/project/read.ts';
import type { JsonObject } from '../../../sources/contract.ts';
import { compilePattern } from '../../match/pattern.ts';
import type { Request } from '../../request.ts';
import type { Action, PathMatch, Rewrite } from '../../route-table.ts';
import type { Entrance } from './http-match.ts';

/** What `rewrite` and `headers.request` of an HTTPRoute make of the request, and what of them is not modelled. */
export function readRewrite(
  raw: JsonObject,
  object: ObjectId,
  field: string,
  path: PathMatch,
): { readonly rewrite: Rewrite; readonly doubts: readonly string[] } {
  const rewrite = readOptionalObject(raw, 'rewrite');
  const headers = readRequestHeaders(raw);
  const { host, ':authority': authority, ...others } = headers;
  const written = host ?? authority ?? (rewrite === undefined ? undefined : readString(rewrite, 'authority')) ?? '';
  const change = rewrite === undefined ? { doubts: [] } : readPathRewrite(rewrite, path);
  return {
    rewrite: {
      ...(change.path === undefined ? {} : { path: change.path, text: change.text ?? '' }),
      ...(written === '' ? {} : { host: written }),
      ...(Object.keys(others).length === 0 ? {} : { headers: others }),
      ...(rewrite === undefined ? {} : { from: { kind: 'field', object, path: `${field}.rewrite` } }),
    },
    doubts: change.doubts,
  };
}

interface PathRewrite {
  readonly path?: NonNullable<Rewrite['path']>;
  readonly text?: string;
  readonly doubts: readonly string[];
}

/**
 * pilot route.go applyHTTPRouteDestination: `uri` is Envoy's prefix_rewrite, which replaces the matched prefix as plain text,
 * and the whole path of an exact or regular-expression match.
 */
function readPathRewrite(rewrite: JsonObject, path: PathMatch): PathRewrite {
  const regex = readOptionalObject(rewrite, 'uriRegexRewrite');
  if (regex !== undefined)
    return readRegexRewrite(readString(regex, 'match') ?? '', readString(regex, 'rewrite') ?? '');
  const uri = readString(rewrite, 'uri') ?? '';
  if (uri === '') return { doubts: [] };
  if (path.kind !== 'prefix') return { path: ({ query }) => uri + query, text: `path becomes ${uri}`, doubts: [] };
  const length = path.value.length;
  return {
    path: (request) => uri + request.path.slice(length) + request.query,
    text: `prefix ${path.value} becomes ${uri}`,
    doubts: [],
  };
}

/** Every match is replaced; only a pattern tied to the start, which matches once, is worked out here. */
function readRegexRewrite(match: string, substitution: string): PathRewrite {
  const pattern = compilePattern(match, { engine: 're2', ignoreCase: false, full: false });
  if (!match.startsWith('^') || pattern.notUnderstood !== undefined) {
    return { doubts: [`uriRegexRewrite ${match} may replace several parts of the path`] };
  }
  return {
    path: (request) => {
      const found = pattern.exec(request.path);
      if (found === null || found === undefined) return request.path + request.query;
      const text = substitution.replace(/\\(\\|[0-9])/g, (_, group: string) =>
        group === '\\' ? '\\' : (found[Number(group)] ?? ''),
      );
      return text + request.path.slice((found[0] ?? '').length) + request.query;
    },
    text: `${match} becomes ${substitution}`,
    doubts: [],
  };
}

function readRequestHeaders(raw: JsonObject): Readonly<Record<string, string>> {
  const request = readObject(readObject(raw, 'headers'), 'request');
  const out: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const key of ['add', 'set']) {
    for (const [name, value] of Object.entries(readStringMap(request, key))) out[name.toLowerCase()] = value;
  }
  return out;
}

/** pilot route.go ApplyRedirect over Envoy's RedirectAction: what is not given stays as the request has it. */
export function readRedirect(redirect: JsonObject, field: string, entrance: Entrance): Action {
  const scheme = readString(redirect, 'scheme') || (entrance.tls ? 'https' : 'http');
  const uri = readString(redirect, 'uri') ?? '';
  const authority = readString(redirect, 'authority') ?? '';
  const port =
    readString(redirect, 'derivePort') === 'FROM_REQUEST_PORT' ? entrance.port : readNumber(redirect, 'port');
  return {
    kind: 'redirect',
    status: readNumber(redirect, 'redirectCode') || 301,
    location: (request) => {
      const host = authority === '' ? request.host : authority;
      return `${scheme}://${host}${portOf(request, scheme, authority, port)}${uri === '' ? request.path : uri}${request.query}`;
    },
    why: `redirect at ${field}.redirect`,
  };
}

/** Envoy keeps the port of the Host header with the host, unless it was the default one. */
function portOf(request: Request, scheme: string, authority: string, port: number | undefined): string {
  const standard = scheme === 'https' ? 443 : 80;
  if (port !== undefined && port !== 0) return port === standard ? '' : `:${port}`;
  const kept = request.port === (request.tls ? 443 : 80) ? standard : request.port;
  return authority !== '' || kept === standard ? '' : `:${kept}`;
}
