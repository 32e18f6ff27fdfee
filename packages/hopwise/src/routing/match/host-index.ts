import type { NotUnderstood, VirtualHost } from '../route-table.ts';
import { compilePattern, type Pattern } from './pattern.ts';

export interface HostIndex {
  /** The host entry that answers, and expressions that could not be run before it. */
  readonly find: (host: string) => { readonly entry?: number; readonly uncertain: boolean };
  readonly notUnderstood: readonly NotUnderstood[];
}

/**
 * Exact names first, then the wildcard with the longest suffix, then one-label wildcards, then regular expressions in
 * order, then the catch-all: the order NGINX documents for server names (where ingress-nginx writes an Ingress's wildcard
 * as an expression, and only an alias is a true wildcard) and Kubernetes gives for hosts and listeners.
 */
export function indexHosts(hosts: readonly VirtualHost[]): HostIndex {
  const exact = new Map<string, number>();
  const oneLabel = new Map<string, number>();
  const manyLabels = new Map<string, number>();
  const regexes: { readonly entry: number; readonly pattern: Pattern }[] = [];
  const notUnderstood: NotUnderstood[] = [];
  let catchAll: number | undefined;
  const put = (map: Map<string, number>, key: string, entry: number): void => {
    if (!map.has(key)) map.set(key, entry);
  };
  for (const [entry, host] of hosts.entries()) {
    if (host.host === '') catchAll ??= entry;
    else if (host.host.startsWith('~')) {
      const pattern = compilePattern(host.host.slice(1), { engine: 'pcre', ignoreCase: true, full: false });
      regexes.push({ entry, pattern });
      const object = host.objects[0];
      if (pattern.notUnderstood !== undefined && object !== undefined)
        notUnderstood.push({ object, path: host.host, why: `host ${host.host}: ${pattern.notUnderstood}` });
    } else if (host.host.startsWith('*.')) {
      put(host.wildcard === 'one-label' ? oneLabel : manyLabels, host.host.slice(2), entry);
    } else put(exact, host.host, entry);
  }
  return {
    notUnderstood,
    find: (host) => {
      const named = exact.get(host) ?? findWildcard(host, oneLabel, manyLabels);
      if (named !== undefined) return { entry: named, uncertain: false };
      let uncertain = false;
      for (const { entry, pattern } of regexes) {
        const found = pattern.exec(host);
        if (found === undefined) uncertain = true;
        else if (found !== null) return { entry, uncertain };
      }
      return catchAll === undefined ? { uncertain } : { entry: catchAll, uncertain };
    },
  };
}

function findWildcard(
  host: string,
  oneLabel: ReadonlyMap<string, number>,
  manyLabels: ReadonlyMap<string, number>,
): number | undefined {
  const first = host.indexOf('.');
  if (first <= 0) return undefined;
  if (manyLabels.size > 0) {
    for (let dot = first; dot >= 0; dot = host.indexOf('.', dot + 1)) {
      const entry = manyLabels.get(host.slice(dot + 1));
      if (entry !== undefined) return entry;
    }
  }
  return oneLabel.get(host.slice(first + 1));
}
