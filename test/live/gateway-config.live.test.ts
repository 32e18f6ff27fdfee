import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { DiagnosisDocument } from '../../packages/hopwise/src/report/diagnosis.ts';
import { storeObjects } from '../controlplane/load-objects.ts';
import { describeLive } from './describe-live.ts';
import { diagnose } from './hopwise.ts';

const URL = 'http://shop.example.com/';
const READY = [{ type: 'Ready', status: 'True' }];
const META = { namespace: 'shop', name: 'web' };
const OBJECTS = [
  {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n1' },
    status: {
      addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    },
  },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'edge' } },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'traefik' },
    spec: { controller: 'traefik.io/ingress-controller' },
  },
  pod('edge', 'traefik-0', '10.244.1.5', 'docker.io/library/traefik:v3.3.4', { 'app.kubernetes.io/name': 'traefik' }),
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'traefik', namespace: 'edge' },
    spec: { selector: { 'app.kubernetes.io/name': 'traefik' }, ports: [{ name: 'web', port: 80, targetPort: 8000 }] },
  },
  pod('shop', 'web-0', '10.244.1.10', 'registry.example/web:1', { app: 'web' }),
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: META,
    spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
  },
  {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...META, name: 'web-x', labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints: [
      {
        addresses: ['10.244.1.10'],
        conditions: { ready: true },
        targetRef: { kind: 'Pod', namespace: 'shop', name: 'web-0' },
      },
    ],
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: META,
    spec: {
      ingressClassName: 'traefik',
      rules: [
        {
          host: 'shop.example.com',
          http: {
            paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }],
          },
        },
      ],
    },
  },
];

function pod(namespace: string, name: string, podIP: string, image: string, labels: Record<string, string>) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels },
    spec: { nodeName: 'n1', containers: [{ name: 'main', image }] },
    status: {
      phase: 'Running',
      podIP,
      podIPs: [{ ip: podIP }],
      conditions: READY,
      containerStatuses: [
        { name: 'main', image, imageID: '', ready: true, started: true, restartCount: 0, state: { running: {} } },
      ],
    },
  };
}

describeLive('what a gateway has loaded', {}, (controlPlane) => {
  let server = '10.244.9.9:8080';
  const asked: string[] = [];
  const api = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const servers = [{ url: `http://${server}` }];
    response.end(JSON.stringify([{ name: 'shop-web-80@kubernetes', loadBalancer: { servers } }]));
  });

  beforeAll(async () => {
    api.listen(0, '127.0.0.1');
    await once(api, 'listening');
    await storeObjects(controlPlane(), OBJECTS);
    controlPlane().kubelet.servePort('edge/traefik-0:8080', (api.address() as AddressInfo).port);
  });
  afterAll(() => api.close());

  const ask = (status: string, kubeconfig = controlPlane().admin.kubeconfig): Promise<DiagnosisDocument> =>
    diagnose(kubeconfig, [URL, '--status', status, '--gateway-config', '--no-logs']);

  it('shows that it sends to Pods that are gone, and that it does not', async () => {
    const stale = await ask('502');
    expect(asked).toEqual(['GET /api/http/services?per_page=10000']);
    expect(stale.causes[0]).toMatchObject({ id: 'gateway-config-stale', object: 'Pod/edge/traefik-0' });
    server = '10.244.1.10:8080';
    const right = await ask('502');
    expect(right.causes.map(({ id }) => id)).not.toContain('gateway-config-stale');
    const text = 'gateway Pod edge/traefik-0 has loaded the ready endpoints of Service shop/web: 10.244.1.10:8080';
    expect(right.path.lines).toContainEqual({ label: 'loaded', text });
  });

  it('names the right that it takes', async () => {
    const { createUser, kubectl } = controlPlane();
    const viewer = await createUser('viewer');
    await kubectl(['apply', '-f', join(import.meta.dirname, '..', '..', 'deploy', 'rbac', 'clusterrole.yaml')]);
    await kubectl(['create', 'clusterrolebinding', 'viewer', '--clusterrole=hopwise', '--user=viewer']);
    await vi.waitFor(async () => {
      const { unknowns } = await ask('502', viewer.kubeconfig);
      expect(unknowns).toContainEqual({
        what: 'configuration loaded by gateway Pod edge/traefik-0',
        why: expect.stringContaining('a port-forward to it is forbidden'),
        settledBy: 'the right to get and create pods/portforward in namespace edge',
      });
    }, 30_000);
  });
});
