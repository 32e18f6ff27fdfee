import { idOf } from '../../../base/object-id.ts';
import type {
  GrpcRoute,
  GrpcRouteMatch,
  HttpRoute,
  HttpRouteMatch,
  HttpRouteRule,
  RouteBase,
  RouteFilter,
  RouteRuleBase,
  StreamRouteRule,
  TcpRoute,
  TlsRoute,
  UdpRoute,
  ValueMatch,
} from '../../../model/kinds/gateway-api.ts';
import type { Action, NameMatch, NotUnderstood, PathMatch, RouteBackend, Rule, RuleMatch } from '../../route-table.ts';
import { mirrorBackend, readBackends } from './backends.ts';
import { redirectOf, rewriteOf, unknownFilters } from './filters.ts';
import { withoutTrailingSlash } from './path-rewrite.ts';
import type { RankedRule } from './precedence.ts';
import type { RuleContext } from './rule-context.ts';
import { settingsOf } from './settings.ts';

export type AnyRoute = HttpRoute | GrpcRoute | TlsRoute | TcpRoute | UdpRoute;

/** One rule for each match of a route's rules. */
export function readRules(context: RuleContext, route: AnyRoute): readonly RankedRule[] {
  switch (route.kind) {
    case 'HTTPRoute':
      return route.rules.flatMap((rule, at) =>
        rule.matches.map((match, index) => httpRule(context, route, rule, match, [at, index])),
      );
    case 'GRPCRoute':
      return route.rules.flatMap((rule, at) =>
        rule.matches.map((match, index) => grpcRule(context, route, rule, match, [at, index])),
      );
    default:
      return route.rules.map((rule, at) => streamRule(context, route, rule, at));
  }
}

const ANY_PATH: HttpRouteMatch['path'] = { kind: 'PathPrefix', value: '/' };

function httpRule(
  context: RuleContext,
  route: HttpRoute,
  rule: HttpRouteRule,
  match: HttpRouteMatch,
  order: RankedRule['order'],
): RankedRule {
  const path = pathMatch(match.path);
  const conditions: RuleMatch = {
    path,
    ...(match.method === undefined ? {} : { methods: [match.method] }),
    ...nameMatches('headers', match.headers),
    ...nameMatches('query', match.query),
  };
  const unknown = [
    ...unknownValues(route, [...match.headers, ...match.query], match.field),
    ...(match.path.kind === 'unknown'
      ? [{ object: idOf(route), path: `${match.field}.path`, why: 'the type of the path match is not known' }]
      : []),
  ];
  return {
    rule: buildRule(context, route, rule, match.path, match.field, conditions, unknown),
    route,
    order,
    rank: {
      path: path.kind,
      pathLength: pathLength(match.path),
      trailingSlash: match.path.kind === 'PathPrefix' && match.path.value.length > 1 && match.path.value.endsWith('/'),
      method: match.method !== undefined,
      headers: match.headers.length,
      query: match.query.length,
    },
  };
}

/** The prefix `/` matches everything and counts as no path at all. */
function pathLength(path: HttpRouteMatch['path']): number {
  return path.kind === 'PathPrefix' ? withoutTrailingSlash(path.value).length : path.value.length;
}

function pathMatch(path: HttpRouteMatch['path']): PathMatch {
  switch (path.kind) {
    case 'Exact':
      return { kind: 'exact', value: path.value };
    case 'RegularExpression':
      // Envoy and the other RE2 users match the whole path (Envoy RouteMatch.safe_regex).
      return { kind: 'regex', value: path.value, engine: 're2', full: true };
    default:
      return { kind: 'elements', value: path.value === '/' ? '/' : withoutTrailingSlash(path.value) || '/' };
  }
}

function nameMatches(
  key: 'headers' | 'query',
  values: readonly ValueMatch[],
): { headers?: NameMatch[]; query?: NameMatch[] } {
  if (values.length === 0) return {};
  return {
    [key]: values.map(({ kind, name, value }) => ({
      name,
      kind: kind === 'RegularExpression' ? ('regex' as const) : ('exact' as const),
      value,
    })),
  };
}

function unknownValues(route: RouteBase, values: readonly ValueMatch[], path: string): readonly NotUnderstood[] {
  return values.some(({ kind }) => kind === 'unknown')
    ? [{ object: idOf(route), path, why: 'the type of a header or query match is not known' }]
    : [];
}

/** A gRPC request is a POST to `/service/method` (GRPCMethodMatch). */
function grpcRule(
  context: RuleContext,
  route: GrpcRoute,
  rule: RouteRuleBase,
  match: GrpcRouteMatch,
  order: RankedRule['order'],
): RankedRule {
  const path = grpcPath(match);
  const conditions: RuleMatch = { path, ...nameMatches('headers', match.headers) };
  const unknown = unknownValues(route, match.headers, match.field);
  return {
    rule: buildRule(context, route, rule, ANY_PATH, match.field, conditions, unknown),
    route,
    order,
    rank: {
      path: path.kind,
      pathLength: match.method === undefined ? 0 : match.method.service.length + match.method.method.length,
      trailingSlash: false,
      method: false,
      headers: match.headers.length,
      query: 0,
    },
  };
}

function grpcPath({ method }: GrpcRouteMatch): PathMatch {
  if (method === undefined || (method.service === '' && method.method === '')) return { kind: 'elements', value: '/' };
  if (method.kind === 'RegularExpression') {
    const part = (text: string) => (text === '' ? '[^/]+' : `(?:${text})`);
    return { kind: 'regex', value: `/${part(method.service)}/${part(method.method)}`, engine: 're2', full: true };
  }
  if (method.method === '') return { kind: 'elements', value: `/${method.service}` };
  if (method.service !== '') return { kind: 'exact', value: `/${method.service}/${method.method}` };
  return { kind: 'regex', value: `/[^/]+/${escapeRegex(method.method)}`, engine: 're2', full: true };
}

function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** A connection is forwarded as it is: nothing to match but the listener and, for TLSRoute, the SNI. */
function streamRule(
  context: RuleContext,
  route: TlsRoute | TcpRoute | UdpRoute,
  rule: StreamRouteRule,
  at: number,
): RankedRule {
  const conditions: RuleMatch = { path: { kind: 'prefix', value: '' } };
  return {
    rule: buildRule(context, route, { ...rule, filters: [] }, ANY_PATH, rule.field, conditions, []),
    route,
    order: [at, 0],
    rank: { path: 'prefix', pathLength: 0, trailingSlash: false, method: false, headers: 0, query: 0 },
  };
}

function buildRule(
  context: RuleContext,
  route: AnyRoute,
  rule: RouteRuleBase,
  path: HttpRouteMatch['path'],
  field: string,
  match: RuleMatch,
  unknown: readonly NotUnderstood[],
): Rule {
  const { model, implementation, listener } = context;
  const filters = effectiveFilters(rule);
  const read = readBackends(model, route, rule.backends, implementation.backendKinds);
  const backends = [
    ...read.backends,
    ...filters.flatMap((filter) => (filter.kind === 'RequestMirror' ? [mirrorBackend(filter.backend)] : [])),
  ];
  const { settings, notUnderstood } = settingsOf(context, route, rule);
  return {
    object: idOf(route),
    field,
    match,
    action: redirectOf(filters, path, listener) ?? forward(route, rule, backends, filters, path),
    settings,
    notUnderstood: [
      ...unknown,
      ...unknownFilters(route, filters, path),
      ...backendFilterDoubts(route, rule),
      ...read.notUnderstood,
      ...notUnderstood,
    ],
    ...(route.created === undefined ? {} : { created: route.created }),
  };
}

function forward(
  route: AnyRoute,
  rule: RouteRuleBase,
  backends: readonly RouteBackend[],
  filters: readonly RouteFilter[],
  path: HttpRouteMatch['path'],
): Action {
  if (rule.backends.every(({ weight }) => weight === 0)) {
    // No backend at all, or none with a share of the requests: 500 (HTTPRouteRule.BackendRefs; conformance
    // httproute-omitted-backendrefs).
    const why = rule.backends.length === 0 ? 'the rule has no backendRefs' : 'every backendRef has weight 0';
    return { kind: 'fixed', status: route.kind === 'GRPCRoute' ? 503 : 500, why, mode: 'no-service' };
  }
  return { kind: 'backends', backends, rewrite: rewriteOf(route, filters, path) };
}

/** Filters of the only backend in use act on every request of the rule, like the rule's own. */
function effectiveFilters(rule: RouteRuleBase): readonly RouteFilter[] {
  const used = rule.backends.filter(({ weight }) => weight > 0);
  return used.length === 1 ? [...rule.filters, ...(used[0]?.filters ?? [])] : rule.filters;
}

/** Different rewrites for different backends of one rule are not told apart. */
function backendFilterDoubts(route: RouteBase, rule: RouteRuleBase): readonly NotUnderstood[] {
  const used = rule.backends.filter(({ weight }) => weight > 0);
  if (used.length <= 1) return [];
  return used.flatMap(({ filters }) =>
    filters
      .filter(({ kind }) => kind !== 'RequestHeaderModifier' && kind !== 'ResponseHeaderModifier')
      .map(({ kind, field }) => ({
        object: idOf(route),
        path: field,
        why: `filter ${kind} acts on the requests of one backend only`,
      })),
  );
}
