import { idOf } from '../../../base/object-id.ts';
import type { HttpRouteMatch, RouteBase, RouteFilter } from '../../../model/kinds/gateway-api.ts';
import type { Request } from '../../request.ts';
import type { Action, NotUnderstood, Rewrite } from '../../route-table.ts';
import type { EffectiveListener } from './listeners.ts';
import type { PathStyle } from './path-style.ts';

type Filter<K extends RouteFilter['kind']> = Extract<RouteFilter, { readonly kind: K }>;

/** The answer of a RequestRedirect filter, when the rule has one. */
export function redirectOf(
  filters: readonly RouteFilter[],
  path: HttpRouteMatch['path'],
  listener: EffectiveListener,
  style: PathStyle,
): Action | undefined {
  const filter = filters.find((entry): entry is Filter<'RequestRedirect'> => entry.kind === 'RequestRedirect');
  if (filter === undefined) return undefined;
  return {
    kind: 'redirect',
    status: filter.status,
    location: (request) => style.location(filter, path.value, listener, request),
    why: `RequestRedirect at ${filter.field}`,
  };
}

/** What URLRewrite and RequestHeaderModifier filters make of the request that the backend receives. */
export function rewriteOf(
  route: RouteBase,
  filters: readonly RouteFilter[],
  path: HttpRouteMatch['path'],
  style: PathStyle,
): Rewrite {
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  let rewrite: Rewrite = {};
  for (const filter of filters) {
    if (filter.kind === 'URLRewrite') rewrite = { ...rewrite, ...urlRewrite(route, filter, path, style) };
    if (filter.kind !== 'RequestHeaderModifier') continue;
    for (const { name, value } of [...filter.changes.set, ...filter.changes.add]) headers[name.toLowerCase()] = value;
  }
  // A Host header written by a header filter is a host rewrite in all but name.
  const { host, ...others } = headers;
  return {
    ...rewrite,
    ...(host === undefined ? {} : { host }),
    ...(Object.keys(others).length === 0 ? {} : { headers: others }),
  };
}

function urlRewrite(
  route: RouteBase,
  filter: Filter<'URLRewrite'>,
  path: HttpRouteMatch['path'],
  style: PathStyle,
): Rewrite {
  const modifier = filter.path;
  const change =
    modifier === undefined
      ? {}
      : {
          path: (request: Request) => style.rewrite(request.path, modifier, path.value) + request.query,
          text:
            modifier.kind === 'ReplacePrefixMatch'
              ? `prefix ${path.value} becomes ${modifier.value === '' ? '/' : modifier.value}`
              : `path becomes ${modifier.value}`,
        };
  return {
    ...change,
    ...(filter.hostname === undefined ? {} : { host: filter.hostname }),
    from: { kind: 'field', object: idOf(route), path: `${filter.field}.urlRewrite` },
  };
}

/** Filters whose effect on the answer is not modelled. */
export function unknownFilters(
  route: RouteBase,
  filters: readonly RouteFilter[],
  path: HttpRouteMatch['path'],
): readonly NotUnderstood[] {
  return filters.flatMap((filter) => {
    const why = whyUnknown(filter, path);
    if (why === undefined) return [];
    // An authorisation service passes a request on unchanged or answers it itself; it fails closed.
    const effect =
      filter.kind === 'ExternalAuth' ? { effect: 'adds-status' as const, mayAnswer: [401, 403, 500, 503] } : {};
    return [{ object: idOf(route), path: filter.field, why, ...effect }];
  });
}

function whyUnknown(filter: RouteFilter, path: HttpRouteMatch['path']): string | undefined {
  switch (filter.kind) {
    case 'ExtensionRef':
      return `filter ${filter.ref.kind} ${filter.ref.name} (${filter.ref.group}) is the implementation's own; what it does is not modelled`;
    case 'ExternalAuth':
      return `${filter.backend.kind} ${filter.backend.namespace}/${filter.backend.name} decides about each request first`;
    case 'unknown':
      return `filter type ${filter.type} is not known`;
    case 'URLRewrite':
    case 'RequestRedirect':
      if (filter.path?.kind === 'unknown') return 'the type of the path modifier is not known';
      // The specification lets the implementation refuse the whole route then (ReplacePrefixMatch).
      if (filter.path?.kind === 'ReplacePrefixMatch' && path.kind !== 'PathPrefix') {
        return 'ReplacePrefixMatch needs a PathPrefix match';
      }
      return undefined;
    default:
      return undefined;
  }
}
