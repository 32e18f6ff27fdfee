import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capture } from '../../packages/hopwise/src/engine/capture/capture.ts';
import { pathSource, wholeSource } from '../../packages/hopwise/src/engine/capture/live-source.ts';
import type { Snapshot } from '../../packages/hopwise/src/engine/contract.ts';
import { engine } from '../../packages/hopwise/src/engine/engine.ts';
import type { DiagnosisDocument } from '../../packages/hopwise/src/report/diagnosis.ts';
import type { ClusterSource } from '../../packages/hopwise/src/sources/cluster/cluster-source.ts';
import type { Source } from '../../packages/hopwise/src/sources/contract.ts';
import { openSource } from '../../packages/hopwise/src/sources/open.ts';
import { findSharedCases } from '../../tools/incidents/case.ts';
import { placeless } from '../captures/retake.ts';
import { type LoadedObjects, loadObjects } from '../controlplane/load-objects.ts';
import { openCapturedCluster } from './captured-cluster.ts';
import { describeLive } from './describe-live.ts';

const LOGS = { logs: true };

describeLive('a real cluster', {}, (controlPlane) => {
  const place = mkdtempSync(join(tmpdir(), 'hopwise-captures-'));
  const { signal } = new AbortController();
  afterAll(() => rmSync(place, { recursive: true, force: true }));

  describe.each(findSharedCases())('that is as in $id', ({ id, folder, requests: [request] }) => {
    let loaded: LoadedObjects | undefined;
    let captured: Snapshot;
    if (request === undefined) throw new Error(`${id} asks nothing`);

    beforeAll(async () => {
      loaded = await loadObjects(controlPlane(), folder);
      controlPlane().kubelet.serveLogs(join(folder, 'logs'));
      captured = await engine.load(await openSource(folder), signal);
    });
    afterAll(() => loaded?.unload());

    it('gets the same answer as the folder', async () => {
      const live = await engine.loadPath(await open(), request, LOGS, signal);
      expect(answerOf(engine.diagnose(live, request))).toEqual(answerOf(engine.diagnose(captured, request)));
    });

    it('gets the same answer from a capture of the path, word for word', async () => {
      const live = await engine.loadPath(await open(), request, LOGS, signal);
      const again = await captureAndLoad(pathSource(await open(), request, LOGS, undefined));
      expect(placeless(engine.diagnose(again, request))).toEqual(placeless(engine.diagnose(live, request)));
    });

    it('gets the same answer from a capture of everything, word for word', async () => {
      const live = await engine.load(wholeSource(await open(), LOGS, undefined), signal);
      const again = await captureAndLoad(wholeSource(await open(), LOGS, undefined));
      expect(placeless(engine.diagnose(again, request))).toEqual(placeless(engine.diagnose(live, request)));
    });

    function open(): Promise<ClusterSource> {
      return openCapturedCluster(controlPlane().admin.kubeconfig, folder, captured.model.now);
    }
  });

  async function captureAndLoad(source: Source): Promise<Snapshot> {
    const target = join(place, 'capture.tgz');
    await capture({ source, target, hopwiseVersion: '0.0.0', signal });
    return engine.load(await openSource(target), signal);
  }
});

function answerOf({ verdict, causes }: DiagnosisDocument): unknown {
  const [first] = causes;
  return { verdict: verdict.status, cause: first?.id, object: first?.object };
}
