import type { Engine, Snapshot } from '../engine/contract.ts';
import type { Invocation } from './invocation.ts';
import type { CliIo } from './io.ts';
import { noSourceError } from './live-cluster.ts';
import { createNotes, type Notes } from './notes.ts';

export interface Loaded {
  readonly engine: Engine;
  readonly snapshot: Snapshot;
  readonly notes: Notes;
}

/** Reads what --from names, once. Engine and reader are loaded side by side. */
export async function loadSnapshot(invocation: Invocation, io: CliIo): Promise<Loaded> {
  const { flags } = invocation;
  const from = flags.get('from');
  if (from === undefined) throw noSourceError(invocation, io.program);
  const notes = createNotes(io, flags.has('quiet'));
  for (const flag of ['context', 'kubeconfig'] as const) {
    if (flags.has(flag)) await notes.note(`--${flag} means nothing with --from`);
  }
  if (from === '-' && io.stdin.isTerminal) await notes.note('reading objects from the terminal; Ctrl-D ends them');
  const [engine, openSource] = await Promise.all([io.engine(), io.openSource()]);
  const source = await openSource(from, { stdin: io.stdin, signal: io.signal });
  const snapshot = await engine.load(source, io.signal, notes.progress);
  await notes.clear();
  return { engine, snapshot, notes };
}
