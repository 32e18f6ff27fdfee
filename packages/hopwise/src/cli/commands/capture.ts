import type { CaptureOptions } from '../../engine/capture/options.ts';
import type { Progress, RequestInput } from '../../engine/contract.ts';
import type { Source } from '../../sources/contract.ts';
import { captureText } from '../capture-text.ts';
import { FINE } from '../exit-codes.ts';
import type { Flags, Invocation } from '../invocation.ts';
import type { CliIo } from '../io.ts';
import { connectionOptions } from '../live-cluster.ts';
import { createNotes } from '../notes.ts';
import { readSize } from '../read-size.ts';
import { requestFromFlags } from '../request-input.ts';
import { logOptions, openInput } from '../snapshot.ts';
import { UsageError } from '../usage-error.ts';
import { VERSION } from '../version.ts';

/** Writes what a diagnosis needs to a file. */
export async function run(invocation: Invocation, io: CliIo): Promise<number> {
  const { flags } = invocation;
  const target = flags.get('output');
  if (target === undefined) throw new UsageError('capture needs a place to write to', 'for example: -o incident.tgz');
  const maxSize = flags.get('max-size');
  const logs = readLogs(flags);
  const url = flags.get('for');
  const asked = url === undefined ? undefined : requestFromFlags(url, flags);
  const namespace = url === undefined ? flags.get('namespace') : undefined;
  const bytes = maxSize === undefined ? undefined : readSize(maxSize, '--max-size');
  const pseudonyms = readPseudonyms(flags);
  const notes = createNotes(io, flags.has('quiet'));
  if (asked?.note !== undefined) await notes.note(asked.note);
  const { capture, scopeOfPath } = await import('../../engine/capture/capture.ts');
  const write = (source: Source, more: Partial<CaptureOptions>) =>
    capture({
      source,
      target,
      hopwiseVersion: VERSION,
      signal: io.signal,
      progress: notes.progress,
      onInterrupt: (undo) => io.onInterrupt(undo),
      ...(bytes === undefined ? {} : { maxSize: bytes }),
      ...(pseudonyms === undefined ? {} : { anonymize: pseudonyms }),
      ...more,
    });
  const from = flags.get('from');
  const report = await (from === undefined
    ? withCluster(invocation, io, asked?.input, notes.progress, (source) =>
        write(source, asked === undefined ? {} : { scope: scopeOfPath(asked.input) }),
      )
    : write(await openInput(from, flags, io, notes), {
        ...(namespace === undefined ? {} : { namespaces: [namespace] }),
        ...(asked === undefined ? {} : { request: asked.input }),
        ...(logs === undefined ? {} : { logs }),
      }));
  await notes.clear();
  const map = flags.get('anonymize-map');
  if (map !== undefined) await io.writeFile(map, `${JSON.stringify(report.mapping, undefined, 2)}\n`);
  if (!flags.has('quiet'))
    await io.stdout.write(captureText(report, io.program, asked?.input.url, io.elapsed() / 1000));
  return FINE;
}

function readPseudonyms(flags: Flags): { readonly key?: string } | undefined {
  const key = flags.get('anonymize-key');
  if (flags.has('anonymize')) return key === undefined ? {} : { key };
  for (const flag of ['anonymize-key', 'anonymize-map'] as const) {
    if (flags.has(flag)) throw new UsageError(`--${flag} needs --anonymize`, 'add --anonymize');
  }
  return undefined;
}

function readLogs(flags: Flags): 'none' | 'path' | 'all' | undefined {
  const logs = flags.get('logs');
  if (logs === 'path' && !flags.has('for')) {
    throw new UsageError('only the logs of a path need its URL', 'add --for URL, or take --logs=all');
  }
  return logs === 'none' || logs === 'path' || logs === 'all' ? logs : undefined;
}

/** The live cluster as a source: of one request's path, or all of it or of the namespace. */
async function withCluster<T>(
  { flags }: Invocation,
  io: CliIo,
  request: RequestInput | undefined,
  progress: Progress,
  use: (source: Source) => Promise<T>,
): Promise<T> {
  const [openCluster, { pathSource, wholeSource }] = await Promise.all([
    io.openCluster(),
    import('../../engine/capture/live-source.ts'),
  ]);
  const namespace = request === undefined ? flags.get('namespace') : undefined;
  const cluster = await openCluster(connectionOptions(flags), io.env, {
    ...(namespace === undefined ? {} : { namespace }),
    whole: true,
    tlsFacts: flags.has('tls-facts'),
  });
  try {
    const options = { ...logOptions(flags), logs: flags.get('logs') !== 'none' };
    return await use(
      request === undefined ? wholeSource(cluster, options, progress) : pathSource(cluster, request, options, progress),
    );
  } finally {
    cluster.client.close();
  }
}
