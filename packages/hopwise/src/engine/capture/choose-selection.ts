import type { DiagnosisDocument } from '../../report/diagnosis.ts';
import type { Spool } from '../../sources/capture-writer/spool.ts';
import type { JsonObject, Source } from '../../sources/contract.ts';
import type { Progress, RequestInput, Snapshot } from '../contract.ts';
import { diagnose, loadSnapshot } from '../engine.ts';
import { namespacesOnPath, type Selection, select } from './scope.ts';

/**
 * Reads a source that fills the spool, and answers the smallest selection from which the request gets the answer it gets from everything: the namespaces on its path;
 * with all routes, Services and policies of the others; everything. Trying them is the only way to be sure that nothing
 * was left out on which the answer rests.
 */
export async function selectForRequest(
  spool: Spool,
  source: Source,
  request: RequestInput,
  logs: 'none' | 'path' | 'all',
  signal: AbortSignal,
  progress?: Progress,
): Promise<{ readonly description: string; readonly selection: Selection }> {
  const snapshot = await loadSnapshot(source, signal, progress);
  const selection = await choose(spool, snapshot, request, logs, signal);
  return { description: snapshot.source.description, selection };
}

async function choose(
  spool: Spool,
  snapshot: Snapshot,
  request: RequestInput,
  logs: 'none' | 'path' | 'all',
  signal: AbortSignal,
): Promise<Selection> {
  const wanted = diagnose(snapshot, request);
  const namespaces = namespacesOnPath(wanted);
  for (const kinds of ['all', 'bulk'] as const) {
    const selection = select(spool, { namespaces, kinds }, logs);
    const smaller = await loadSnapshot(sourceOf(spool, select(spool, { namespaces, kinds }, 'path')), signal);
    if (answerOf(diagnose(smaller, request)) === answerOf(wanted)) return selection;
  }
  const everything = select(spool, undefined, logs);
  return {
    ...everything,
    logs: logs === 'path' ? select(spool, { namespaces, kinds: 'all' }, logs).logs : everything.logs,
  };
}

/** What has to stay the same. */
function answerOf({ verdict, causes }: DiagnosisDocument): string {
  const { status, observedStatus, predictedStatus } = verdict;
  return JSON.stringify([
    status,
    observedStatus,
    predictedStatus,
    causes.map(({ id, object, confidence }) => [id, object, confidence]),
  ]);
}

function sourceOf(spool: Spool, { kinds, logs, coverage }: Selection): Source {
  return {
    id: 'selection',
    async read(sink) {
      sink.snapshot(spool.facts);
      for (const entry of coverage) sink.coverage(entry);
      for (const { objects } of kinds) {
        for (const object of objects) {
          sink.object(JSON.parse(spool.readObject(object).toString()) as JsonObject, { file: 'selection' });
        }
      }
      for (const { start, length, ...log } of logs) {
        sink.log({ ...log, text: spool.readLog({ ...log, start, length }).toString() });
      }
      for (const { text, file } of spool.responses) sink.response(text, file);
      return { kind: 'selection', path: '', description: '' };
    },
  };
}
