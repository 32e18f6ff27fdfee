import { idOf } from '../../../base/object-id.ts';
import type { RouteClash, Rule, VirtualHost } from '../../route-table.ts';
import type { Attachment } from './attach.ts';
import { compareHostnames } from './hostname.ts';
import { readListenerTls } from './listener-tls.ts';
import type { EffectiveListener } from './listeners.ts';
import { compareRules, type RankedRule } from './precedence.ts';
import type { RuleContext } from './rule-context.ts';
import { type AnyRoute, readRules } from './rules.ts';

/** The hosts of every listener, each with its rules in the order in which they are tried. */
export function buildVirtualHosts(
  context: Omit<RuleContext, 'listener'>,
  listeners: readonly EffectiveListener[],
  attached: readonly { readonly route: AnyRoute; readonly attachment: Attachment }[],
): { readonly hosts: readonly VirtualHost[]; readonly clashes: readonly RouteClash[] } {
  const hosts: VirtualHost[] = [];
  const clashes: RouteClash[] = [];
  const compare = compareRules(context.implementation.precedence);
  for (const listener of listeners) {
    for (const [host, routes] of routesByHost(listener, attached)) {
      const ranked = [...routes].flatMap((route) => readRules({ ...context, listener }, route)).toSorted(compare);
      clashes.push(...findClashes(host, ranked));
      const tls = readListenerTls(context.model, listener);
      hosts.push({
        host,
        wildcard: 'many-labels',
        listener: listener.id,
        rules: ranked.map(({ rule }) => rule),
        ...(tls === undefined ? {} : { tls }),
        objects: [...routes].map(idOf),
      });
    }
  }
  return { hosts, clashes };
}

/** A route counts once for a host, however many parentRefs lead it there. */
function routesByHost(
  listener: EffectiveListener,
  attached: readonly { readonly route: AnyRoute; readonly attachment: Attachment }[],
): readonly (readonly [host: string, routes: ReadonlySet<AnyRoute>])[] {
  const byHost = new Map<string, Set<AnyRoute>>();
  for (const { route, attachment } of attached) {
    if (attachment.listener.id !== listener.id) continue;
    for (const host of attachment.hosts) {
      const routes = byHost.get(host);
      if (routes === undefined) byHost.set(host, new Set([route]));
      else routes.add(route);
    }
  }
  return [...byHost].toSorted(([a], [b]) => compareHostnames(a, b));
}

/** Rules of different routes that ask for exactly the same requests: only the first is ever used. */
function findClashes(host: string, ranked: readonly RankedRule[]): readonly RouteClash[] {
  const first = new Map<string, RankedRule>();
  const clashes: RouteClash[] = [];
  for (const candidate of ranked) {
    const key = matchKey(candidate.rule);
    const winner = first.get(key);
    if (winner === undefined) first.set(key, candidate);
    else if (winner.route !== candidate.route) {
      clashes.push({
        host,
        path: candidate.rule.match.path.value,
        winner: { object: winner.rule.object, field: winner.rule.field },
        loser: { object: candidate.rule.object, field: candidate.rule.field },
        why: `both match the same requests; ${whyFirst(winner, candidate)}`,
      });
    }
  }
  return clashes;
}

function matchKey({ match }: Rule): string {
  const sorted = <T extends { readonly name: string }>(list: readonly T[] | undefined) =>
    (list ?? []).toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return JSON.stringify([match.path, match.methods ?? [], sorted(match.headers), sorted(match.query)]);
}

function whyFirst(winner: RankedRule, loser: RankedRule): string {
  const older = (winner.route.created ?? 0) < (loser.route.created ?? 0);
  return older
    ? `${winner.route.kind} ${winner.route.namespace}/${winner.route.name} is older`
    : 'the first by name is used';
}
