import { parseYaml } from './parse-yaml.ts';
import type { ListHeader, PieceReceiver } from './pieces.ts';
import type { ByteWindow } from './window.ts';
import { isBlankLine, isMarker, nextLine, scanDocument, scanItem } from './yaml-scan.ts';

/** Larger than any single manifest; a document beyond it that is no plain list would become one tree in memory. */
const MAX_DOCUMENT = 32 * 1024 * 1024;
const SMALL_DOCUMENT = 512 * 1024;

/**
 * Reads a stream of YAML documents. A list in kubectl's layout is taken out item by item, so that a list of any size costs
 * the memory of its largest item; a document or item that is broken is named and the others are read.
 */
export async function readYaml(window: ByteWindow, receiver: PieceReceiver, signal: AbortSignal): Promise<void> {
  await new YamlReader(window, receiver, signal).read();
}

class YamlReader {
  private readonly window: ByteWindow;
  private readonly receiver: PieceReceiver;
  private readonly signal: AbortSignal;
  /** Position in the input: always the start of a line, but for content behind a `---`. */
  private at: number;
  private atEnd = false;

  constructor(window: ByteWindow, receiver: PieceReceiver, signal: AbortSignal) {
    this.window = window;
    this.receiver = receiver;
    this.signal = signal;
    this.at = window.base + window.start;
  }

  async read(): Promise<void> {
    while (!this.window.full && (await this.toDocument())) await this.readDocument();
    if (!this.window.full) return;
    this.receiver.broken('holds a single document too large to be read; the rest of the file is not used', this.at);
  }

  private async more(): Promise<void> {
    this.signal.throwIfAborted();
    this.window.release(this.at - this.window.base);
    // Twice as much as before each time: what is looked at again and again then stays in proportion.
    const wanted = 2 * (this.window.end - this.window.start);
    do {
      if (!(await this.window.more())) {
        this.atEnd = true;
        return;
      }
    } while (this.window.end - this.window.start < wanted);
  }

  /** Passes over blank lines, comments, directives and markers to where a document's content starts. */
  private async toDocument(): Promise<boolean> {
    for (;;) {
      const { bytes, base, end } = this.window;
      const index = this.at - base;
      const next = nextLine(bytes, index, end);
      if (next === end && !this.atEnd) {
        await this.more();
        if (this.window.full) return false;
        continue;
      }
      if (index >= end) return false;
      if (isMarker(bytes, index, end)) {
        // Content may follow the marker on its line.
        if (bytes[index] === 0x2d && !isBlankLine(bytes, index + 3, end)) {
          this.at += 3;
          return true;
        }
      } else if (bytes[index] !== 0x25 && !isBlankLine(bytes, index, end)) return true;
      this.at = base + next;
    }
  }

  private async readDocument(): Promise<void> {
    // Small documents are had whole: then it can be seen whether their items depend on each other.
    while (!this.atEnd && this.window.end - (this.at - this.window.base) < SMALL_DOCUMENT) await this.more();
    for (;;) {
      const { bytes, base, end } = this.window;
      const scan = scanDocument(bytes, this.at - base, end, this.atEnd);
      if (scan.type === 'more') {
        await this.more();
        if (this.window.full) return;
        continue;
      }
      if (scan.type === 'document') {
        await this.readPiece(scan.end, undefined);
        this.at = base + scan.end;
      } else if (!(await this.sharesAnchors(scan.first))) {
        const head = this.textOf(this.at, base + scan.header);
        this.at = base + scan.first;
        await this.readList(head, scan.indent);
      }
      return;
    }
  }

  /**
   * A list whose items use each other's anchors cannot be taken apart. Only small hand-written lists do: when the whole
   * document is at hand and has anchors and aliases it is read as one.
   */
  private async sharesAnchors(first: number): Promise<boolean> {
    const { bytes, base, end } = this.window;
    if (!this.atEnd || end - (this.at - base) > SMALL_DOCUMENT) return false;
    const stop = documentEnd(bytes, first, end);
    const text = bytes.toString('latin1', first, stop);
    if (!/[\s-]&[A-Za-z0-9_]/.test(text) || !/[\s-]\*[A-Za-z0-9_]/.test(text)) return false;
    await this.readPiece(stop, undefined);
    this.at = base + stop;
    return true;
  }

  private async readList(head: string, indent: number): Promise<void> {
    const list: ListHeader = {};
    takeHeader(head, list);
    for (;;) {
      const { bytes, base, end } = this.window;
      const scan = scanItem(bytes, this.at - base, end, indent, this.atEnd);
      if (scan.type === 'more') {
        await this.more();
        if (this.window.full) break;
        continue;
      }
      await this.readPiece(scan.end, list);
      this.at = base + scan.end;
      if (scan.last) break;
    }
    if (!this.window.full) await this.readTail(list);
    this.receiver.endOfList(list);
  }

  /** What follows the items: usually `kind` and `metadata`. */
  private async readTail(list: ListHeader): Promise<void> {
    for (;;) {
      const { bytes, base, end } = this.window;
      const start = this.at - base;
      if (start >= end && this.atEnd) return;
      const scan = scanDocument(bytes, start, end, this.atEnd);
      if (scan.type === 'more') {
        await this.more();
        if (this.window.full) return;
        continue;
      }
      const stop = scan.type === 'document' ? scan.end : scan.header;
      takeHeader(this.textOf(this.at, base + stop), list);
      this.at = base + stop;
      if (scan.type === 'document') return;
      this.receiver.broken('has a second list of items in one document; only the first is read', this.at);
      this.at = base + documentEnd(bytes, scan.first, end);
      return;
    }
  }

  private textOf(start: number, end: number): string {
    const { bytes, base } = this.window;
    return decodePiece(bytes, start - base, end - base);
  }

  /** Reads the document or list item from `at` up to the index `stop`. */
  private async readPiece(stop: number, list: ListHeader | undefined): Promise<void> {
    const start = this.at;
    const end = this.window.base + stop;
    if (end - start > MAX_DOCUMENT) {
      this.receiver.broken('is a YAML document of more than 32 MiB that is no plain list; convert it to JSON', start);
      return;
    }
    const text = this.textOf(start, end);
    const parsed = await parseYaml(text);
    if ('fault' in parsed) {
      this.receiver.broken(parsed.fault, start, countBreaks(text, Math.min(parsed.at, text.trimEnd().length)));
      return;
    }
    if (parsed.duplicateAt !== undefined) {
      const message = 'has the same key twice in one mapping; the last value is used, as kubectl does';
      this.receiver.broken(message, start, countBreaks(text, parsed.duplicateAt));
    }
    if (list === undefined) this.receiver.document(parsed.value, { format: 'yaml', start, end, prefix: [] });
    else {
      const item: unknown = Array.isArray(parsed.value) ? parsed.value[0] : parsed.value;
      this.receiver.item(item, { format: 'yaml', start, end, prefix: [0] }, list);
    }
  }
}

/** The text of a piece as the parsers want it: invalid UTF-8 replaced, line ends `\n`. */
export function decodePiece(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf8', start, end);
  return text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text;
}

/** Line breaks before an index. */
export function countBreaks(text: string, index: number): number {
  let breaks = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < index; at = text.indexOf('\n', at + 1)) breaks++;
  return breaks;
}

function documentEnd(bytes: Buffer, from: number, end: number): number {
  let line = from;
  while (line < end && !isMarker(bytes, line, end)) line = nextLine(bytes, line, end);
  return line;
}

const HEADER_LINE = /^(apiVersion|kind):[ \t]+(["']?)([A-Za-z0-9./-]{1,200})\2[ \t]*(?:#.*)?$/gm;

function takeHeader(text: string, list: ListHeader): void {
  for (const [, key, , value] of text.matchAll(HEADER_LINE)) {
    if (key === 'kind' || key === 'apiVersion') list[key] = value as string;
  }
}
