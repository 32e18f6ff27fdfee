import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { foreignKind, ownKind } from '../../model/project/index.ts';
import type { Mapping } from '../../sources/anonymize/anonymizer.ts';
import { Spool } from '../../sources/capture-writer/spool.ts';
import type { Sink, Source } from '../../sources/contract.ts';
import { redactText } from '../../sources/redaction/redact-text.ts';
import { redactingSink } from '../../sources/redaction/redacting-sink.ts';
import { teeSink } from '../../sources/tee-sink.ts';
import type { RequestInput } from '../contract.ts';
import { type Assembled, assemble } from './assemble.ts';
import { CaptureError, type CaptureOptions, type CaptureReport } from './options.ts';
import { type Selection, select } from './scope.ts';
import { prepareTarget } from './target.ts';

/** What a capture may take when nobody says: it goes into tickets and mails. */
export const DEFAULT_MAX_SIZE = 50 * 1024 * 1024;

/**
 * Reads a source once and writes it as a capture, redacted. The target appears when it is whole: an error, an abort or
 * `onInterrupt`'s undo leaves what was there before. Throws CaptureError for what cannot be written as asked, and
 * RequestError for a request that makes no sense.
 */
export async function capture(options: CaptureOptions): Promise<CaptureReport> {
  const { signal, request } = options;
  if (options.logs === 'path' && request === undefined) {
    throw new CaptureError('only the logs of a path need its URL', 'add --for URL, or take --logs=all');
  }
  if (options.namespaces !== undefined && request !== undefined) {
    throw new CaptureError('a capture is of namespaces or of a path, not of both', 'leave out -n or --for');
  }
  const target = prepareTarget(options.target);
  const spools: Spool[] = [];
  const undo = (): void => {
    for (const spool of spools.splice(0)) spool.close();
    target.discard();
  };
  const done = options.onInterrupt?.(undo);
  const open = (name: string): Spool => {
    const folder = join(target.workshop, name);
    mkdirSync(folder, { mode: 0o700 });
    const spool = new Spool(folder, (apiVersion, kind) => ownKind(apiVersion, kind) ?? foreignKind(apiVersion, kind));
    spools.push(spool);
    return spool;
  };
  try {
    const spool = open('spool');
    const read = await readInto(spool, options);
    options.progress?.({ stage: 'write', detail: options.target });
    const contents = await contentsOf(spool, read.selection, options, () => open('pseudonyms'));
    const { time, serverVersion } = spool.facts;
    const { scope, selection } = contents;
    const assembled = await assemble({
      spool: contents.spool,
      selection,
      manifest: {
        time,
        serverVersion,
        scope,
        hopwiseVersion: options.hopwiseVersion,
        anonymized: options.anonymize !== undefined,
      },
      target,
      maxSize: options.maxSize ?? DEFAULT_MAX_SIZE,
      signal,
    });
    signal.throwIfAborted();
    target.publish();
    const { mapping } = contents;
    return {
      ...report(options, read.description, scope, spool, assembled),
      ...(mapping === undefined ? {} : { mapping }),
    };
  } finally {
    undo();
    done?.();
  }
}

interface Contents {
  readonly spool: Spool;
  readonly selection: Selection;
  readonly scope: string | undefined;
  readonly mapping?: Mapping;
}

/** What is written: as it was read, or under pseudonyms. */
async function contentsOf(
  spool: Spool,
  selection: Selection,
  options: CaptureOptions,
  openSpool: () => Spool,
): Promise<Contents> {
  const scope = scopeOf(options) ?? spool.facts.scope;
  if (options.anonymize === undefined) return { spool, selection, scope };
  const { anonymize } = await import('./anonymize.ts');
  const other = openSpool();
  const found = anonymize(spool, selection, other, { secret: options.anonymize.key, scope, signal: options.signal });
  return { spool: other, selection: found.selection, scope: found.scope, mapping: found.mapping };
}

interface Read {
  readonly description: string;
  readonly selection: Selection;
}

async function readInto(spool: Spool, options: CaptureOptions): Promise<Read> {
  const { source, request, namespaces, signal, progress } = options;
  const sink = redactingSink(spool);
  if (request === undefined) {
    progress?.({ stage: 'read', detail: source.id });
    const { description } = await source.read(sink, signal);
    const scope = namespaces === undefined ? undefined : ({ namespaces: new Set(namespaces), kinds: 'all' } as const);
    return { description, selection: select(spool, scope, options.logs ?? 'all') };
  }
  // Only a path needs the engine to be found, and loading it takes longer than most captures.
  const { selectForRequest } = await import('./choose-selection.ts');
  return selectForRequest(spool, tee(source, sink), request, options.logs ?? 'path', signal, progress);
}

/** A source whose every delivery goes to `also` too. */
function tee(source: Source, also: Sink): Source {
  return { id: source.id, read: (sink, signal) => source.read(teeSink(sink, also), signal) };
}

function scopeOf({ namespaces, request, scope }: CaptureOptions): string | undefined {
  if (scope !== undefined) return scope;
  const parts = [
    ...(namespaces === undefined ? [] : [`namespace ${namespaces.join(', ')}`]),
    ...(request === undefined ? [] : [scopeOfPath(request)]),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}

/** How capture.yaml names the path of a request. */
export function scopeOfPath({ url }: RequestInput): string {
  return `path of ${redactText(url.replace(/[?#].*$/, ''), 'config')}`;
}

function report(
  { target }: CaptureOptions,
  source: string,
  scope: string | undefined,
  spool: Spool,
  { bytes, kinds, logs, coverage, problems }: Assembled,
): CaptureReport {
  return {
    target,
    bytes,
    source,
    scope,
    objects: kinds.reduce((sum, { objects }) => sum + objects.length, 0),
    kinds: kinds.map(({ kind, objects }) => ({ kind, count: objects.length })),
    logs: logs.length,
    logBytes: logs.reduce((sum, { log, from }) => sum + log.length - from, 0),
    responses: Math.min(1, spool.responses.length),
    gaps: coverage
      .filter(({ state }) => state !== 'complete' && state !== 'assumed-none' && state !== 'not-installed')
      .map(({ kind, state, reason }) => ({ kind, state, reason: reason ?? '' })),
    problems: problems.map(({ file, message }) => ({ file, message })),
  };
}
