import type { VirtualHost } from '../../route-table.ts';
import { compareHostnames, coversHostname, intersectHostname } from './hostname.ts';
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
    const names = new Set(group.flatMap(({ host }) => intersectHostname(listener.listener.hostname, host) ?? []));
    return [...names].toSorted(compareHostnames).map((name) => widen(name, listener, group));
  });
}

/** All rules for a host name, those of the narrowest host first. */
function widen(name: string, listener: EffectiveListener, group: readonly VirtualHost[]): VirtualHost {
  const covering = group
    .filter(({ host }) => coversHostname(host, name))
    .toSorted((a, b) => compareHostnames(a.host, b.host));
  const tls = group.find((host) => host.listener === listener.id)?.tls;
  return {
    host: name,
    wildcard: 'many-labels',
    listener: listener.id,
    rules: [...new Set(covering.flatMap(({ rules }) => rules))],
    ...(tls === undefined ? {} : { tls }),
    objects: [...new Set(covering.flatMap(({ objects }) => objects))],
  };
}
