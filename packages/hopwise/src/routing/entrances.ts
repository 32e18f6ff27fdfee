import type { Service } from '../model/kinds/service.ts';
import type { Listener } from './route-table.ts';

/*
 * A listener's port is the proxy's; a client's URL names the port of whatever stands in front: a Service that maps ports, a
 * node port, a load balancer that ends TLS. The further entrances are listeners of the same name, after the real ones.
 */

/** Listeners together with the other ports by which clients reach them. */
export function withEntrances(listeners: readonly Listener[], services: readonly Service[]): readonly Listener[] {
  const all = [...listeners];
  const add = (listener: Listener, port: number, secure: boolean): void => {
    const taken = all.some(
      (entry) => entry.port === port && isSecure(entry) === secure && entry.hostname === listener.hostname,
    );
    if (taken) return;
    const { tls, ...plain } = listener;
    const endedBefore = secure && !isSecure(listener);
    all.push(
      endedBefore ? { ...plain, port, protocol: 'HTTPS' } : { ...plain, port, ...(tls === undefined ? {} : { tls }) },
    );
  };
  for (const service of services) {
    for (const entry of service.ports) {
      for (const listener of behindPort(listeners, entry)) {
        add(listener, entry.port, isSecure(listener));
        if (entry.nodePort !== undefined) add(listener, entry.nodePort, isSecure(listener));
        // A Service that leads port 443 to a plain listener stands behind a load balancer that ends TLS.
        if (entry.port === 443) add(listener, 443, true);
      }
    }
  }
  const web = listeners.filter(({ protocol }) => protocol === 'HTTP' || protocol === 'HTTPS');
  const plain = lowestPort(web.filter((listener) => !isSecure(listener)));
  const secure = lowestPort(web.filter(isSecure));
  // Nothing listens on a standard port: something in front maps it.
  if (!web.some((listener) => !isSecure(listener) && listener.port === 80))
    for (const listener of plain) add(listener, 80, false);
  if (!listeners.some(isSecure)) for (const listener of plain) add(listener, 443, true);
  else if (!listeners.some((listener) => isSecure(listener) && listener.port === 443)) {
    for (const listener of secure) add(listener, 443, true);
  }
  return all;
}

function behindPort(listeners: readonly Listener[], entry: Service['ports'][number]): readonly Listener[] {
  const same = listeners.filter(({ port }) => port === entry.port);
  return same.length > 0 ? same : listeners.filter(({ port }) => port === entry.targetPort);
}

function lowestPort(listeners: readonly Listener[]): readonly Listener[] {
  const lowest = Math.min(...listeners.map(({ port }) => port));
  return listeners.filter(({ port }) => port === lowest);
}

function isSecure({ protocol }: Listener): boolean {
  return protocol === 'HTTPS' || protocol === 'TLS';
}
