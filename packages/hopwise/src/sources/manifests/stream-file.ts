import { isGzip } from '../reading/gzip.ts';
import type { InputFile } from '../reading/input-file.ts';
import { memoryFile } from '../reading/input-file.ts';
import type { Retention } from '../reading/retention.ts';
import { SourceError } from '../source-error.ts';

/** An archive has to be gone through twice, so one that is piped is held whole. */
const MAX_PIPED_ARCHIVE = 1024 * 1024 * 1024;

/**
 * A stream (standard input, a named pipe) as a file. What fits is kept, so that lines can be worked out; a longer stream of objects is read in
 * passing, once.
 */
export async function openStream(
  name: string,
  stdin: AsyncIterable<Uint8Array>,
  retention: Retention,
  signal: AbortSignal,
): Promise<InputFile> {
  const iterator = stdin[Symbol.asyncIterator]();
  const parts: Buffer[] = [];
  let size = 0;
  for (;;) {
    signal.throwIfAborted();
    const next = await iterator.next();
    if (next.done === true) {
      retention.take(size);
      return memoryFile(name, Buffer.concat(parts));
    }
    const chunk = Buffer.from(next.value);
    parts.push(chunk);
    size += chunk.length;
    if (size <= retention.remaining) continue;
    if (!isGzip(parts[0] ?? chunk) && !isTarHead(parts)) return once(name, parts, iterator);
    if (size > MAX_PIPED_ARCHIVE) {
      throw new SourceError(
        'too-large',
        'the archive comes through a pipe and is larger than 1 GiB',
        'save it to a file first',
      );
    }
  }
}

function isTarHead(parts: readonly Buffer[]): boolean {
  return Buffer.concat(parts.slice(0, 8)).toString('latin1', 257, 262) === 'ustar';
}

/** The parts read so far and then the rest. The beginning can be looked at again, the rest comes once. */
function once(name: string, parts: readonly Buffer[], rest: AsyncIterator<Uint8Array>): InputFile {
  return {
    name,
    async *chunks() {
      yield* parts;
      for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
    },
  };
}
