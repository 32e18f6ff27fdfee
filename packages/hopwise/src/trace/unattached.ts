import { splitId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { RouteTable, UnattachedRoute } from '../routing/route-table.ts';
import { usableEndpoints, walkBackend } from './backend-path.ts';
import { coversHost, hostRank } from './host-rank.ts';
import { coversPath, literalHead } from './path-literal.ts';
import type { Trace } from './trace.ts';

/** A route that no gateway took and that would have answered this request. */
export interface MissedRoute {
  readonly route: UnattachedRoute;
  /** What answers in its place: the gateway's own not-found, or a less specific rule of somebody else. */
  readonly instead: 'nothing' | 'other-rule';
  /** Some Pod stands ready behind it: it is no leftover. Undefined when its rules are not known. */
  readonly alive: boolean | undefined;
}

/** Unattached routes that would have won over whatever answers this request now. */
export function missedRoutes(model: ClusterModel, table: RouteTable, trace: Trace): readonly MissedRoute[] {
  const { request } = trace;
  const answered = !isUnanswered(trace);
  const winner = answered
    ? rankOf(trace.host?.host ?? '', trace.rule && literalHead(trace.rule.match.path))
    : undefined;
  return table.unattached.flatMap((route): MissedRoute[] => {
    const hosts = route.hosts.filter((host) => coversHost(host, request.host));
    const rules = route.rules?.filter(({ match }) => coversPath(match.path, request.path));
    if (hosts.length === 0 || (rules !== undefined && route.rules?.length !== 0 && rules.length === 0)) return [];
    if (winner !== undefined) {
      // Of the same host and path the other one may well be meant: only a closer claim is missed.
      const heads = rules?.map(({ match }) => literalHead(match.path)) ?? [];
      const rank = Math.max(...hosts.flatMap((host) => heads.map((head) => rankOf(host, head))));
      if (!(rank > winner)) return [];
    }
    const backends = rules?.flatMap(({ action }) => (action.kind === 'backends' ? action.backends : [])) ?? [];
    const alive =
      rules === undefined
        ? undefined
        : backends.some((backend) => usableEndpoints(walkBackend(model, backend, [])).length > 0);
    return [{ route, instead: answered ? 'other-rule' : 'nothing', alive }];
  });
}

/** Nothing that anybody configured for it answers: the gateway's own not-found, or the controller's default backend. */
export function isUnanswered({ decision, backends }: Trace): boolean {
  if (decision.kind === 'none') return true;
  return (
    decision.kind === 'backend' &&
    backends.length > 0 &&
    backends.every(
      ({ ref }) =>
        ref.role === 'default-backend' &&
        splitId(ref.fieldOf ?? ref.object).kind !== 'Ingress' &&
        ref.fieldOf !== undefined,
    )
  );
}

/** The closer host first, then the longer path. */
function rankOf(host: string, head: string | undefined): number {
  return hostRank(host) * 10_000 + Math.min(head?.length ?? 0, 9_999);
}
