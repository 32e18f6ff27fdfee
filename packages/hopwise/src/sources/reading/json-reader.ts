import { endOfValue, MAX_JSON_DEPTH, NEED_MORE, skipSpace, TOO_DEEP, walkHeader } from './json-scan.ts';
import type { ListHeader, PieceReceiver, Place } from './pieces.ts';
import type { ByteWindow } from './window.ts';

/**
 * Reads JSON as kubectl and the API write it: one object, a list, several documents one behind the other, one per line.
 * The items of a list are taken out one by one, so that a list of any size costs the memory of its largest item.
 */
export async function readJson(window: ByteWindow, receiver: PieceReceiver, signal: AbortSignal): Promise<void> {
  await new JsonReader(window, receiver, signal).read();
}

/** How an item of a compact list begins, with the end of the one before it. */
const COMPACT_ITEM_STARTS: readonly string[] = ['},{"apiVersion"', '},{"kind"', '},{"metadata"'];

const LOOK_BEHIND = 128;

class JsonReader {
  private readonly window: ByteWindow;
  private readonly receiver: PieceReceiver;
  private readonly signal: AbortSignal;
  /** Position in the input. */
  private at: number;

  constructor(window: ByteWindow, receiver: PieceReceiver, signal: AbortSignal) {
    this.window = window;
    this.receiver = receiver;
    this.signal = signal;
    this.at = window.base + window.start;
  }

  async read(): Promise<void> {
    for (;;) {
      const code = await this.nextInk();
      if (code === undefined) return;
      if (code === 0x7b) await this.readObject();
      else if (code === 0x5b) {
        this.at++;
        const list: ListHeader = { bare: true };
        await this.readItems(list);
        this.receiver.endOfList(list);
      } else await this.skipForeign();
      if (this.window.full) {
        this.receiver.broken('holds a single object too large to be read; the rest of the file is not used', this.at);
        return;
      }
    }
  }

  /** The next byte that is neither white space nor a separator; undefined at the end. */
  private async nextInk(): Promise<number | undefined> {
    for (;;) {
      const { bytes, base, end } = this.window;
      let index = skipSpace(bytes, this.at - base, end);
      while (index < end && bytes[index] === 0x2c) index = skipSpace(bytes, index + 1, end);
      this.at = base + index;
      if (index < end) return bytes[index];
      if (!(await this.more())) return undefined;
    }
  }

  private async more(): Promise<boolean> {
    this.signal.throwIfAborted();
    // The indentation before an item is looked at when the item is broken.
    this.window.release(Math.max(this.window.start, this.at - this.window.base - LOOK_BEHIND));
    // Twice as much as before each time: what is looked at again and again then stays in proportion.
    const wanted = 2 * (this.window.end - this.window.start);
    let any = false;
    do {
      if (!(await this.window.more())) return any;
      any = true;
    } while (this.window.end - this.window.start < wanted);
    return true;
  }

  private async readObject(): Promise<void> {
    const start = this.at;
    const header: ListHeader = {};
    for (;;) {
      const { bytes, base, end } = this.window;
      const walk = walkHeader(bytes, start - base + 1, end, header);
      if (walk.type === 'more') {
        if (await this.more()) continue;
        if (this.window.full) return;
        this.endsEarly(start);
        this.at = start + 1;
        await this.toNextDocument();
        return;
      }
      if (walk.type === 'items') {
        this.at = base + walk.at;
        await this.readList(header);
        return;
      }
      if (walk.type === 'end') {
        this.deliver(start, base + walk.end);
        this.at = base + walk.end;
        return;
      }
      this.receiver.broken(
        walk.type === 'bad' ? 'is not valid JSON' : tooDeep(),
        walk.type === 'bad' ? base + walk.at : start,
      );
      this.at = walk.type === 'bad' ? base + walk.at + 1 : start + 1;
      await this.toNextDocument();
      return;
    }
  }

  /** Items, then the keys that follow them. */
  private async readList(header: ListHeader): Promise<void> {
    const closed = await this.readItems(header);
    const tail = this.at;
    while (closed) {
      const { bytes, base, end } = this.window;
      const walk = walkHeader(bytes, tail - base, end, header);
      if (walk.type === 'more') {
        if (await this.more()) continue;
        if (!this.window.full) this.endsEarly(tail);
        this.at = this.window.base + this.window.end;
        break;
      }
      if (walk.type === 'end') {
        this.at = base + walk.end;
        break;
      }
      this.receiver.broken('is not valid JSON behind the items of the list', tail);
      this.at = tail + 1;
      await this.toNextDocument();
      break;
    }
    this.receiver.endOfList(header);
  }

  /** Reads up to the closing bracket; false when the input ends before it. */
  private async readItems(list: ListHeader): Promise<boolean> {
    for (;;) {
      const code = await this.nextInk();
      if (code === undefined) {
        if (!this.window.full) this.endsEarly(this.at);
        return false;
      }
      if (code === 0x5d) {
        this.at++;
        return true;
      }
      const { bytes, base, end } = this.window;
      const from = this.at - base;
      let stop = endOfValue(bytes, from, end);
      const deep = stop === TOO_DEEP;
      if (deep) stop = endOfValue(bytes, from, end, Number.POSITIVE_INFINITY);
      if (stop === NEED_MORE) {
        if (await this.more()) continue;
        if (this.window.full) return false;
        this.receiver.broken('ends in the middle of a list item', this.at);
        this.resync(this.at - this.window.base, this.window.end);
      } else if (deep) {
        this.receiver.broken(tooDeep(), this.at);
        this.at = base + stop;
      } else if (this.deliver(base + from, base + stop, list)) this.at = base + stop;
      else this.resync(from, stop);
    }
  }

  /** Parses and hands on the value in the bytes; false (and a problem) when they are no JSON. */
  private deliver(start: number, end: number, list?: ListHeader): boolean {
    const { bytes, base } = this.window;
    const text = bytes.toString('utf8', start - base, end - base);
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      // The engine's message quotes the text, which may be a Secret's: only its position is used.
      const position = error instanceof Error ? /position (\d+)/.exec(error.message)?.[1] : undefined;
      const before = position === undefined ? 0 : Buffer.byteLength(text.slice(0, Number(position)));
      this.receiver.broken('is not valid JSON', start + before);
      return false;
    }
    const place: Place = { format: 'json', start, end, prefix: [] };
    if (list === undefined) this.receiver.document(value, place);
    else this.receiver.item(value, place, list);
    return true;
  }

  /**
   * Behind a broken item: its brackets may not match, so the next item is looked for by its looks (the same indentation,
   * or the first keys of an object) before the end that was found by counting is believed.
   */
  private resync(from: number, stop: number): void {
    const { bytes, base, start } = this.window;
    let lineStart = from;
    while (lineStart > start && bytes[lineStart - 1] === 0x20) lineStart--;
    const ownLine = lineStart > start && bytes[lineStart - 1] === 0x0a;
    const marks = ownLine ? [`\n${' '.repeat(from - lineStart)}{`] : COMPACT_ITEM_STARTS;
    const within = bytes.subarray(from + 1, stop);
    let next = stop;
    for (const mark of marks) {
      const found = within.indexOf(mark);
      if (found >= 0) next = Math.min(next, from + 1 + found + mark.indexOf('{'));
    }
    this.at = base + next;
  }

  private endsEarly(offset: number): void {
    this.receiver.broken('ends in the middle of a JSON document: the file is cut off', offset);
  }

  /** Text that is no JSON is named once and passed over; a YAML document marker between documents is nothing to name. */
  private async skipForeign(): Promise<void> {
    const index = this.at - this.window.base;
    const marker = this.window.bytes.toString('latin1', index, Math.min(index + 3, this.window.end));
    if (marker !== '---') this.receiver.broken('has text here that is not JSON; it is passed over', this.at);
    await this.toNextDocument();
  }

  /** Moves to the next line that starts with a bracket. */
  private async toNextDocument(): Promise<void> {
    for (;;) {
      const { bytes, base, end } = this.window;
      let index = this.at - base;
      for (;;) {
        index = bytes.indexOf(0x0a, index);
        if (index < 0 || index + 1 >= end) break;
        index++;
        const code = bytes[index];
        if (code === 0x7b || code === 0x5b) {
          this.at = base + index;
          return;
        }
      }
      // A line break that was the last byte must be seen again together with what follows it.
      this.at = base + (index === end - 1 ? index : end);
      if (!(await this.more())) {
        this.at = this.window.base + this.window.end;
        return;
      }
    }
  }
}

function tooDeep(): string {
  return `is nested deeper than ${MAX_JSON_DEPTH} levels and is not read`;
}
