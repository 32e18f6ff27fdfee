import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { parseEnvoyClusters } from './envoy-clusters.ts';
import { gatewayConfigReader } from './read-gateway-config.ts';
import { parseTraefikServices } from './traefik-services.ts';

/**
 * What Envoy 1.40.0 answered to GET /clusters?format=json for a static cluster of two endpoints, neither with anything behind it
 * and one DRAINING; counters and circuit breakers left out.
 */
const ENVOY = JSON.stringify({
  cluster_statuses: [
    {
      name: 'httproute/shop/web/rule/0',
      host_statuses: [
        {
          address: { socket_address: { address: '127.0.0.1', port_value: 39020 } },
          stats: [{ name: 'cx_connect_fail' }, { type: 'GAUGE', name: 'cx_active' }],
          health_status: { failed_active_health_check: true, eds_health_status: 'HEALTHY' },
          weight: 1,
          locality: {},
        },
        {
          address: { socket_address: { address: '::1', port_value: 39021 } },
          health_status: { failed_active_health_check: true, eds_health_status: 'DRAINING' },
          weight: 1,
          locality: {},
        },
      ],
      observability_name: 'httproute/shop/web/rule/0',
    },
  ],
});
const GROUP = {
  name: 'httproute/shop/web/rule/0',
  partial: false,
  endpoints: [
    { address: '127.0.0.1', port: 39020, faults: ['its health check fails'] },
    { address: '::1', port: 39021, faults: ['its health check fails', 'DRAINING by its control plane'] },
  ],
};

describe('answers', () => {
  it('of Envoy', () => {
    expect(parseEnvoyClusters(ENVOY)).toEqual([GROUP]);
    const pipe = {
      cluster_statuses: [{ name: 'a', host_statuses: [{ address: { pipe: { path: '/x' } } }] }, { name: 'b' }],
    };
    expect(parseEnvoyClusters(JSON.stringify(pipe))).toEqual([
      { name: 'a', partial: true, endpoints: [] },
      { name: 'b', partial: false, endpoints: [] },
    ]);
  });

  it('of Traefik, in the form of its pkg/api/testdata/services.json', () => {
    const services = [
      {
        loadBalancer: {
          passHostHeader: true,
          servers: [{ url: 'http://10.244.1.10:8080' }, { url: 'https://[fd00::7]' }],
        },
        name: 'shop-web-80@kubernetes',
        provider: 'kubernetes',
        serverStatus: { 'http://10.244.1.10:8080': 'DOWN', 'https://[fd00::7]': 'UP' },
        status: 'enabled',
        usedBy: ['shop-web@kubernetes'],
      },
      { name: 'shop-split@kubernetescrd', weighted: { services: [] } },
    ];
    expect(parseTraefikServices(JSON.stringify(services))).toEqual([
      {
        name: 'shop-web-80@kubernetes',
        partial: false,
        endpoints: [
          { address: '10.244.1.10', port: 8080, faults: ['DOWN by its health check'] },
          { address: 'fd00::7', port: 443, faults: [] },
        ],
      },
    ]);
  });

  it('of something else are none', () => {
    for (const text of [
      '',
      'null',
      '"x"',
      '{}',
      '{"cluster_statuses":{}}',
      '<html>',
      '{"__proto__":{"cluster_statuses":[]}}',
    ]) {
      expect(parseEnvoyClusters(text)).toBeUndefined();
      expect(parseTraefikServices(text)).toBeUndefined();
    }
    expect(parseEnvoyClusters('{"cluster_statuses":[null,1,{"name":2},{"name":"a","host_statuses":7}]}')).toHaveLength(
      1,
    );
    expect(parseTraefikServices('[null,1,{"name":"a","loadBalancer":{"servers":[null,{"url":"::"}]}}]')).toEqual([
      { name: 'a', partial: true, endpoints: [] },
    ]);
  });
});

describe('the reader', () => {
  const closing: (() => void)[] = [];
  afterEach(() => closing.splice(0).forEach((close) => close()));

  /** Reads a Pod that listens only on `port`, and answers what was asked of it. */
  async function read(dialect: 'envoy' | 'istio' | 'traefik' | undefined, port: number, listener: RequestListener) {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      listener(request, response);
    }).listen(0, '127.0.0.1');
    closing.push(
      () => server.closeAllConnections(),
      () => server.close(),
    );
    await once(server, 'listening');
    const reader = gatewayConfigReader({
      forward: async (target) => {
        if (target.port !== port) throw new Error('connection refused');
        return connect((server.address() as AddressInfo).port, '127.0.0.1');
      },
      isForbidden: () => false,
    });
    const [seen] = await reader([{ namespace: 'edge', pod: 'proxy-0', dialect }], AbortSignal.timeout(60_000));
    return { seen, asked };
  }

  it('asks the first port that answers, once, by GET', async () => {
    const { seen, asked } = await read('envoy', 9901, (_request, response) => response.end(ENVOY));
    expect(asked).toEqual(['GET /clusters?format=json']);
    expect(seen).toEqual({
      namespace: 'edge',
      pod: 'proxy-0',
      asked: 'localhost:9901/clusters?format=json',
      loaded: { state: 'read', groups: [GROUP] },
    });
  });

  it('says what came instead', async () => {
    const why = async (...args: Parameters<typeof read>): Promise<unknown> => (await read(...args)).seen?.loaded;
    expect(await why('traefik', 9000, (_request, response) => response.writeHead(404).end())).toMatchObject({
      state: 'unread',
      why: 'its read-only interface did not answer (localhost:8080: connection refused; localhost:9000 answered 404)',
    });
    const paged: RequestListener = (_request, response) => response.setHeader('X-Next-Page', '2').end('[]');
    expect(await why('traefik', 8080, paged)).toMatchObject({
      why: expect.stringContaining('localhost:8080 has more than one page of services'),
    });
    const endless: RequestListener = (_request, response) => response.end(Buffer.alloc(17 * 1024 * 1024, 'x'));
    expect(await why('istio', 15000, endless)).toMatchObject({
      why: expect.stringContaining('answered more than is read'),
    });
    expect((await read(undefined, 1, (_request, response) => response.end())).asked).toEqual([]);
  });

  it('stops where port-forwards are forbidden and names the right', async () => {
    let tries = 0;
    const reader = gatewayConfigReader({
      forward: async () => {
        tries += 1;
        throw new Error('pods "proxy-0" is forbidden');
      },
      isForbidden: () => true,
    });
    const [seen] = await reader([{ namespace: 'edge', pod: 'proxy-0', dialect: 'envoy' }], AbortSignal.timeout(60_000));
    expect(tries).toBe(1);
    expect(seen?.loaded).toMatchObject({
      state: 'unread',
      settledBy: 'the right to get and create pods/portforward in namespace edge',
    });
  });
});
