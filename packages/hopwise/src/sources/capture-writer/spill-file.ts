import { closeSync, openSync, readSync, writeSync } from 'node:fs';

const BUFFER = 1024 * 1024;

/** A place in a spill file, bytes. */
export interface Extent {
  readonly start: number;
  readonly length: number;
}

/**
 * Bytes that are put aside on disk and read back piece by piece, in any order. The file is for its owner only, and gone
 * with the folder it lies in.
 */
export class SpillFile {
  readonly #file: number;
  #pending: Buffer[] = [];
  #pendingSize = 0;
  #written = 0;

  constructor(path: string) {
    this.#file = openSync(path, 'wx+', 0o600);
  }

  append(text: string): Extent {
    const bytes = Buffer.from(text);
    const start = this.#written + this.#pendingSize;
    this.#pending.push(bytes);
    this.#pendingSize += bytes.length;
    if (this.#pendingSize >= BUFFER) this.#flush();
    return { start, length: bytes.length };
  }

  read({ start, length }: Extent): Buffer {
    this.#flush();
    const bytes = Buffer.allocUnsafe(length);
    let filled = 0;
    while (filled < length) {
      const got = readSync(this.#file, bytes, filled, length - filled, start + filled);
      if (got === 0) throw new Error('a temporary file of the capture was cut off');
      filled += got;
    }
    return bytes;
  }

  close(): void {
    this.#pending = [];
    closeSync(this.#file);
  }

  #flush(): void {
    for (const bytes of this.#pending) {
      let done = 0;
      while (done < bytes.length) done += writeSync(this.#file, bytes, done, bytes.length - done, this.#written + done);
      this.#written += bytes.length;
    }
    this.#pending = [];
    this.#pendingSize = 0;
  }
}
