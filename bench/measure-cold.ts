import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { PACKAGE } from '../tools/build/bundle.ts';
import { DEMO_CAPTURE, DEMO_URL } from '../tools/demo.ts';

export interface ColdResult {
  readonly diagnoseMs: number;
  readonly emptyMs: number;
  readonly ratio: number;
}

const ROUNDS = 15;

/**
 * Median wall time of a whole `hopwise diagnose` process against one that does nothing, taken in turns so that a busy
 * moment of the machine hits both. One run of each before it counts: the file system is warm, and so is Node's compile cache.
 */
export function measureCold(): ColdResult {
  const diagnose = [join(PACKAGE, 'bin', 'hopwise.cjs'), 'diagnose', DEMO_URL, '--from', DEMO_CAPTURE];
  const empty = ['-e', '0'];
  time(diagnose);
  time(empty);
  const rounds = Array.from({ length: ROUNDS }, () => ({ diagnose: time(diagnose), empty: time(empty) }));
  const diagnoseMs = median(rounds.map((round) => round.diagnose));
  const emptyMs = median(rounds.map((round) => round.empty));
  return { diagnoseMs, emptyMs, ratio: diagnoseMs / emptyMs };
}

function time(args: readonly string[]): number {
  const start = performance.now();
  const done = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const took = performance.now() - start;
  // Exit code 1 is an answer (something is wrong with the URL); 2 is none.
  if (done.status === null || done.status > 1) throw new Error(`hopwise failed: ${done.stderr}`);
  return took;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
