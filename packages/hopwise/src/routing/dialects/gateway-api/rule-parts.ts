import { idOf } from '../../../base/object-id.ts';
import type {
  HttpRouteMatch,
  HttpRouteRule,
  RouteBase,
  RouteFilter,
  RouteRuleBase,
} from '../../../model/kinds/gateway-api.ts';
import type { Action, EffectiveSettings, NotUnderstood, RouteBackend, Rule, RuleMatch } from '../../route-table.ts';
import { mirrorBackend, readBackends } from './backends.ts';
import { redirectOf, rewriteOf, unknownFilters } from './filters.ts';
import type { GrpcStyle } from './grpc-style.ts';
import type { FilterFault } from './implementation.ts';
import type { EffectiveListener } from './listeners.ts';
import type { PathStyle } from './path-style.ts';
import type { GatewayContext } from './rule-context.ts';
import { settingsOf } from './settings.ts';

/** What all matches of one rule have in common. */
export interface RuleParts {
  readonly listener: EffectiveListener;
  readonly style: PathStyle;
  readonly grpc: GrpcStyle;
  readonly filters: readonly RouteFilter[];
  readonly backends: readonly RouteBackend[];
  /** A filter that makes the implementation answer 500 instead. */
  readonly fault?: FilterFault;
  /** Why nothing is forwarded, when no backend has a share of the requests. */
  readonly unused?: Unused;
  readonly unusedStatus: number;
  readonly settings: EffectiveSettings;
  readonly notUnderstood: readonly NotUnderstood[];
}

export function readParts(
  context: GatewayContext,
  route: RouteBase,
  rule: RouteRuleBase | HttpRouteRule,
  listener: EffectiveListener,
): RuleParts {
  const filters = effectiveFilters(rule);
  const read = readBackends(context.model, route, rule.backends, context.implementation);
  const { settings, notUnderstood } = settingsOf(context, route, rule);
  const unused = whyUnused(rule);
  const fault = context.implementation.filterFault?.(context, route, rule.filters);
  return {
    listener,
    style: context.implementation.paths,
    grpc: context.implementation.grpc,
    filters,
    backends: [
      ...read.backends,
      ...filters.flatMap((filter) => (filter.kind === 'RequestMirror' ? [mirrorBackend(filter.backend)] : [])),
    ],
    ...(fault === undefined ? {} : { fault }),
    ...(unused === undefined ? {} : { unused }),
    // No backend at all, or none with a share of the requests: 500 (HTTPRouteRule.BackendRefs; conformance
    // httproute-omitted-backendrefs).
    unusedStatus: route.kind === 'GRPCRoute' ? context.implementation.invalidGrpcStatus.all : 500,
    settings,
    notUnderstood: [...backendFilterDoubts(route, rule), ...read.notUnderstood, ...notUnderstood],
  };
}

export function buildRule(
  parts: RuleParts,
  route: RouteBase,
  path: HttpRouteMatch['path'],
  field: string,
  match: RuleMatch,
  unknown: readonly NotUnderstood[],
): Rule {
  const { filters, listener, settings, style } = parts;
  const doubts = [...unknown, ...unknownFilters(route, filters, path)];
  return {
    object: idOf(route),
    field,
    match,
    action:
      parts.fault === undefined
        ? (redirectOf(filters, path, listener, style) ?? forward(route, parts, path))
        : { kind: 'fixed', status: 500, ...parts.fault },
    settings,
    notUnderstood: doubts.length === 0 ? parts.notUnderstood : [...doubts, ...parts.notUnderstood],
    ...(route.created === undefined ? {} : { created: route.created }),
  };
}

function forward(
  route: RouteBase,
  { backends, filters, unused, unusedStatus, style }: RuleParts,
  path: HttpRouteMatch['path'],
): Action {
  if (unused !== undefined) return { kind: 'fixed', status: unusedStatus, mode: 'no-service', ...unused };
  return {
    kind: 'backends',
    backends,
    rewrite: filters.length === 0 ? NO_REWRITE : rewriteOf(route, filters, path, style),
  };
}

const NO_REWRITE = {};

interface Unused {
  readonly why: string;
  /** The field that says so, when there is one. */
  readonly at?: string;
}

function whyUnused({ backends }: RouteRuleBase): Unused | undefined {
  if (backends.some(({ weight }) => weight > 0)) return undefined;
  const first = backends[0];
  if (first === undefined) return { why: 'the rule has no backendRefs' };
  return { why: 'every backendRef has weight 0', at: `${first.field}.weight` };
}

/** Filters of the only backend in use act on every request of the rule, like the rule's own. */
function effectiveFilters(rule: RouteRuleBase): readonly RouteFilter[] {
  const used = rule.backends.filter(({ weight }) => weight > 0);
  const own = used.length === 1 ? (used[0]?.filters ?? []) : [];
  return own.length === 0 ? rule.filters : [...rule.filters, ...own];
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
