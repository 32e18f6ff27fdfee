import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openCluster } from '../../packages/hopwise/src/sources/cluster/open-cluster.ts';
import { portForward } from '../../packages/hopwise/src/sources/cluster/port-forward.ts';
import { storeObjects } from '../controlplane/load-objects.ts';
import { describeLive } from './describe-live.ts';

const signal = AbortSignal.timeout(120_000);
const TARGET = { namespace: 'default', pod: 'echo', port: 8080 };
const SIZE = 3_000_000;

describeLive('a port-forward', {}, (controlPlane) => {
  // Answers every byte with its own, and closes after `end`.
  const server = createServer((socket) => {
    socket.on('data', (chunk) => {
      socket.write(chunk);
      if (chunk.includes('end')) socket.end();
    });
    socket.on('error', () => socket.destroy());
  });

  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { kubelet } = controlPlane();
    await storeObjects(controlPlane(), [
      {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: 'n1' },
        status: {
          addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
          daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
        },
      },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'echo', namespace: 'default' },
        spec: { nodeName: 'n1', containers: [{ name: 'echo', image: 'echo' }] },
        status: { phase: 'Running' },
      },
    ]);
    kubelet.servePort('default/echo:8080', (server.address() as AddressInfo).port);
  });
  afterAll(() => server.close());

  it('carries bytes both ways through the API server until the Pod closes', async () => {
    const { admin } = controlPlane();
    for (const kubeconfig of [admin.kubeconfig, admin.tokenKubeconfig]) {
      const { client } = await openCluster({ kubeconfig }, {});
      const stream = await portForward(client, TARGET, signal);
      stream.write(Buffer.alloc(SIZE, 'x'));
      stream.write('end');
      expect(await text(stream)).toBe(`${'x'.repeat(SIZE)}end`);
      client.close();
    }
  });

  it('says that nothing listens on a port, and what the API server refuses', async () => {
    const { admin, createUser } = controlPlane();
    const { client } = await openCluster({ kubeconfig: admin.kubeconfig }, {});
    const closed = await portForward(client, { ...TARGET, port: 9 }, signal);
    await expect(text(closed)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await expect(portForward(client, { ...TARGET, pod: 'gone' }, signal)).rejects.toMatchObject({
      failure: { kind: 'not-found', message: 'pods "gone" not found' },
    });
    client.close();
    const { client: stranger } = await openCluster({ kubeconfig: (await createUser('mallory', [])).kubeconfig }, {});
    await expect(portForward(stranger, TARGET, signal)).rejects.toMatchObject({ failure: { kind: 'forbidden' } });
    stranger.close();
  });

  it('ends when the caller gives up', async () => {
    const { client } = await openCluster({ kubeconfig: controlPlane().admin.kubeconfig }, {});
    const stop = new AbortController();
    const stream = await portForward(client, TARGET, stop.signal);
    stop.abort();
    await expect(text(stream)).rejects.toThrow('aborted');
    await expect(portForward(client, TARGET, stop.signal)).rejects.toThrow('aborted');
    client.close();
  });
});
