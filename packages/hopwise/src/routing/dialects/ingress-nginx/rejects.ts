import { displayId } from '../../../base/object-id.ts';
import type { NotUnderstood } from '../../route-table.ts';
import { CATCH_ALL } from './catch-all.ts';
import type { NginxInstance } from './instance.ts';
import { type Location, needsRegex, needsRewrite } from './locations.ts';
import type { ParsedIngress } from './parsed-ingress.ts';
import { locationPattern } from './rewrite-path.ts';
import type { Server } from './servers.ts';
import { escapesPaths } from './version.ts';

/**
 * Paths for which NGINX refuses to load the whole configuration, so that the controller goes on with an older one: the
 * same location twice, a rewrite-target with an unknown variable, a character that ends the directive.
 */
export function findRejects(servers: ReadonlyMap<string, Server>, instance: NginxInstance): readonly NotUnderstood[] {
  return [...servers.values()].flatMap((server) => [
    ...duplicates(server, instance),
    ...brokenName(server, servers),
    ...server.locations.flatMap((location) => {
      // Of a closed host no location is written; a default location only repeats what the Ingress's own paths say.
      if (server.closed !== undefined || location.isDefault) return [];
      return [...brokenTarget(location), ...brokenPath(server, location, instance), ...brokenRegex(server, location)];
    }),
  ]);
}

/** A canary rule without paths makes the controller itself crash (controller.go: mergeAlternativeBackends reads rule.HTTP.Paths). */
export function findCrashes(ingresses: readonly ParsedIngress[]): readonly NotUnderstood[] {
  if (ingresses.every((owner) => owner.canary.enabled)) return [];
  return ingresses.flatMap((owner) => {
    const at = owner.ingress.rules.findIndex((rule) => rule.paths === undefined);
    if (!owner.canary.enabled || at < 0) return [];
    return [
      {
        object: owner.object,
        path: `spec.rules[${at}]`,
        why: 'the controller crashes on a canary Ingress whose rule has no paths',
      },
    ];
  });
}

/** `/a` and `/a/` of type Prefix both become location "/a/" (location.go); NGINX: duplicate location. */
function duplicates(server: Server, instance: NginxInstance): readonly NotUnderstood[] {
  if (server.closed !== undefined || server.locations.some(needsRegex)) return [];
  const first = new Map<string, Location | undefined>();
  if (server.hostname === CATCH_ALL)
    for (const own of [instance.healthPath, '/nginx_status']) first.set(`Prefix ${own}`, undefined);
  return server.locations.flatMap((location) => {
    const key = `${location.pathType} ${location.path}`;
    const known = first.has(key);
    const earlier = first.get(key);
    first.set(key, location);
    if (!known || location.owner === undefined) return [];
    const other =
      earlier?.owner === undefined ? 'the controller itself' : `${displayId(earlier.owner.object)} ${earlier.field}`;
    return [
      reject(location, `location ${location.path} of host ${server.hostname} is there twice (also from ${other})`),
    ];
  });
}

/** from-to-www-redirect on a wildcard host asks for a server named `www.*.example.com`. */
function brokenName(server: Server, servers: ReadonlyMap<string, Server>): readonly NotUnderstood[] {
  if (!server.redirectFromToWww || !server.hostname.startsWith('*') || servers.has(`www.${server.hostname}`)) return [];
  const by = server.locations.find((location) => location.owner?.redirect?.fromToWww === true);
  return by === undefined ? [] : [reject(by, `from-to-www-redirect makes the server name www.${server.hostname}`)];
}

/** Only $1 to $9 and variables that NGINX knows may stand in a target. */
function brokenTarget(location: Location): readonly NotUnderstood[] {
  if (!needsRewrite(location)) return [];
  const target = location.owner?.rewrite.target ?? '';
  const broken = /\$(?:0|$|[^A-Za-z0-9_{])/.exec(target)?.[0];
  return broken === undefined
    ? []
    : [reject(location, `rewrite-target ${target} holds ${broken}, which is no NGINX variable`)];
}

/** A bracket left open is an error for PCRE too. */
function brokenRegex(server: Server, location: Location): readonly NotUnderstood[] {
  if (!server.locations.some(needsRegex)) return [];
  if (locationPattern(location.path).malformed !== true) return [];
  return [reject(location, `${location.path} is no regular expression`)];
}

/**
 * Before paths were quoted (1.13.7, 1.14.3) some characters ended the directive or began another one. Inside an
 * unquoted token quotes and `}` are plain characters (nginx, src/core/ngx_conf_file.c: ngx_conf_read_token).
 */
function brokenPath(server: Server, location: Location, instance: NginxInstance): readonly NotUnderstood[] {
  if (escapesPaths(instance.version)) return [];
  const quoted = server.locations.some(needsRegex);
  const broken = quoted ? /"/.exec(location.path)?.[0] : /[{;\s]/.exec(location.path)?.[0];
  return broken === undefined
    ? []
    : [
        reject(
          location,
          `path ${location.path} holds ${JSON.stringify(broken)}, which this controller version does not escape`,
        ),
      ];
}

function reject(location: Location, why: string): NotUnderstood {
  const { owner } = location;
  return {
    object: owner?.object ?? ('' as NotUnderstood['object']),
    path: location.field,
    why: `NGINX refuses the whole configuration: ${why}`,
  };
}
