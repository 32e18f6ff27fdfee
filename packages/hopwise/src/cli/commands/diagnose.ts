import { answerRequests } from '../answer-requests.ts';
import { exitCodeOfDiagnosis } from '../exit-codes.ts';
import type { Invocation } from '../invocation.ts';
import type { CliIo } from '../io.ts';
import { chooseOutput } from '../output.ts';
import { requestFromFlags } from '../request-input.ts';
import { loadSnapshot } from '../snapshot.ts';
import { noteUnknownHost } from '../unknown-host.ts';

/** Why does this URL fail? */
export async function run(invocation: Invocation, io: CliIo): Promise<number> {
  const { argument, flags } = invocation;
  if (flags.has('requests') || argument === undefined) {
    return answerRequests(invocation, io, {
      answer: (engine, snapshot, input) => engine.diagnose(snapshot, input),
      exitCode: exitCodeOfDiagnosis,
    });
  }
  const { input, note } = requestFromFlags(argument, flags);
  const [{ renderer, options }, { engine, snapshot, notes }] = await Promise.all([
    chooseOutput(flags, io),
    loadSnapshot(invocation, io, input),
  ]);
  if (note !== undefined) await notes.note(note);
  const diagnosis = engine.diagnose(snapshot, input);
  if (diagnosis.verdict.status !== 'healthy') {
    const unknown = noteUnknownHost(input.url, input.headers ?? {}, snapshot.model);
    if (unknown !== undefined) await notes.note(unknown);
  }
  const document = { ...diagnosis, tookMs: Math.round(io.elapsed()) };
  await io.stdout.write(renderer.diagnosis?.(document, options) ?? '');
  return exitCodeOfDiagnosis(document);
}
