import { createTarDecoder } from 'modern-tar';
import type { ReadProblem } from '../contract.ts';
import type { ReadContext } from '../reading/delivery.ts';
import { gunzip, unzippedFile } from '../reading/gzip.ts';
import { type InputFile, memoryFile } from '../reading/input-file.ts';
import type { InputTree, TreeEntry } from '../reading/input-tree.ts';
import type { Retention } from '../reading/retention.ts';
import { SourceError } from '../source-error.ts';

const MAX_ENTRIES = 200_000;
const MAX_TOTAL = 16 * 1024 * 1024 * 1024;
/** Objects of files beyond this are read in passing and have no lines. */
const MAX_KEPT_FILE = 32 * 1024 * 1024;

interface TarEntry {
  /** Safe path; undefined for an entry that is not read (a link, a device, a path out of the archive). */
  readonly path: string | undefined;
  readonly size: number;
  /** Can be left unread. */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * A tar archive, gzipped or not. It is gone through twice, once for its table of contents and once for its files, and
 * never unpacked to disk; links and devices are not followed and paths never leave it.
 */
export async function openTar(
  label: string,
  packed: InputFile,
  zipped: boolean,
  retention: Retention,
  signal: AbortSignal,
): Promise<InputTree> {
  const bytes = () => (zipped ? gunzip(packed.chunks(), label) : packed.chunks());
  const contents = await list(label, bytes, signal);
  return {
    kind: 'archive',
    label,
    entries: contents.entries,
    problems: contents.problems,
    visit: (readerOf, context) => visit(bytes, contents.last, readerOf, context, retention),
  };
}

interface Contents {
  readonly entries: TreeEntry[];
  readonly problems: ReadProblem[];
  /** Position of the last entry of each path: of a file that stands twice, tar keeps the later one. */
  readonly last: Map<string, number>;
}

async function list(label: string, bytes: () => AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Contents> {
  const sizes = new Map<string, number>();
  const last = new Map<string, number>();
  const problems: ReadProblem[] = [];
  let position = 0;
  let total = 0;
  try {
    for await (const entry of readEntries(bytes())) {
      signal.throwIfAborted();
      position++;
      total += entry.size;
      if (position > MAX_ENTRIES) throw unsafe(label, `holds more than ${MAX_ENTRIES} entries`);
      if (total > MAX_TOTAL) throw unsafe(label, 'holds more than 16 GiB');
      if (entry.path !== undefined) {
        sizes.set(entry.path, entry.size);
        last.set(entry.path, position);
      } else if (entry.size > 0) {
        problems.push({ file: label, message: `entry ${position} has a path out of the archive and is not read` });
      }
    }
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    // A download that was cut off is still worth what arrived.
    if (sizes.size === 0) {
      throw new SourceError('broken-archive', `${label} is not a readable tar archive`, 'check it with: tar tf');
    }
    problems.push({ file: label, message: 'is damaged or cut off; what comes before that is used' });
  }
  const entries = [...sizes].map(([path, size]) => ({ path, size }));
  entries.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { entries, problems, last };
}

function unsafe(label: string, what: string): SourceError {
  return new SourceError('unsafe-archive', `${label} ${what}`, 'unpack it yourself and give the folder to --from');
}

async function visit(
  bytes: () => AsyncIterable<Uint8Array>,
  last: ReadonlyMap<string, number>,
  readerOf: Parameters<InputTree['visit']>[0],
  context: ReadContext,
  retention: Retention,
): Promise<void> {
  let position = 0;
  try {
    for await (const entry of readEntries(bytes())) {
      context.signal.throwIfAborted();
      position++;
      const { path } = entry;
      const read = path === undefined || last.get(path) !== position ? undefined : readerOf(path);
      if (path !== undefined && read !== undefined) await read(await fileOf(path, entry, retention), context);
    }
  } catch (error) {
    // The damage was named when the contents were listed.
    if (!(error instanceof Damage)) throw error;
  }
}

/** The archive itself cannot be read on, as opposed to a fault of whoever takes its files. */
class Damage extends Error {}

async function fileOf(path: string, entry: TarEntry, retention: Retention): Promise<InputFile> {
  const zipped = path.endsWith('.gz');
  const kept = entry.size <= MAX_KEPT_FILE && retention.take(entry.size);
  if (!kept && !zipped) return { name: path, size: entry.size, chunks: () => entry.body };
  const parts: Uint8Array[] = [];
  for await (const chunk of entry.body) parts.push(chunk);
  const file = memoryFile(path, Buffer.concat(parts));
  return zipped ? unzippedFile(file, retention) : file;
}

async function* readEntries(bytes: AsyncIterable<Uint8Array>): AsyncIterable<TarEntry> {
  const stream = ReadableStream.from(ownChunks(bytes)).pipeThrough(createTarDecoder({ strict: true }));
  for await (const { header, body } of named(stream)) {
    const isFile = header.type === 'file' || header.type === undefined;
    const rest = named(body)[Symbol.asyncIterator]();
    yield {
      path: isFile ? safePath(header.name) : undefined,
      size: isFile ? header.size : 0,
      body: onward(rest),
    };
    // The decoder waits for every byte of an entry; it also has a `cancel`, behind which it can wait for ever.
    while ((await rest.next()).done !== true);
  }
}

/** What is left of an iterator, which stays usable when its reader stops early. */
function onward<T>(rest: AsyncIterator<T>): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => ({ next: () => rest.next() }) };
}

/** The same stream with its failures told apart from those of its reader. */
async function* named<T>(stream: AsyncIterable<T>): AsyncIterable<T> {
  const iterator = stream[Symbol.asyncIterator]();
  for (;;) {
    let next: IteratorResult<T>;
    try {
      next = await iterator.next();
    } catch (error) {
      throw error instanceof SourceError ? error : new Damage('', { cause: error });
    }
    if (next.done === true) return;
    yield next.value;
  }
}

/** Chunks may reuse their memory; a web stream holds several of them at once. */
async function* ownChunks(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array<ArrayBuffer>> {
  for await (const chunk of bytes) yield new Uint8Array(chunk);
}

/** The path without `./`; undefined when it is absolute or climbs out. */
function safePath(name: string): string | undefined {
  const steps = name.split(/[/\\]/).filter((step) => step !== '' && step !== '.');
  const leaves = /^(?:[/\\]|[A-Za-z]:)/.test(name) || steps.includes('..');
  return leaves || steps.length === 0 || name.length > 4096 ? undefined : steps.join('/');
}
