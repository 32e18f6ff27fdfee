import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { capture } from '../../packages/hopwise/src/engine/capture/capture.ts';
import { pathSource, wholeSource } from '../../packages/hopwise/src/engine/capture/live-source.ts';
import type { RequestInput } from '../../packages/hopwise/src/engine/contract.ts';
import { diagnose, loadSnapshot } from '../../packages/hopwise/src/engine/engine.ts';
import type { Source } from '../../packages/hopwise/src/sources/contract.ts';
import { openSource } from '../../packages/hopwise/src/sources/open.ts';
import { findSharedCases } from '../../tools/incidents/case.ts';
import { placeless } from '../captures/retake.ts';
import { loadObjects } from '../controlplane/load-objects.ts';
import { openCapturedCluster } from './captured-cluster.ts';
import { describeLive } from './describe-live.ts';

// What is captured of a live cluster gets the answer that the cluster gets, word for word apart from places.

const place = mkdtempSync(join(tmpdir(), 'hopwise-capture-live-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));
const { signal } = new AbortController();

describeLive('captures of a live cluster', {}, (controlPlane) => {
  for (const { id, folder, requests } of findSharedCases())
    it(`${id} diagnoses as the cluster does`, async () => {
      const loaded = await loadObjects(controlPlane(), folder);
      controlPlane().kubelet.serveLogs(join(folder, 'logs'));
      try {
        const then = (await loadSnapshot(await openSource(folder), signal)).model.now;
        const cluster = () => openCapturedCluster(controlPlane().admin.kubeconfig, folder, then);
        const [request] = requests;
        if (request === undefined) throw new Error('no request');
        const whole = async () => wholeSource(await cluster(), { logs: true }, undefined);
        const path = async () => pathSource(await cluster(), request, { logs: true }, undefined);
        await compare(whole, request);
        await compare(path, request);
      } finally {
        await loaded.unload();
      }
    });
});

async function compare(open: () => Promise<Source>, request: RequestInput): Promise<void> {
  const target = join(place, 'live.tgz');
  await capture({ source: await open(), target, hopwiseVersion: '0.0.0', signal });
  const live = diagnose(await loadSnapshot(await open(), signal), request);
  const captured = diagnose(await loadSnapshot(await openSource(target), signal), request);
  expect(placeless(captured)).toEqual(placeless(live));
}
