import { closeSync, openSync, readSync } from 'node:fs';

/** A file of the input, wherever it lies: on disk, in an archive, on stdin. */
export interface InputFile {
  /** As messages print it: the path inside the input, or as the user gave it. */
  readonly name: string;
  /** Undefined when it shows only at the end. */
  readonly size?: number;
  /** The bytes in order; chunks may reuse their memory. */
  chunks(): AsyncIterable<Uint8Array>;
  /** Bytes of the file once more, for lines that are asked for later; throws or answers less when they are gone. */
  readonly range?: (start: number, end: number) => Buffer;
}

const CHUNK = 1024 * 1024;

/** A file on disk. Reads are synchronous: they hardly ever wait, and a promise per chunk would cost more. */
export function diskFile(name: string, path: string, size?: number): InputFile {
  return {
    name,
    ...(size === undefined ? {} : { size }),
    async *chunks() {
      const file = openSync(path, 'r');
      try {
        const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(CHUNK, size ?? CHUNK)));
        for (;;) {
          const length = readSync(file, buffer, 0, buffer.length, null);
          if (length === 0) return;
          yield buffer.subarray(0, length);
        }
      } finally {
        closeSync(file);
      }
    },
    range: (start, end) => readRange(path, start, end),
  };
}

function readRange(path: string, start: number, end: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(end - start);
    let filled = 0;
    while (filled < buffer.length) {
      const length = readSync(file, buffer, filled, buffer.length - filled, start + filled);
      if (length === 0) break;
      filled += length;
    }
    return buffer.subarray(0, filled);
  } finally {
    closeSync(file);
  }
}

/** A file whose bytes are in memory. */
export function memoryFile(name: string, bytes: Buffer): InputFile {
  return {
    name,
    size: bytes.length,
    async *chunks() {
      yield bytes;
    },
    range: (start, end) => bytes.subarray(start, end),
  };
}
