import { answerRequests } from '../answer-requests.ts';
import { exitCodeOfDiagnosis } from '../exit-codes.ts';
import type { Invocation } from '../invocation.ts';
import type { CliIo } from '../io.ts';
import { loadRequest } from '../load-request.ts';
import { chooseOutput } from '../output.ts';
import { insideFromFlags, probingFromFlags } from '../probing.ts';
import { noteUnknownHost } from '../unknown-host.ts';
import { UsageError } from '../usage-error.ts';

/** Why does this URL fail? */
export async function run(invocation: Invocation, io: CliIo): Promise<number> {
  const { argument, flags } = invocation;
  if (flags.has('requests') || argument === undefined) {
    if (flags.has('probe') && flags.get('probe') !== 'off')
      throw new UsageError('--probe and --requests exclude each other', 'probe one URL at a time');
    if (flags.has('gateway-config'))
      throw new UsageError('--gateway-config and --requests exclude each other', 'ask for one URL at a time');
    return answerRequests(invocation, io, {
      answer: (engine, snapshot, input) => engine.diagnose(snapshot, input),
      exitCode: exitCodeOfDiagnosis,
    });
  }
  const probing = await probingFromFlags(flags, io, flags.has('from') ? 'off' : 'on');
  const [{ renderer, options }, { engine, snapshot, notes, input, askable, cluster }] = await Promise.all([
    chooseOutput(flags, io),
    loadRequest(invocation, io, argument, probing),
  ]);
  const diagnosis =
    probing === undefined || !askable
      ? engine.diagnose(snapshot, input)
      : await engine.diagnoseWithProbes(
          snapshot,
          input,
          { ...probing, ...(await insideFromFlags(flags, io, cluster, notes)) },
          io.signal,
          notes.progress,
        );
  cluster?.client.close();
  await notes.clear();
  if (diagnosis.verdict.status !== 'healthy') {
    const unknown = noteUnknownHost(input.url, input.headers ?? {}, snapshot.model);
    if (unknown !== undefined) await notes.note(unknown);
  }
  const document = { ...diagnosis, tookMs: Math.round(io.elapsed()) };
  await io.stdout.write(renderer.diagnosis?.(document, options) ?? '');
  return exitCodeOfDiagnosis(document);
}
