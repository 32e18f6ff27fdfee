/*
 * Hostnames as apis/v1/gateway_types.go (Listener.Hostname) and httproute_types.go (Hostnames) define them: exact, or
 * `*.` followed by a suffix that stands for one or more labels, or '' for all. All lower case here.
 */

/** `*.example.com` covers `a.example.com` and `a.b.example.com`, never `example.com`. */
function coversWildcard(pattern: string, host: string): boolean {
  return host.length > pattern.length - 1 && host.endsWith(pattern.slice(1));
}

function isWildcard(host: string): boolean {
  return host.startsWith('*.');
}

/** The narrower of a listener's and a route's hostname, or undefined when they have nothing in common. */
export function intersectHostname(listener: string, route: string): string | undefined {
  if (listener === '' || listener === route) return route;
  if (route === '') return listener;
  if (isWildcard(listener) && isWildcard(route)) {
    if (coversWildcard(listener, route)) return route;
    return coversWildcard(route, listener) ? listener : undefined;
  }
  if (isWildcard(listener)) return coversWildcard(listener, route) ? route : undefined;
  if (isWildcard(route)) return coversWildcard(route, listener) ? listener : undefined;
  return undefined;
}

/** What a route's hostnames leave of a listener's; a route without hostnames takes the listener's. Empty: nothing in common. */
export function intersectHostnames(listener: string, route: readonly string[]): readonly string[] {
  if (route.length === 0) return [listener];
  const hosts = new Set<string>();
  for (const host of route) {
    const common = intersectHostname(listener, host);
    if (common !== undefined) hosts.add(common);
  }
  return [...hosts];
}

/** Does a pattern cover every host that another one covers? */
export function coversHostname(pattern: string, host: string): boolean {
  return pattern === '' || pattern === host || (isWildcard(pattern) && coversWildcard(pattern, host));
}

/** Sorts the most specific first: exact before wildcard before all, longer wildcards before shorter, then by name. */
export function compareHostnames(left: string, right: string): number {
  const rank = hostRank(left) - hostRank(right);
  if (rank !== 0) return rank;
  if (isWildcard(left) && left.length !== right.length) return right.length - left.length;
  return left < right ? -1 : left > right ? 1 : 0;
}

function hostRank(host: string): number {
  if (host === '') return 2;
  return isWildcard(host) ? 1 : 0;
}
