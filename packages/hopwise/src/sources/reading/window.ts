import { constants } from 'node:buffer';

/** A bounded view over bytes that arrive in order: what has not been used yet, and as much more as is asked for. */
export interface ByteWindow {
  /** The bytes at hand are `bytes[start..end)`; the rest of the buffer is stale. */
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** Position of `bytes[0]` in the input. */
  readonly base: number;
  /** The limit was reached: what is being read is too large to be held in one piece. */
  readonly full: boolean;
  /** Lets go of what lies before `index`. */
  release(index: number): void;
  /** Reads on; false at the end of the input and when full. Indexes taken before count from another `base` afterwards. */
  more(): Promise<boolean>;
}

/** The largest single object or document that is taken apart in one piece. */
export const MAX_PIECE = Math.min(128 * 1024 * 1024, constants.MAX_STRING_LENGTH);

/** A window over a stream of chunks, which may reuse their memory. */
export function openWindow(chunks: AsyncIterable<Uint8Array>, limit = MAX_PIECE): ByteWindow {
  return new StreamWindow(chunks[Symbol.asyncIterator](), limit);
}

class StreamWindow implements ByteWindow {
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  base = 0;
  full = false;
  private readonly chunks: AsyncIterator<Uint8Array>;
  private readonly limit: number;

  constructor(chunks: AsyncIterator<Uint8Array>, limit: number) {
    this.chunks = chunks;
    this.limit = limit;
  }

  release(index: number): void {
    this.start = index;
  }

  async more(): Promise<boolean> {
    if (this.full) return false;
    const next = await this.chunks.next();
    if (next.done === true) return false;
    if (this.end - this.start + next.value.length > this.limit) {
      this.full = true;
      return false;
    }
    this.makeRoom(next.value.length);
    this.bytes.set(next.value, this.end);
    this.end += next.value.length;
    return true;
  }

  private makeRoom(wanted: number): void {
    if (this.end + wanted <= this.bytes.length) return;
    const kept = this.end - this.start;
    if (kept + wanted <= this.bytes.length) this.bytes.copyWithin(0, this.start, this.end);
    else {
      // Doubling keeps an object of many chunks from being copied once per chunk.
      const grown = Buffer.allocUnsafe(Math.max(kept + wanted, 2 * this.bytes.length));
      this.bytes.copy(grown, 0, this.start, this.end);
      this.bytes = grown;
    }
    this.base += this.start;
    this.start = 0;
    this.end = kept;
  }
}
