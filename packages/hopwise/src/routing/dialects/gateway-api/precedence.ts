import type { RouteBase } from '../../../model/kinds/gateway-api.ts';
import type { PathMatch, Rule } from '../../route-table.ts';
import { compareByAge } from './age.ts';

/** A rule with what decides its place among the others of its virtual host. */
export interface RankedRule {
  readonly rule: Rule;
  readonly route: RouteBase;
  /** Position of rule and match in the route. */
  readonly order: readonly [rule: number, match: number];
  readonly rank: MatchRank;
}
export interface MatchRank {
  readonly path: PathMatch['kind'];
  /** Characters, without the trailing slash that a prefix ignores. */
  readonly pathLength: number;
  readonly trailingSlash: boolean;
  readonly method: boolean;
  readonly headers: number;
  readonly query: number;
  /** How many of the headers (the method among them where it counts as one) and query parameters are compared exactly. */
  readonly exactHeaders: number;
  readonly exactQuery: number;
}

/** How an implementation orders what the specification leaves open or what it does its own way. */
export interface PrecedenceStyle {
  /** The place of regular expressions among paths is implementation-specific (HTTPRouteRule.Matches). */
  readonly regex: 'before-prefix' | 'after-prefix';
  /** The method counts as one more header instead of coming before all headers. */
  readonly methodAsHeader: boolean;
  /** Of equally many conditions on headers or query parameters, exact ones come before regular expressions. */
  readonly exactFirst: boolean;
  /** The trailing slash of a prefix makes it longer although it is ignored in matching. */
  readonly slashCounts: boolean;
  /** Equal rules of HTTPRoutes come before those of GRPCRoutes, whatever their age. */
  readonly httpFirst: boolean;
}

/**
 * The first of two rules to be tried: exact path, longest path, method, headers, query parameters, then the older route,
 * the route first in the alphabet, the rule first in the list (apis/v1/httproute_types.go, HTTPRouteRule.Matches). GRPCRoute
 * counts characters of service and method, which are the characters of its path.
 */
export function compareRules(style: PrecedenceStyle): (left: RankedRule, right: RankedRule) => number {
  const kinds: Readonly<Record<PathMatch['kind'], number>> =
    style.regex === 'before-prefix'
      ? { exact: 0, regex: 1, prefix: 2, elements: 2 }
      : { exact: 0, prefix: 1, elements: 1, regex: 2 };
  const length = ({ pathLength, trailingSlash }: MatchRank) => pathLength + Number(style.slashCounts && trailingSlash);
  return (left, right) => {
    const [a, b] = [left.rank, right.rank];
    const conditions = style.methodAsHeader
      ? b.headers + Number(b.method) - (a.headers + Number(a.method))
      : Number(b.method) - Number(a.method) || b.headers - a.headers;
    return (
      kinds[a.path] - kinds[b.path] ||
      length(b) - length(a) ||
      conditions ||
      (style.exactFirst ? b.exactHeaders - a.exactHeaders : 0) ||
      b.query - a.query ||
      (style.exactFirst ? b.exactQuery - a.exactQuery : 0) ||
      (style.httpFirst ? Number(left.route.kind === 'GRPCRoute') - Number(right.route.kind === 'GRPCRoute') : 0) ||
      compareByAge(left.route, right.route) ||
      left.order[0] - right.order[0] ||
      left.order[1] - right.order[1]
    );
  };
}
