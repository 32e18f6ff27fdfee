import { join } from 'node:path';
import { expect, it } from 'vitest';
import { engine } from '../../packages/hopwise/src/engine/engine.ts';
import type { DiagnosisDocument } from '../../packages/hopwise/src/report/diagnosis.ts';
import { openSource } from '../../packages/hopwise/src/sources/open.ts';
import { findSharedCases } from '../../tools/incidents/case.ts';
import { loadObjects } from '../controlplane/load-objects.ts';
import { openCapturedCluster } from './captured-cluster.ts';
import { describeLive } from './describe-live.ts';

describeLive('captures, read live', {}, (controlPlane) => {
  for (const { id, folder, requests } of findSharedCases())
    it(`${id} gets the same answer from the cluster as from the folder`, async () => {
      const { signal } = new AbortController();
      const loaded = await loadObjects(controlPlane(), folder);
      controlPlane().kubelet.serveLogs(join(folder, 'logs'));
      try {
        const captured = await engine.load(await openSource(folder), signal);
        for (const request of requests) {
          const cluster = await openCapturedCluster(controlPlane().admin.kubeconfig, folder, captured.model.now);
          const live = await engine.loadPath(cluster, request, { logs: true }, signal);
          expect(answerOf(engine.diagnose(live, request))).toEqual(answerOf(engine.diagnose(captured, request)));
        }
      } finally {
        await loaded.unload();
      }
    });
});

function answerOf({ verdict, causes }: DiagnosisDocument): unknown {
  const [first] = causes;
  return { verdict: verdict.status, cause: first?.id, object: first?.object };
}
