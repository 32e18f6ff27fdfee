import type { RouteTable, UnattachedRoute } from '../routing/route-table.ts';
import type { Trace } from './trace.ts';

/** Routes that no gateway took and that would have served this request's host (and path, when their rules are known). */
export function routesForHost(table: RouteTable, trace: Trace): readonly UnattachedRoute[] {
  return table.unattached.filter(
    (route) => route.hosts.some((host) => covers(host, trace.request.host)) && coversPath(route, trace.request.path),
  );
}

function covers(pattern: string, host: string): boolean {
  if (pattern === '' || pattern === '*') return true;
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : pattern.toLowerCase() === host;
}

function coversPath(route: UnattachedRoute, path: string): boolean {
  if (route.rules === undefined || route.rules.length === 0) return true;
  return route.rules.some(({ match }) => {
    const { kind, value } = match.path;
    if (kind === 'regex') return true;
    if (kind === 'exact') return value === path;
    const base = value.replace(/\/$/, '');
    return path === base || path.startsWith(`${base}/`) || (kind === 'prefix' && path.startsWith(value));
  });
}
