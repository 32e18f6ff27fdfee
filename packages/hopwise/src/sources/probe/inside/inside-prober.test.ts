import { spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { objectId } from '../../../base/object-id.ts';
import { answering, freePort, httpAnswer, type Stand, standTcp } from '../testing/servers.ts';
import type { InsideOptions, InsidePlan, InsideTarget } from './contract.ts';
import { insideProber } from './inside-prober.ts';
import { probePod } from './probe-pod.ts';
import { type FakeOptions, fakeCluster } from './testing/fake-cluster.ts';

const noCurl = spawnSync('curl', ['--version']).error !== undefined;

describe('probes inside', () => {
  let app: Stand;
  let resets: Stand;
  let closed: number;
  beforeAll(async () => {
    app = await standTcp(answering(httpAnswer(503, 'no database', ['Set-Cookie: id=secret'])));
    resets = await standTcp((socket) => socket.once('data', () => socket.resetAndDestroy()));
    closed = await freePort();
  });
  afterAll(async () => {
    await app.close();
    await resets.close();
  });

  const endpoint = (name: string, port: number, node = 'node-1'): InsideTarget => ({
    role: 'endpoint',
    object: objectId('Pod', 'shop', name),
    namespace: 'shop',
    objectName: name,
    port,
    address: '127.0.0.1',
    addressPort: port,
    node,
    tls: false,
    h2c: false,
  });
  const plan = (): InsidePlan => ({
    method: 'GET',
    path: '/cart$(HOME)',
    host: 'shop.example.com',
    gateway: { namespace: 'edge', pod: 'gateway-1' },
    targets: [
      { ...endpoint('web', app.port), role: 'service', object: objectId('Service', 'shop', 'web'), port: 80 },
      endpoint('web-1', app.port),
      endpoint('web-2', closed, 'node-2'),
      endpoint('web-3', resets.port, 'node-3'),
    ],
  });
  const reach = (): Readonly<Record<string, number>> => ({
    'web:80': app.port,
    [`web-1:${app.port}`]: app.port,
    [`web-2:${closed}`]: closed,
  });

  const told: string[][] = [];
  async function ask(fake: FakeOptions, more: Partial<InsideOptions> = {}, signal = new AbortController().signal) {
    const cluster = fakeCluster(fake);
    const undos = new Set<() => Promise<void>>();
    const prober = insideProber(cluster, {
      image: 'curl:1',
      confirm: async (lines) => {
        told.push([...lines]);
        return true;
      },
      onInterrupt: (undo) => {
        undos.add(undo);
        return () => undos.delete(undo);
      },
      answerMs: 3_000,
      podMs: 8_000,
      ...more,
    });
    return { cluster, undos, result: prober.probe(plan(), signal) };
  }

  it.skipIf(noCurl)('asks from the gateway’s place, per endpoint and node, and leaves nothing behind', async () => {
    const { cluster, undos, result } = await ask({ reach: reach() });
    const { probes, skipped } = await result;
    expect(
      probes.map(({ target, attempts: [first] }) => [
        target.from,
        target.object,
        target.node,
        first?.status ?? `${first?.failure?.phase} ${first?.failure?.code}`,
      ]),
    ).toEqual([
      ['pod', 'Service/shop/web', 'node-1', 503],
      ['pod', 'Pod/shop/web-1', 'node-1', 503],
      ['pod', 'Pod/shop/web-2', 'node-2', 'connect ECONNREFUSED'],
      ['pod', 'Pod/shop/web-3', 'node-3', 'first-byte ECONNRESET'],
      ['api-server', 'Service/shop/web', 'node-1', 503],
      ['api-server', 'Pod/shop/web-1', 'node-1', 503],
      ['api-server', 'Pod/shop/web-2', 'node-2', 'connect ECONNREFUSED'],
    ]);
    expect(skipped).toEqual([expect.stringMatching(/^Pod shop\/web-3 .*the API server says: .* not found$/)]);
    expect(cluster.created).toHaveLength(1);
    expect([cluster.left(), undos.size]).toEqual([[], 0]);
    expect(JSON.stringify(probes)).not.toContain('secret');
    // Kubernetes would have put a variable here; the escape for it reached curl as it stands.
    expect(app.heard()).toContain('GET /cart$$(HOME) HTTP/1.1\r\nHost: shop.example.com\r\n');
    expect(told.at(-1)?.join('\n')).toMatch(
      /create Pod edge\/hopwise-probe-\w{6} with the labels of Pod gateway-1.*on node node-1, image curl:1.*delete it/s,
    );
  });

  it('creates nothing without a yes, and says so', async () => {
    const { cluster, result } = await ask({ reach: reach() }, { confirm: async () => false });
    expect((await result).skipped).toContain("from the gateway's place: nothing was created: not confirmed");
    expect(cluster.calls.filter((call) => !call.startsWith('GET '))).toEqual([]);
  });

  it('deletes its Pod when the image cannot be pulled, when it is refused, and when it is interrupted', async () => {
    const stuck = await ask({ stuck: 'ImagePullBackOff' });
    expect((await stuck.result).skipped.at(-1)).toContain('ImagePullBackOff: the image');
    expect(stuck.cluster.left()).toEqual([]);

    const refused = await ask({
      deny: (method) => (method === 'POST' ? { status: 403, message: 'exceeded quota' } : undefined),
    });
    expect((await refused.result).skipped.at(-1)).toContain('the Pod was refused: exceeded quota');

    const abort = new AbortController();
    const cut = await ask({ stuck: 'ContainerCreating' }, {}, abort.signal);
    await expect.poll(() => cut.cluster.left().length).toBe(1);
    expect(cut.undos.size).toBe(1);
    abort.abort(new Error('stop'));
    await expect(cut.result).rejects.toThrow('stop');
    expect([cut.cluster.left(), cut.undos.size]).toEqual([[], 0]);
    expect(cut.cluster.calls.filter((call) => call.startsWith('DELETE '))).toHaveLength(1);
  });

  it('says which Pod is left when it may not be deleted', async () => {
    const { result } = await ask({
      stuck: 'ImagePullBackOff',
      deny: (method) => (method === 'DELETE' ? { status: 403, message: 'cannot delete' } : undefined),
    });
    expect((await result).skipped.at(-1)).toMatch(
      /could not be deleted.*kubectl delete pod hopwise-probe-\w{6} -n edge/,
    );
  });

  it('a user who may use no proxy is told so, twice at most', async () => {
    const { result } = await ask(
      {
        deny: (_, path) =>
          path.includes('/proxy') ? { status: 403, message: 'cannot get resource "pods/proxy"' } : undefined,
      },
      { confirm: async () => false },
    );
    const { probes, skipped } = await result;
    expect(probes).toEqual([]);
    expect(skipped.filter((why) => why.includes('cannot get resource'))).toHaveLength(2);
  });

  it('asks localhost in the Pod by what a port-forward opens', async () => {
    const { result } = await ask(
      { reach: {} },
      {
        confirm: async () => false,
        forward: async ({ port }) => connect(port, '127.0.0.1'),
      },
    );
    const { probes } = await result;
    expect(
      probes.map(({ target, attempts: [first] }) => [
        target.role,
        target.node,
        first?.status ?? `${first?.failure?.phase} ${first?.failure?.code}`,
      ]),
    ).toEqual([
      ['localhost', 'node-1', 503],
      ['localhost', 'node-2', 'connect ECONNREFUSED'],
      ['localhost', 'node-3', 'first-byte ECONNRESET'],
    ]);
  });
});

it('the probe Pod has the gateway’s labels, and nothing can take it for the gateway', () => {
  const pod = probePod(
    'hopwise-probe-x',
    {
      name: 'gateway-1',
      uid: 'u-1',
      namespace: 'edge',
      labels: { app: 'gateway', 'pod-template-hash': 'abc' },
      nodeName: 'node-1',
      hostNetwork: false,
    },
    'curl:1',
    [['curl', 'http://10.0.0.1/$(X)']],
  );
  expect(pod).toMatchObject({
    metadata: {
      labels: { app: 'gateway', 'sidecar.istio.io/inject': 'false' },
      ownerReferences: [{ kind: 'Pod', name: 'gateway-1', uid: 'u-1', controller: true }],
    },
    spec: {
      nodeName: 'node-1',
      restartPolicy: 'Never',
      activeDeadlineSeconds: 120,
      automountServiceAccountToken: false,
      readinessGates: [{ conditionType: 'hopwise.dev/never-ready' }],
      containers: [
        {
          image: 'curl:1',
          command: ['curl', 'http://10.0.0.1/$$(X)'],
          securityContext: { allowPrivilegeEscalation: false },
        },
      ],
    },
  });
  expect(JSON.stringify(pod)).not.toContain('pod-template-hash');
});
