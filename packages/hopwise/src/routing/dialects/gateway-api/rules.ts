import { idOf } from '../../../base/object-id.ts';
import type {
  GrpcRoute,
  GrpcRouteMatch,
  HttpRoute,
  HttpRouteMatch,
  RouteBase,
  StreamRouteRule,
  TcpRoute,
  TlsRoute,
  UdpRoute,
  ValueMatch,
} from '../../../model/kinds/gateway-api.ts';
import type { NameMatch, NotUnderstood, PathMatch, RuleMatch } from '../../route-table.ts';
import type { EffectiveListener } from './listeners.ts';
import { withoutTrailingSlash } from './path-rewrite.ts';
import type { RankedRule } from './precedence.ts';
import type { GatewayContext } from './rule-context.ts';
import { buildRule, type RuleParts, readParts } from './rule-parts.ts';

/** The rules of a route on a listener. */
export type RuleReader = (route: AnyRoute, listener: EffectiveListener) => readonly RankedRule[];
export type AnyRoute = HttpRoute | GrpcRoute | TlsRoute | TcpRoute | UdpRoute;

/** One rule for each match of a route's rules, as a listener has them. */
export function readRules(
  context: GatewayContext,
  route: AnyRoute,
  listener: EffectiveListener,
): readonly RankedRule[] {
  switch (route.kind) {
    case 'HTTPRoute':
      return route.rules.flatMap((rule, at) => {
        const parts = readParts(context, route, rule, listener);
        return rule.matches.map((match, index) => httpRule(parts, route, match, [at, index]));
      });
    case 'GRPCRoute':
      return route.rules.flatMap((rule, at) => {
        const parts = readParts(context, route, rule, listener);
        return rule.matches.map((match, index) => grpcRule(parts, route, match, [at, index]));
      });
    default:
      return route.rules.map((rule, at) =>
        streamRule(readParts(context, route, { ...rule, filters: [] }, listener), route, rule, at),
      );
  }
}

/**
 * Reads each route once for a Gateway: what a listener makes different is the Location of redirects, so that all other
 * routes share their rules among listeners and hosts.
 */
export function createRuleReader(context: GatewayContext): RuleReader {
  const shared = new Map<AnyRoute, readonly RankedRule[]>();
  return (route, listener) => {
    const known = shared.get(route);
    if (known !== undefined) return known;
    const rules = readRules(context, route, listener);
    if (!rules.some(({ rule }) => rule.action.kind === 'redirect')) shared.set(route, rules);
    return rules;
  };
}

const ANY_PATH: HttpRouteMatch['path'] = { kind: 'PathPrefix', value: '/' };

function httpRule(parts: RuleParts, route: HttpRoute, match: HttpRouteMatch, order: RankedRule['order']): RankedRule {
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
    rule: buildRule(parts, route, match.path, match.field, conditions, unknown),
    route,
    order,
    rank: {
      path: path.kind,
      pathLength: pathLength(match.path),
      trailingSlash: match.path.kind === 'PathPrefix' && match.path.value.length > 1 && match.path.value.endsWith('/'),
      method: match.method !== undefined,
      headers: match.headers.length,
      query: match.query.length,
      exactHeaders: countExact(match.headers) + Number(match.method !== undefined),
      exactQuery: countExact(match.query),
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

function countExact(values: readonly ValueMatch[]): number {
  return values.filter(({ kind }) => kind === 'Exact').length;
}

function unknownValues(route: RouteBase, values: readonly ValueMatch[], path: string): readonly NotUnderstood[] {
  return values.some(({ kind }) => kind === 'unknown')
    ? [{ object: idOf(route), path, why: 'the type of a header or query match is not known' }]
    : [];
}

/** A gRPC request is a POST to `/service/method` (GRPCMethodMatch). */
function grpcRule(parts: RuleParts, route: GrpcRoute, match: GrpcRouteMatch, order: RankedRule['order']): RankedRule {
  const { path, rank, extraHeaders } = parts.grpc(match.method);
  const conditions: RuleMatch = { path, ...nameMatches('headers', match.headers) };
  const unknown = unknownValues(route, match.headers, match.field);
  return {
    rule: buildRule(parts, route, ANY_PATH, match.field, conditions, unknown),
    route,
    order,
    rank: {
      ...rank,
      trailingSlash: false,
      method: false,
      headers: match.headers.length + extraHeaders,
      query: 0,
      exactHeaders: countExact(match.headers),
      exactQuery: 0,
    },
  };
}

/** A connection is forwarded as it is: nothing to match but the listener and, for TLSRoute, the SNI. */
function streamRule(
  parts: RuleParts,
  route: TlsRoute | TcpRoute | UdpRoute,
  rule: StreamRouteRule,
  at: number,
): RankedRule {
  const conditions: RuleMatch = { path: { kind: 'prefix', value: '' } };
  return {
    rule: buildRule(parts, route, ANY_PATH, rule.field, conditions, []),
    route,
    order: [at, 0],
    rank: {
      path: 'prefix',
      pathLength: 0,
      trailingSlash: false,
      method: false,
      headers: 0,
      query: 0,
      exactHeaders: 0,
      exactQuery: 0,
    },
  };
}
