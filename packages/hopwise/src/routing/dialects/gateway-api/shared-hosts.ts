import type { VirtualHost } from '../../route-table.ts';
import { compareHostnames, intersectHostname } from './hostname.ts';
import type { EffectiveListener } from './listeners.ts';

/**
 * How far the listeners of one port are kept apart.
 * - port: plain listeners of a port share one set of virtual hosts, so that a request which its own listener has no
 *   host for may find a wider host of another one. TLS listeners stay apart by server name.
 * - rules: all rules of a port are one list.
 * Listeners are isolated otherwise, as the specification asks (GatewaySpec.Listeners, "Listener Isolation").
 */
export type HostSharing = 'port' | 'rules';

export function shareHosts(
  sharing: HostSharing,
  hosts: readonly VirtualHost[],
  listeners: readonly EffectiveListener[],
): readonly VirtualHost[] {
  return sharing === 'port' ? shareByPort(hosts, listeners) : shareRules(hosts, listeners);
}

/** Every plain listener has the hosts of all plain listeners of its port; the rules of a host that stands twice are put together. */
function shareByPort(hosts: readonly VirtualHost[], listeners: readonly EffectiveListener[]): readonly VirtualHost[] {
  const plain = listeners.filter(({ listener }) => listener.protocol === 'HTTP');
  return listeners.flatMap((listener) => {
    if (!plain.includes(listener)) return hosts.filter((host) => host.listener === listener.id);
    const group = new Set(plain.filter((other) => other.listener.port === listener.listener.port).map(({ id }) => id));
    const byHost = Map.groupBy(
      hosts.filter((host) => group.has(host.listener ?? '')),
      ({ host }) => host,
    );
    return [...byHost].flatMap(([host, same]): readonly VirtualHost[] => {
      const [first, ...others] = same;
      if (first === undefined || intersectHostname(listener.listener.hostname, host) === undefined) return [];
      if (others.length === 0) return [{ ...first, listener: listener.id }];
      const rules = [...new Set(same.flatMap((entry) => entry.rules))];
      return [
        { ...first, listener: listener.id, rules, objects: [...new Set(same.flatMap(({ objects }) => objects))] },
      ];
    });
  });
}

/** Hosts that stand on several plain listeners of one port. */
export function repeatedHosts(
  hosts: readonly VirtualHost[],
  listeners: readonly EffectiveListener[],
): readonly { readonly host: string; readonly listeners: readonly EffectiveListener[] }[] {
  const byName = new Map(listeners.map((listener) => [listener.id, listener]));
  const places = Map.groupBy(
    hosts.flatMap(({ host, listener }) => {
      const place = byName.get(listener ?? '');
      return place?.listener.protocol === 'HTTP' ? [{ host, place }] : [];
    }),
    ({ host, place }) => `${place.listener.port} ${host}`,
  );
  return [...places.values()]
    .filter((same) => same.length > 1)
    .map((same) => ({ host: same[0]?.host ?? '', listeners: same.map(({ place }) => place) }));
}

/**
 * Data planes that hold all routes of a port in one list of conditions know neither listener isolation nor a choice of host
 * before the choice of path: a request that no rule of its own host takes falls to rules of wider hosts, whichever listener
 * they came by (Traefik and Kong routers, ALB listener rules; none of them claims GatewayHTTPListenerIsolation).
 */
function shareRules(hosts: readonly VirtualHost[], listeners: readonly EffectiveListener[]): readonly VirtualHost[] {
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
