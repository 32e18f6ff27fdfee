import { answerRequests } from '../answer-requests.ts';
import { exitCodeOfTrace } from '../exit-codes.ts';
import type { Invocation } from '../invocation.ts';
import type { CliIo } from '../io.ts';
import { loadRequest } from '../load-request.ts';
import { chooseOutput } from '../output.ts';
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
  const [{ renderer, options }, { engine, snapshot, notes, input }] = await Promise.all([
    chooseOutput(flags, io),
    loadRequest(invocation, io, argument),
  ]);
  const document = engine.trace(snapshot, input);
  if (document.decision.kind === 'none') {
    const unknown = noteUnknownHost(input.url, input.headers ?? {}, snapshot.model);
    if (unknown !== undefined) await notes.note(unknown);
  }
  await io.stdout.write(renderer.trace?.(document, options) ?? '');
  return exitCodeOfTrace(document);
}
