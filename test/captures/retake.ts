import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capture } from '../../packages/hopwise/src/engine/capture/capture.ts';
import type { CaptureOptions } from '../../packages/hopwise/src/engine/capture/options.ts';
import type { Snapshot } from '../../packages/hopwise/src/engine/contract.ts';
import { loadSnapshot } from '../../packages/hopwise/src/engine/engine.ts';
import type { DiagnosisDocument } from '../../packages/hopwise/src/report/diagnosis.ts';
import { openSource } from '../../packages/hopwise/src/sources/open.ts';

/** Captures a capture and loads both. */
export async function retake(
  folder: string,
  more: Partial<CaptureOptions> = {},
): Promise<{ readonly before: Snapshot; readonly after: Snapshot }> {
  const { signal } = new AbortController();
  const place = mkdtempSync(join(tmpdir(), 'hopwise-retake-'));
  try {
    const target = join(place, 'again.tgz');
    await capture({ source: await openSource(folder), target, hopwiseVersion: '0.0.0', signal, ...more });
    return {
      before: await loadSnapshot(await openSource(folder), signal),
      after: await loadSnapshot(await openSource(target), signal),
    };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** A diagnosis without what names the place it was read from. */
export function placeless({ source: _, ...document }: DiagnosisDocument): unknown {
  const text = JSON.stringify(document, (key, value: unknown) =>
    key === 'file' || key === 'line' || key === 'place' ? undefined : value,
  );
  return JSON.parse(
    text
      .replaceAll(/\b(?:capture\/)?(?:[\w-]+\.ya?ml|objects\/[\w.]+\.json)(?::\d+)?/g, 'FILE')
      .replaceAll('capture/', ''),
  );
}

/** What has to be the same when less was captured. */
export function answer({ verdict, causes }: DiagnosisDocument): unknown {
  return [verdict.status, causes.map(({ id, object, confidence }) => `${id} ${object} ${confidence}`)];
}
