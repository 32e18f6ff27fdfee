import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, it } from 'vitest';
import type { ClusterRequest } from '../../packages/hopwise/src/sources/cluster/client.ts';
import type { CapturedObject } from '../controlplane/capture-objects.ts';
import type { ControlPlane } from '../controlplane/control-plane.ts';
import { storeObjects } from '../controlplane/load-objects.ts';
import { describeLive } from './describe-live.ts';
import { type ReadResult, readCluster } from './read-cluster.ts';

const PODS = 20_000;
const ALL_PODS = [{ kind: 'Pod' }];

describeLive('a list of 20,000 Pods', {}, (controlPlane) => {
  beforeAll(() => storePods(controlPlane(), PODS));

  it('is read whole', async () => {
    expectWhole(await readCluster(connection(), ALL_PODS), PODS);
  });

  it('is read whole although the API server is killed and comes back in the middle', async () => {
    let killed: Promise<void> | undefined;
    const result = await readCluster(
      {
        ...connection(),
        before: (request) => {
          if (isLaterPage(request)) killed ??= killAndRestart(controlPlane(), 200);
        },
      },
      ALL_PODS,
    );
    await killed;
    expectWholeOrSaid(result, PODS);
    expectWhole(await readCluster(connection(), ALL_PODS), PODS);
  });

  it('begins anew when its pages have expired', async () => {
    // A new API server knows nothing of the old one's pages, and etcd has forgotten that revision.
    let expired: Promise<void> | undefined;
    const result = await readCluster(
      {
        ...connection(),
        before: async (request) => {
          if (!isLaterPage(request)) return;
          expired ??= expirePages(controlPlane());
          await expired;
        },
      },
      ALL_PODS,
    );
    expect(result.restarts).toBe(1);
    expectWhole(result, PODS);
  });

  it('is not taken for whole when the API server dies in the middle and stays away', async () => {
    let dead: Promise<void> | undefined;
    try {
      const result = await readCluster(
        {
          ...connection(),
          before: async (request) => {
            if (!isLaterPage(request)) return;
            dead ??= controlPlane().killApiServer();
            await dead;
          },
        },
        ALL_PODS,
      );
      expect(result.coverage.get('Pod')).toMatchObject({
        state: 'not-collected',
        reason: expect.stringContaining('ECONNREFUSED'),
      });
    } finally {
      await controlPlane().startApiServer();
    }
  });

  function connection(): { readonly kubeconfig: string } {
    return { kubeconfig: controlPlane().admin.kubeconfig };
  }
});

function isLaterPage({ query }: ClusterRequest): boolean {
  return query?.continue !== undefined;
}

function expectWhole({ names, coverage }: ReadResult, count: number): void {
  const pods = names.get('Pod') ?? [];
  expect({ read: pods.length, distinct: new Set(pods).size }).toEqual({ read: count, distinct: count });
  expect(coverage.get('Pod')).toEqual({ kind: 'Pod', state: 'complete' });
}

/** What must never be: fewer Pods than there are, called complete. */
function expectWholeOrSaid(result: ReadResult, count: number): void {
  const { state, reason } = result.coverage.get('Pod') ?? {};
  if (state === 'complete') expectWhole(result, count);
  else expect(reason).toBeTruthy();
}

async function killAndRestart(controlPlane: ControlPlane, awayMs: number): Promise<void> {
  await controlPlane.killApiServer();
  await sleep(awayMs);
  await controlPlane.startApiServer();
}

async function expirePages(controlPlane: ControlPlane): Promise<void> {
  await storePods(controlPlane, 1);
  await controlPlane.etcd.compact();
  await controlPlane.killApiServer();
  await controlPlane.startApiServer();
}

function storePods(controlPlane: ControlPlane, count: number): Promise<unknown> {
  const pods = Array.from({ length: count }, (_, index) => podNumber(index));
  return storeObjects(controlPlane, pods, { check: false });
}

function podNumber(index: number): CapturedObject {
  const name = `web-${String(index).padStart(5, '0')}`;
  const ip = `10.${128 + Math.floor(index / 65_536)}.${Math.floor(index / 256) % 256}.${index % 256}`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: { app: 'web' }, creationTimestamp: '2026-05-12T10:00:00Z' },
    spec: { nodeName: `node-${index % 100}`, containers: [{ name: 'web', image: 'registry.example/web:1' }] },
    status: { phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions: [{ type: 'Ready', status: 'True' }] },
  };
}
