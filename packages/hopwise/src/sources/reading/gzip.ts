import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { SourceError } from '../source-error.ts';
import { type InputFile, memoryFile } from './input-file.ts';
import type { Retention } from './retention.ts';

/** Unpacked sizes up to this are never suspicious, whatever their ratio. */
const HARMLESS = 64 * 1024 * 1024;
/** Manifests of one shape repeated many times reach about 60; a bomb is near gzip's own limit of 1,000. */
const MAX_RATIO = 250;
const MAX_UNPACKED = 16 * 1024 * 1024 * 1024;

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Unpacks a stream; refuses one that unpacks to far more than manifests and logs ever do. */
export async function* gunzip(chunks: AsyncIterable<Uint8Array>, name: string): AsyncIterable<Uint8Array> {
  let packed = 0;
  let unpacked = 0;
  async function* counted() {
    for await (const chunk of chunks) {
      packed += chunk.length;
      // The decompressor works on while the next chunk is read into the same memory.
      yield Buffer.from(chunk);
    }
  }
  const unzip = createGunzip({ chunkSize: 256 * 1024 });
  pipeline(Readable.from(counted()), unzip, () => {
    // An error destroys the decompressor with it, and the loop below throws it.
  });
  for await (const chunk of unzip as AsyncIterable<Buffer>) {
    unpacked += chunk.length;
    if (unpacked > MAX_UNPACKED) throw bomb(name, 'unpacks to more than 16 GiB');
    if (unpacked > HARMLESS && unpacked > packed * MAX_RATIO) {
      throw bomb(name, `unpacks to more than ${MAX_RATIO} times its size`);
    }
    yield chunk;
  }
}

function bomb(name: string, what: string): SourceError {
  return new SourceError('unsafe-archive', `${name} ${what}`, 'unpack it yourself and give the folder to --from');
}

/** The unpacked content of a gzipped file, kept in memory while there is room for it. */
export async function unzippedFile(file: InputFile, retention: Retention): Promise<InputFile> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of gunzip(file.chunks(), file.name)) {
    parts.push(Buffer.from(chunk));
    size += chunk.length;
    if (size > retention.remaining) return { name: file.name, chunks: () => gunzip(file.chunks(), file.name) };
  }
  retention.take(size);
  return memoryFile(file.name, Buffer.concat(parts));
}
