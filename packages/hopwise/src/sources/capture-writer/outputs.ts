import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createGzip, deflateRawSync } from 'node:zlib';
import { createTarPacker } from 'modern-tar';
import type { CaptureEntry } from './entries.ts';

/** The folder in which an archive holds its files, so that unpacking it makes one folder. */
const ROOT = 'capture';
/** Byte of a gzip header that names the operating system (RFC 1952, section 2.3.1); 255 is "unknown". */
const GZIP_OS = 9;

/**
 * Writes entries as a gzipped tar file and says its size. The same entries are the same bytes: times, owners and the
 * gzip header are fixed. With a `limit`, stops writing and answers undefined once the file is larger.
 */
export async function writeArchive(
  path: string,
  entries: Iterable<CaptureEntry>,
  limit: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  const file = openSync(path, 'w', 0o600);
  const { readable, controller } = createTarPacker();
  const stop = new AbortController();
  const packing = pack(controller, entries, AbortSignal.any([signal, stop.signal]));
  // Awaited below; a failure before that must not count as unhandled.
  packing.catch((error: unknown) => controller.error(error));
  let size = 0;
  try {
    const gzip = createGzip({ level: 6 });
    const zipping = pump(readable, gzip);
    zipping.catch((error: unknown) => gzip.destroy(error instanceof Error ? error : new Error(String(error))));
    for await (const chunk of gzip as AsyncIterable<Buffer>) {
      if (size === 0) chunk[GZIP_OS] = 255;
      for (let done = 0; done < chunk.length; ) done += writeSync(file, chunk, done);
      size += chunk.length;
      if (size > limit) return undefined;
    }
    await packing;
    fsyncSync(file);
    return size;
  } finally {
    stop.abort();
    closeSync(file);
  }
}

async function pack(
  controller: ReturnType<typeof createTarPacker>['controller'],
  entries: Iterable<CaptureEntry>,
  signal: AbortSignal,
): Promise<void> {
  for (const { path, size, chunks } of entries) {
    signal.throwIfAborted();
    const header = {
      name: `${ROOT}/${path}`,
      size,
      type: 'file',
      mode: 0o644,
      mtime: new Date(0),
      uid: 0,
      gid: 0,
    } as const;
    const writer = controller.add(header).getWriter();
    for (const chunk of chunks()) await writer.write(chunk);
    await writer.close();
  }
  controller.finalize();
}

async function pump(readable: AsyncIterable<Uint8Array>, gzip: ReturnType<typeof createGzip>): Promise<void> {
  for await (const chunk of readable) {
    if (!gzip.write(chunk)) await new Promise((resolve) => gzip.once('drain', resolve));
  }
  gzip.end();
}

/** What text takes in an archive, on its own: together it takes no more. */
export function packedSize(bytes: Uint8Array): number {
  return deflateRawSync(bytes).length;
}

/** Writes entries as files under a new folder and says how many bytes they hold. */
export function writeFolder(folder: string, entries: Iterable<CaptureEntry>, signal: AbortSignal): number {
  let size = 0;
  for (const entry of entries) {
    signal.throwIfAborted();
    const path = join(folder, ...entry.path.split('/'));
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(path, 'wx', 0o600);
    try {
      for (const chunk of entry.chunks()) {
        for (let done = 0; done < chunk.length; ) done += writeSync(file, chunk, done);
      }
    } finally {
      closeSync(file);
    }
    size += entry.size;
  }
  return size;
}
