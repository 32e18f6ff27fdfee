import type { NameMatch } from '../../route-table.ts';
import { CATCH_ALL } from './catch-all.ts';
import type { CanaryPolicy } from './features/canary.ts';
import type { ParsedIngress } from './parsed-ingress.ts';
import type { Server } from './servers.ts';
import { DEFAULT_UPSTREAM, type Upstream, upstreamName } from './upstreams.ts';

/**
 * Attaches each canary's upstream to the main ones with the same host, path and path type; a canary that finds none on
 * any of its paths is forgotten (controller.go: mergeAlternativeBackends). Must run before the locations are completed.
 */
export function attachCanaries(
  ingresses: readonly ParsedIngress[],
  upstreams: Map<string, Upstream>,
  servers: ReadonlyMap<string, Server>,
): void {
  const canaries = ingresses.filter((owner) => owner.canary.enabled);
  if (canaries.length === ingresses.length) return;
  for (const { ingress } of canaries) {
    const named = ingress.defaultBackend?.service;
    if (named !== undefined)
      attach(upstreams, servers.get(CATCH_ALL), upstreamName(ingress.namespace, named), undefined);
    for (const rule of ingress.rules) {
      for (const path of rule.paths ?? []) {
        if (path.backend.service === undefined) continue;
        const server = servers.get(rule.host || CATCH_ALL);
        const place = { path: path.path || '/', pathType: path.pathType === 'Exact' ? 'Exact' : 'Prefix' };
        attach(upstreams, server, upstreamName(ingress.namespace, path.backend.service), place);
      }
    }
  }
}

function attach(
  upstreams: Map<string, Upstream>,
  server: Server | undefined,
  name: string,
  place: { readonly path: string; readonly pathType: string } | undefined,
): void {
  if (server === undefined || !upstreams.has(name)) return;
  let merged = false;
  for (const location of server.locations) {
    if (location.upstream === name) return;
    const primary = upstreams.get(location.upstream);
    if (primary === undefined || location.upstream === DEFAULT_UPSTREAM || primary.canary !== undefined) continue;
    if (place !== undefined && (location.path !== place.path || location.pathType !== place.pathType)) continue;
    if (!primary.alternatives.includes(name)) primary.alternatives.push(name);
    merged = true;
  }
  if (!merged) upstreams.delete(name);
}

/** One way in which the canary policy decides, in the order of balancer.lua: header, cookie, weight. */
export interface CanaryBranch {
  readonly headers: readonly NameMatch[];
  readonly to: 'canary' | 'main';
}

/** The branches that decide for certain; what is left over goes by weight. */
export function canaryBranches(policy: CanaryPolicy): readonly CanaryBranch[] {
  const branches: CanaryBranch[] = [];
  const { header, headerValue, headerPattern, cookie } = policy;
  if (header !== '') {
    if (headerValue !== '') branches.push({ headers: [exactly(header, headerValue)], to: 'canary' });
    else if (headerPattern !== '') branches.push({ headers: [matching(header, headerPattern)], to: 'canary' });
    else {
      branches.push({ headers: [exactly(header, 'always')], to: 'canary' });
      branches.push({ headers: [exactly(header, 'never')], to: 'main' });
    }
  }
  if (cookie !== '') {
    branches.push({ headers: [cookieIs(cookie, 'always')], to: 'canary' });
    branches.push({ headers: [cookieIs(cookie, 'never')], to: 'main' });
  }
  return branches;
}

/** Share of the canary: weight of max(100, weight-total). */
export function canaryShare(policy: CanaryPolicy): { readonly canary: number; readonly main: number } {
  const total = Math.max(100, policy.weightTotal);
  const canary = Math.min(Math.max(policy.weight, 0), total);
  return { canary, main: total - canary };
}

function exactly(name: string, value: string): NameMatch {
  return { name: name.toLowerCase(), kind: 'exact', value };
}

function matching(name: string, value: string): NameMatch {
  return { name: name.toLowerCase(), kind: 'regex', value, engine: 'pcre', full: false };
}

function cookieIs(name: string, value: string): NameMatch {
  const quoted = name.replace(/[^A-Za-z0-9]/g, '\\$&');
  return { name: 'cookie', kind: 'regex', value: `(?:^|; *)${quoted}=${value}(?:;|$)`, engine: 're2', full: false };
}
