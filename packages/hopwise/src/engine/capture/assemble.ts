import { mkdirSync } from 'node:fs';
import { type CaptureEntry, logEntry, objectsEntry, textEntry } from '../../sources/capture-writer/entries.ts';
import { type FittedLog, fitLogs } from '../../sources/capture-writer/fit-logs.ts';
import { type CaptureManifest, manifestEntry } from '../../sources/capture-writer/manifest.ts';
import { packedSize, writeArchive, writeFolder } from '../../sources/capture-writer/outputs.ts';
import type { Spool } from '../../sources/capture-writer/spool.ts';
import type { KindCoverage, ReadProblem } from '../../sources/contract.ts';
import { CaptureError } from './options.ts';
import type { Selection } from './scope.ts';
import type { Target } from './target.ts';

export interface Assembly {
  readonly spool: Spool;
  readonly selection: Selection;
  readonly manifest: Omit<CaptureManifest, 'coverage' | 'problems'>;
  readonly target: Target;
  readonly maxSize: number;
  readonly signal: AbortSignal;
}

export interface Assembled {
  readonly bytes: number;
  readonly logs: readonly FittedLog[];
  readonly kinds: Selection['kinds'];
  readonly coverage: readonly KindCoverage[];
  readonly problems: readonly ReadProblem[];
}

/** Room for what a budget of compressed pieces does not foresee. */
const SHRINK = 0.9;
const TRIES = 4;

/**
 * Writes the draft. What does not fit is left out in this order, and said: the oldest lines of the largest logs, then
 * Events. Other objects are never left out: without them a diagnosis would be about another cluster.
 */
export async function assemble(assembly: Assembly): Promise<Assembled> {
  const { spool, selection, maxSize } = assembly;
  const whole = selection.logs.map((log) => ({ log, from: 0 }));
  const plain = { logs: whole, kinds: selection.kinds, coverage: selection.coverage, problems: spool.problems };
  const bytes = await write(assembly, plain);
  if (bytes !== undefined) return { ...plain, bytes };
  const bare = await withoutLogs(assembly, plain);
  const sizeOf = assembly.target.isFolder ? (text: Uint8Array) => text.length : packedSize;
  let budget = maxSize - bare.bytes;
  for (let tries = 0; tries < TRIES; tries++, budget *= SHRINK) {
    const fit = fitLogs(spool, selection.logs, budget, sizeOf, assembly.signal);
    const draft = { ...bare, logs: fit.logs, problems: [...spool.problems, ...fit.problems] };
    const size = await write(assembly, draft);
    if (size !== undefined) return { ...draft, bytes: size };
  }
  const left = selection.logs.map(({ namespace, pod }) => ({
    file: `logs/${namespace}/${pod}`,
    message: 'was left out: the capture would be larger than --max-size',
  }));
  const draft = { ...bare, problems: [...spool.problems, ...left] };
  return { ...draft, bytes: (await write({ ...assembly, maxSize: Number.POSITIVE_INFINITY }, draft)) ?? 0 };
}

type Draft = Omit<Assembled, 'bytes'>;

async function withoutLogs(assembly: Assembly, draft: Draft): Promise<Assembled> {
  const bare = { ...draft, logs: [] };
  const bytes = await write(assembly, bare);
  if (bytes !== undefined) return { ...bare, bytes };
  const reason = 'left out: the capture would be larger than --max-size';
  const uneventful: Draft = {
    ...bare,
    kinds: bare.kinds.filter(({ kind }) => kind !== 'Event'),
    coverage: [
      ...bare.coverage.filter(({ kind }) => kind !== 'Event'),
      { kind: 'Event', state: 'not-collected', reason },
    ],
  };
  const size = await write(assembly, uneventful);
  if (size !== undefined) return { ...uneventful, bytes: size };
  throw new CaptureError(
    'the objects alone are larger than --max-size',
    'raise it, or capture less: one namespace with -n, or one path with --for URL',
  );
}

/** Its size in bytes, or undefined when it would be larger than allowed. */
async function write(
  { spool, manifest, target, maxSize, signal }: Assembly,
  draft: Draft,
): Promise<number | undefined> {
  const entries = entriesOf(spool, manifest, draft);
  if (!target.isFolder) return writeArchive(target.draft, entries, maxSize, signal);
  const size = entriesOf(spool, manifest, draft).reduce((sum, entry) => sum + entry.size, 0);
  if (size > maxSize) return undefined;
  mkdirSync(target.draft);
  return writeFolder(target.draft, entries, signal);
}

function entriesOf(spool: Spool, manifest: Assembly['manifest'], draft: Draft): CaptureEntry[] {
  const { logs, kinds, coverage, problems } = draft;
  const response = spool.responses.at(-1);
  return [
    manifestEntry({ ...manifest, coverage, problems: inOrder(problems) }),
    ...logs.map(({ log, from }) => logEntry(spool, log, from)),
    ...kinds.map((kind) => objectsEntry(spool, kind)),
    ...(response === undefined ? [] : [textEntry('response.txt', response.text)]),
  ];
}

/** Sources that read side by side meet the same problems in any order. */
function inOrder(problems: readonly ReadProblem[]): readonly ReadProblem[] {
  const sorted = new Map(
    problems.map((problem) => [`${problem.file}\n${problem.line ?? ''}\n${problem.message}`, problem]),
  );
  return [...sorted].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, problem]) => problem);
}
