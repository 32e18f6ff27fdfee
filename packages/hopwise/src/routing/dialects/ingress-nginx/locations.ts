import { toBytes } from '../../match/bytes.ts';
import type { ParsedIngress } from './parsed-ingress.ts';

/** One location of a server, before and after the controller has rearranged them. */
export interface Location {
  readonly path: string;
  readonly pathType: 'Exact' | 'Prefix';
  /** The Ingress whose annotations apply; undefined for the built-in catch-all server. */
  readonly owner?: ParsedIngress;
  /** Field of the owner that made it. */
  readonly field: string;
  /** Nothing but the default backend answers here. */
  readonly isDefault: boolean;
  /** Name of the upstream: `namespace-service-port`, or DEFAULT_UPSTREAM. */
  readonly upstream: string;
  /** Redirects and rewrites of the owner do not apply (an Ingress with a default backend and no rules). */
  readonly bare?: boolean;
  /** A default location that stands before another one that it keeps from being reached. */
  readonly hides?: boolean;
}

/** Later paths first, then longer ones first (controller.go: the two stable sorts at the end of getBackendServers). */
export function sortLocations(locations: readonly Location[]): readonly Location[] {
  const keyed = locations.map((location) => ({ location, bytes: toBytes(location.path) }));
  keyed.sort(
    (left, right) =>
      right.bytes.length - left.bytes.length || (left.bytes < right.bytes ? 1 : left.bytes > right.bytes ? -1 : 0),
  );
  return keyed.map((entry) => entry.location);
}

/**
 * A Prefix path gets a trailing slash and, beside it, an exact location without one; rewrites and regular expressions stay
 * as they are (internal/ingress/controller/location.go: updateServerLocations).
 */
export function completeLocations(locations: readonly Location[]): readonly Location[] {
  const exact = new Set(locations.filter((location) => location.pathType === 'Exact').map((location) => location.path));
  return locations.flatMap((location) => {
    if (location.path === '/' || location.pathType !== 'Prefix' || needsRegex(location)) return [location];
    const slashed = { ...location, path: location.path.endsWith('/') ? location.path : `${location.path}/` };
    return exact.has(location.path) ? [slashed] : [slashed, { ...location, pathType: 'Exact' as const }];
  });
}

/** A location with a rewrite or use-regex turns its whole server to regular expressions (template.go: enforceRegexModifier). */
export function needsRegex(location: Location): boolean {
  if (location.bare === true || location.owner === undefined) return false;
  return location.owner.rewrite.useRegex || needsRewrite(location);
}

/** A rewrite-target equal to the location's own path is no rewrite. */
export function needsRewrite(location: Location): boolean {
  const target = location.bare === true ? '' : (location.owner?.rewrite.target ?? '');
  return target !== '' && target !== location.path;
}
