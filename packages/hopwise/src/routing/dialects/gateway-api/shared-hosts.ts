import type { VirtualHost } from '../../route-table.ts';
import { compareHostnames, intersectHostname } from './hostname.ts';
import type { EffectiveListener } from './listeners.ts';

/**
 * Data planes that hold all routes of a port in one list of conditions know neither listener isolation nor a choice of host
 * before the choice of path: a request that no rule of its own host takes falls to rules of wider hosts, whichever listener
 * they came by (Traefik and Kong routers, ALB listener rules; none of them claims GatewayHTTPListenerIsolation).
 */
export function shareHosts(
  hosts: readonly VirtualHost[],
  listeners: readonly EffectiveListener[],
): readonly VirtualHost[] {
  const byName = new Map(listeners.map((listener) => [listener.id, listener]));
  const portOf = (host: VirtualHost) => byName.get(host.listener ?? '')?.listener.port;
  return listeners.flatMap((listener) => {
    const group = hosts.filter((host) => portOf(host) === listener.listener.port);
    const byHost = Map.groupBy(group, ({ host }) => host);
    const names = new Set(group.flatMap(({ host }) => intersectHostname(listener.listener.hostname, host) ?? []));
    const tls = group.find((host) => host.listener === listener.id)?.tls;
    return [...names].toSorted(compareHostnames).map((name): VirtualHost => {
      const covering = patternsCovering(name).flatMap((pattern) => byHost.get(pattern) ?? []);
      return {
        host: name,
        wildcard: 'many-labels',
        listener: listener.id,
        rules: [...new Set(covering.flatMap(({ rules }) => rules))],
        ...(tls === undefined ? {} : { tls }),
        objects: [...new Set(covering.flatMap(({ objects }) => objects))],
      };
    });
  });
}

/** Every hostname that covers a name, the narrowest first: `a.b.c`, `*.b.c`, `*.c`, all. */
function patternsCovering(name: string): readonly string[] {
  if (name === '') return [''];
  const labels = name.split('.');
  const wider = labels.slice(1).map((_, index) => `*.${labels.slice(index + 1).join('.')}`);
  return [...new Set([name, ...wider, ''])];
}
