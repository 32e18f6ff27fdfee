import { describe, expect, it } from 'vitest';
import { withEntrances } from './entrances.ts';
import type { Listener } from './route-table.ts';
import { modelOf } from './testing/cluster.ts';

const listener = (name: string, port: number, protocol: Listener['protocol'] = 'HTTP', hostname = ''): Listener => ({
  name,
  port,
  protocol,
  hostname,
});
const services = (ports: string) =>
  modelOf(`apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: n}\nspec: {ports: ${ports}}\n`).list(
    'Service',
  );
const ways = (listeners: readonly Listener[], ports = '[]') =>
  withEntrances(listeners, services(ports)).map(({ name, port, protocol }) => `${port} ${protocol} ${name}`);

describe('entrances', () => {
  it('are the listeners themselves when they use the standard ports', () => {
    expect(ways([listener('a', 80), listener('b', 443, 'HTTPS')])).toEqual(['80 HTTP a', '443 HTTPS b']);
  });

  it('follow a Service that maps ports, and its node ports', () => {
    expect(
      ways(
        [listener('web', 8000), listener('websecure', 8443, 'HTTPS')],
        '[{port: 80, targetPort: 8000, nodePort: 30080}, {port: 443, targetPort: 8443}]',
      ),
    ).toEqual(['8000 HTTP web', '8443 HTTPS websecure', '80 HTTP web', '30080 HTTP web', '443 HTTPS websecure']);
  });

  it('take TLS that ends in front of plain listeners', () => {
    expect(ways([listener('web', 80)])).toEqual(['80 HTTP web', '443 HTTPS web']);
    expect(ways([listener('web', 8080), listener('tls', 8443, 'HTTPS')], '[{port: 443, targetPort: 8080}]')).toContain(
      '443 HTTPS web',
    );
  });

  it('use the standard ports when nothing is known of the way in', () => {
    expect(ways([listener('web', 8080), listener('alt', 9080), listener('tls', 8443, 'HTTPS')])).toEqual([
      '8080 HTTP web',
      '9080 HTTP alt',
      '8443 HTTPS tls',
      '80 HTTP web',
      '443 HTTPS tls',
    ]);
  });
});
