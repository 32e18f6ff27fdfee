import { idOf } from '../../../base/object-id.ts';
import type { NotUnderstood, RouteClash, Rule, VirtualHost } from '../../route-table.ts';
import type { Attachment } from './attach.ts';
import { compareHostnames } from './hostname.ts';
import { readListenerTls } from './listener-tls.ts';
import type { EffectiveListener } from './listeners.ts';
import { compareRules, type RankedRule } from './precedence.ts';
import type { GatewayContext } from './rule-context.ts';
import type { AnyRoute, RuleReader } from './rules.ts';
import { repeatedHosts, shareHosts } from './shared-hosts.ts';

/** The hosts of every listener, each with its rules in the order in which they are tried. */
export function buildVirtualHosts(
  { model, implementation }: GatewayContext,
  readRules: RuleReader,
  listeners: readonly EffectiveListener[],
  attached: readonly { readonly route: AnyRoute; readonly attachment: Attachment }[],
): {
  readonly hosts: readonly VirtualHost[];
  readonly clashes: readonly RouteClash[];
  readonly rejects: readonly NotUnderstood[];
} {
  const hosts: VirtualHost[] = [];
  const clashes: RouteClash[] = [];
  const compare = compareRules(implementation.precedence);
  const merged = new Map<string, MergedRules>();
  for (const listener of listeners) {
    const tls = readListenerTls(model, listener);
    for (const [host, routes] of routesByHost(listener, attached)) {
      const lists = [...routes].map((route) => readRules(route, listener));
      const known = merged.get(host);
      // Most hosts are the same on the plain and the TLS listener: ordered once, and a clash is told once.
      const same = known !== undefined && isSame(known.lists, lists) ? known : mergeLists(lists, compare);
      if (same !== known) {
        merged.set(host, same);
        if (lists.length > 1) clashes.push(...findClashes(host, same.ranked));
      }
      hosts.push({
        host,
        wildcard: 'many-labels',
        listener: listener.id,
        rules: same.rules,
        ...(tls === undefined ? {} : { tls }),
        objects: [...routes].map(idOf),
      });
    }
  }
  const { hostSharing } = implementation;
  return {
    hosts: hostSharing === undefined ? hosts : shareHosts(hostSharing, hosts, listeners),
    clashes,
    rejects:
      implementation.refusesRepeatedHosts === true ? repeatedHosts(hosts, listeners).flatMap(explainRepeated) : [],
  };
}

/** Envoy takes a domain once in a route configuration and keeps its former configuration otherwise. */
function explainRepeated({ host, listeners }: ReturnType<typeof repeatedHosts>[number]): readonly NotUnderstood[] {
  const [first] = listeners;
  if (first === undefined) return [];
  const names = listeners.map(({ id }) => id).join(' and ');
  const why = `host ${host === '' ? '*' : host} is served by listeners ${names} of one port, and Envoy refuses a route configuration that names a domain twice`;
  return [{ object: idOf(first.owner), path: 'spec.listeners', why }];
}

interface MergedRules {
  readonly lists: readonly (readonly RankedRule[])[];
  readonly ranked: readonly RankedRule[];
  readonly rules: readonly Rule[];
}

function mergeLists(
  lists: readonly (readonly RankedRule[])[],
  compare: (left: RankedRule, right: RankedRule) => number,
): MergedRules {
  const ranked = lists.flat().toSorted(compare);
  return { lists, ranked, rules: ranked.map(({ rule }) => rule) };
}

function isSame(left: MergedRules['lists'], right: MergedRules['lists']): boolean {
  return left.length === right.length && left.every((list, index) => list === right[index]);
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
