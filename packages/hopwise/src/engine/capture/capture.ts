import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Spool } from '../../sources/capture-writer/spool.ts';
import type { Sink, Source } from '../../sources/contract.ts';
import { redactingSink } from '../../sources/redaction/redacting-sink.ts';
import { loadSnapshot } from '../engine.ts';
import { type Assembled, assemble } from './assemble.ts';
import { chooseForRequest } from './choose-selection.ts';
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
  let spool: Spool | undefined;
  const undo = (): void => {
    spool?.close();
    spool = undefined;
    target.discard();
  };
  const done = options.onInterrupt?.(undo);
  try {
    const folder = join(target.workshop, 'spool');
    mkdirSync(folder, { mode: 0o700 });
    spool = new Spool(folder);
    const read = await readInto(spool, options);
    options.progress?.({ stage: 'write', detail: options.target });
    const { time, serverVersion } = spool.facts;
    const scope = scopeOf(options) ?? spool.facts.scope;
    const assembled = await assemble({
      spool,
      selection: read.selection,
      manifest: { time, serverVersion, scope, hopwiseVersion: options.hopwiseVersion, anonymized: false },
      target,
      maxSize: options.maxSize ?? DEFAULT_MAX_SIZE,
      signal,
    });
    signal.throwIfAborted();
    target.publish();
    return report(options, read.description, scope, spool, assembled);
  } finally {
    undo();
    done?.();
  }
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
  const snapshot = await loadSnapshot(tee(source, sink), signal, progress);
  const selection = await chooseForRequest(spool, snapshot, request, options.logs ?? 'path', signal);
  return { description: snapshot.source.description, selection };
}

/** A source whose every delivery goes to `also` too. */
function tee(source: Source, also: Sink): Source {
  return {
    id: source.id,
    read: (sink, signal) =>
      source.read(
        {
          object: (raw, origin) => {
            sink.object(raw, origin);
            also.object(raw, origin);
          },
          log: (file) => {
            sink.log(file);
            also.log(file);
          },
          response: (text, file) => {
            sink.response(text, file);
            also.response(text, file);
          },
          problem: (problem) => {
            sink.problem(problem);
            also.problem(problem);
          },
          coverage: (entry) => {
            sink.coverage(entry);
            also.coverage(entry);
          },
          snapshot: (facts) => {
            sink.snapshot(facts);
            also.snapshot(facts);
          },
        },
        signal,
      ),
  };
}

function scopeOf({ namespaces, request }: CaptureOptions): string | undefined {
  const parts = [
    ...(namespaces === undefined ? [] : [`namespace ${namespaces.join(', ')}`]),
    ...(request === undefined ? [] : [`path of ${request.url.replace(/[?#].*$/, '')}`]),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
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
