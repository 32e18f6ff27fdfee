import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import type { ControlPlane } from './control-plane.ts';
import { storeObjects } from './load-objects.ts';

/** An API that the API server passes on to a server of its own, as metrics-server or Calico's are. */
export interface AggregatedApi {
  readonly group: string;
  readonly version: string;
  /** A cluster IP of 10.96.0.0/12 that is free. */
  readonly address: string;
  /** What the server behind it does with a request; one that is never answered hangs. */
  readonly answer: RequestListener;
}

/** Registers the API and plays its server on the test network. */
export async function registerAggregatedApi(controlPlane: ControlPlane, api: AggregatedApi): Promise<void> {
  const { folder, kubectl, network } = controlPlane;
  const certificate = {
    cert: readFileSync(join(folder, 'kubelet.crt')),
    key: readFileSync(join(folder, 'kubelet.key')),
  };
  const server = createServer(api.answer);
  network.answer(`${api.address}:443`, (socket) => {
    const secure = new TLSSocket(socket, { isServer: true, ...certificate });
    secure.on('error', () => secure.destroy());
    server.emit('connection', secure);
  });
  const name = `api-${api.group.replaceAll('.', '-')}`;
  const metadata = { name, namespace: 'kube-system' };
  const labels = { 'kubernetes.io/service-name': name };
  await storeObjects(controlPlane, [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        type: 'ClusterIP',
        clusterIP: api.address,
        clusterIPs: [api.address],
        ports: [{ port: 443, protocol: 'TCP' }],
      },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, labels },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.244.9.9'], conditions: { ready: true } }],
      ports: [{ name: '', port: 443, protocol: 'TCP' }],
    },
  ]);
  const spec = {
    group: api.group,
    version: api.version,
    insecureSkipTLSVerify: true,
    groupPriorityMinimum: 100,
    versionPriority: 100,
    service: { name, namespace: 'kube-system' },
  };
  const object = {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: `${api.version}.${api.group}` },
    spec,
  };
  await kubectl(['apply', '-f', '-'], JSON.stringify(object));
}
