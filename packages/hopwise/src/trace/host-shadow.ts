import { readQueryOf } from '../routing/match/compile-gateway.ts';
import { compileRule } from '../routing/match/compile-rule.ts';
import type { Rule, VirtualHost } from '../routing/route-table.ts';
import { coversHost, hostRank } from './host-rank.ts';
import { literalHead } from './path-literal.ts';
import type { Trace } from './trace.ts';
import { isUnanswered } from './unattached.ts';

/** A more specific host took the request away from one that has a rule for it. */
export interface HostShadow {
  /** The host that answers, with nothing for this path. */
  readonly taken: VirtualHost;
  /** The wildcard or host-less entry, and its rule that would have answered. */
  readonly from: VirtualHost;
  readonly rule: Rule;
}

/**
 * A request stays with the most specific host that names it: what a wildcard or a host-less rule would serve is not
 * reached once some object (often a leftover) names the host itself for a few paths only.
 */
export function hostShadow(trace: Trace): HostShadow | undefined {
  const { gateway, host, request } = trace;
  if (gateway === undefined || host === undefined || host.host === '' || !isUnanswered(trace)) return undefined;
  const target = gateway.target?.read(request);
  const path = target?.kind === 'read' ? target.path : request.path;
  for (const from of gateway.hosts) {
    if (from.listener !== host.listener || !coversHost(from.host, request.host)) continue;
    if (hostRank(from.host) >= hostRank(host.host)) continue;
    for (const rule of from.rules) {
      const compiled = compileRule(rule, gateway.target?.byteWise === true);
      if (
        rule.action.kind === 'backends' &&
        Array.isArray(compiled.path(path)) &&
        compiled.rest(request, () => readQueryOf(gateway, request)) === true
      )
        return { taken: host, from, rule };
    }
  }
  return undefined;
}

/** Paths that a host has, for people. */
export function pathsOf(host: VirtualHost): string {
  const paths = [...new Set(host.rules.map((rule) => literalHead(rule.match.path) || '/'))];
  return paths.slice(0, 4).join(', ') || 'no path';
}
