import type { DiffDocument } from '../../report/diagnosis.ts';
import { FINE, WRONG } from '../exit-codes.ts';
import type { Invocation } from '../invocation.ts';
import type { CliIo } from '../io.ts';
import { createNotes } from '../notes.ts';
import { chooseOutput } from '../output.ts';
import { requestFromFlags } from '../request-input.ts';
import { openInput } from '../snapshot.ts';
import { UsageError } from '../usage-error.ts';

/** What changed between two captures? */
export async function run({ operands, flags }: Invocation, io: CliIo): Promise<number> {
  const [before = '', after = '', url] = operands;
  if (before === '-' && after === '-') throw new UsageError('only one side can be standard input');
  const asked = url === undefined ? undefined : requestFromFlags(url, flags);
  const notes = createNotes(io, flags.has('quiet'));
  if (asked?.note !== undefined) await notes.note(asked.note);
  const [{ renderer, options }, { diff }, first, second] = await Promise.all([
    chooseOutput(flags, io),
    import('../../engine/diff/diff.ts'),
    openInput(before, flags, io, notes),
    openInput(after, flags, io, notes),
  ]);
  const found = await diff({
    before: first,
    after: second,
    signal: io.signal,
    progress: notes.progress,
    onInterrupt: (undo) => io.onInterrupt(undo),
    ...(asked === undefined ? {} : { request: asked.input }),
  });
  await notes.clear();
  const document = { ...found, tookMs: Math.round(io.elapsed()) };
  await io.stdout.write(renderer.diff?.(document, options) ?? '');
  return isWorse(document) ? WRONG : FINE;
}

function isWorse({ request, before, after, routes }: DiffDocument): boolean {
  if (request !== undefined) return after.verdict.status === 'failing' && before.verdict.status !== 'failing';
  return routes.some(({ state }) => state === 'worse');
}
