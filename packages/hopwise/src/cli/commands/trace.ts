import { answerRequests } from '../answer-requests.ts';
import { exitCodeOfTrace } from '../exit-codes.ts';
import type { Invocation } from '../invocation.ts';
import type { CliIo } from '../io.ts';
import { chooseOutput } from '../output.ts';
import { requestFromFlags } from '../request-input.ts';
import { loadSnapshot } from '../snapshot.ts';
import { noteUnknownHost } from '../unknown-host.ts';

/** Where does this request go? */
export async function run(invocation: Invocation, io: CliIo): Promise<number> {
  const { argument, flags } = invocation;
  if (flags.has('requests') || argument === undefined) {
    return answerRequests(invocation, io, {
      answer: (engine, snapshot, input) => engine.trace(snapshot, input),
      exitCode: exitCodeOfTrace,
    });
  }
  const { input, note } = requestFromFlags(argument, flags);
  const [{ renderer, options }, { engine, snapshot, notes }] = await Promise.all([
    chooseOutput(flags, io),
    loadSnapshot(invocation, io, input),
  ]);
  if (note !== undefined) await notes.note(note);
  const document = engine.trace(snapshot, input);
  if (document.decision.kind === 'none') {
    const unknown = noteUnknownHost(input.url, input.headers ?? {}, snapshot.model);
    if (unknown !== undefined) await notes.note(unknown);
  }
  await io.stdout.write(renderer.trace?.(document, options) ?? '');
  return exitCodeOfTrace(document);
}
