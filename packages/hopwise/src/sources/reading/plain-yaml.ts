import { readBlockScalar } from './block-scalar.ts';
import { resolvePlainScalar } from './plain-scalar.ts';
import { foldLines, readQuoted } from './quoted-scalar.ts';

/*
 * A reader for the YAML that Kubernetes tools write: block mappings and sequences, scalars of every style, empty `{}` and
 * `[]`. It is many times faster than a full parser, above all cold, and knows where every field starts. Whatever else
 * YAML has (anchors, tags, flow collections, merge and complex keys) and every document that is not plainly right it
 * leaves to the full parser, by answering NOT_PLAIN; it never reports an error of its own.
 */

export const NOT_PLAIN = Symbol('not plain');

export type PlainValue = null | boolean | number | string | PlainValue[] | { [key: string]: PlainValue };

/** Told where each field and list item starts, for working out lines: the path so far and the index in the text. */
export type FieldRecorder = (path: readonly (string | number)[], index: number) => void;

export interface PlainDocument {
  readonly value: PlainValue;
  /** Index of the first mapping key that stood twice; the later value is used, as kubectl does. */
  readonly duplicateAt: number | undefined;
}

const MAX_DEPTH = 100;
const TAB = 0x09;
const NEWLINE = 0x0a;
const SPACE = 0x20;
const QUOTE = 0x22;
const HASH = 0x23;
const APOSTROPHE = 0x27;
const DASH = 0x2d;
const COLON = 0x3a;
const QUESTION = 0x3f;

/** Characters that begin something other than a plain scalar: `, [ ] { } # & * ! | > ' " % @ backquote`. */
const INDICATORS: ReadonlySet<number> = new Set([...',[]{}#&*!|>\'"%@`'].map((char) => char.charCodeAt(0)));

/** A document marker: whoever takes the documents apart has seen to those that mark anything. */
const MARKER = /^(?:---|\.\.\.)(?:\s|$)/;

class Bail extends Error {}
const BAIL = new Bail();

/** Reads one document (without its `---`), or answers NOT_PLAIN. Line ends must be `\n`. */
export function parsePlainYaml(text: string, record?: FieldRecorder): PlainDocument | typeof NOT_PLAIN {
  const reader = new Reader(text, record);
  try {
    const value = reader.readDocument();
    return { value, duplicateAt: reader.duplicateAt };
  } catch (error) {
    if (error === BAIL) return NOT_PLAIN;
    throw error;
  }
}

class Reader {
  duplicateAt: number | undefined;
  private readonly text: string;
  private readonly length: number;
  private readonly record: FieldRecorder | undefined;
  private readonly path: (string | number)[] = [];
  /** Start of the line that is read next. */
  private at = 0;
  /** Indentation of that line; -1 at the end of the text. */
  private indent = -1;
  private depth = 0;

  constructor(text: string, record: FieldRecorder | undefined) {
    this.text = text;
    this.length = text.length;
    this.record = record;
  }

  readDocument(): PlainValue {
    this.toInk();
    if (this.indent < 0) return null;
    const value = this.readBlock();
    if (this.indent >= 0) throw BAIL;
    return value;
  }

  /** Moves `at` to the next line that holds more than blanks or a comment, and measures it. */
  private toInk(): void {
    let at = this.at;
    for (;;) {
      const start = at;
      while (this.text.charCodeAt(at) === SPACE) at++;
      if (at >= this.length) {
        this.at = this.length;
        this.indent = -1;
        return;
      }
      const code = this.text.charCodeAt(at);
      if (code !== NEWLINE && code !== HASH) {
        if (code === TAB || (at === start && MARKER.test(this.text.slice(at, at + 4)))) throw BAIL;
        this.at = start;
        this.indent = at - start;
        return;
      }
      at = this.text.indexOf('\n', at) + 1;
      if (at === 0) at = this.length;
    }
  }

  private readBlock(): PlainValue {
    const ink = this.at + this.indent;
    return this.isDash(ink) ? this.readSequence(this.indent, ink) : this.readMapping(this.indent, ink);
  }

  private isDash(ink: number): boolean {
    if (this.text.charCodeAt(ink) !== DASH) return false;
    const next = this.text.charCodeAt(ink + 1);
    return next === SPACE || next === NEWLINE || Number.isNaN(next);
  }

  private enter(): void {
    if (++this.depth > MAX_DEPTH) throw BAIL;
  }

  /** A sequence whose first dash is at `ink`, `indent` columns in; further ones start lines of that indentation. */
  private readSequence(indent: number, ink: number): PlainValue[] {
    this.enter();
    const items: PlainValue[] = [];
    for (;;) {
      if (this.record !== undefined) {
        this.path.push(items.length);
        this.record(this.path, ink);
      }
      items.push(this.readItem(indent, ink));
      if (this.record !== undefined) this.path.pop();
      if (this.indent !== indent) break;
      ink = this.at + indent;
      if (!this.isDash(ink)) break;
    }
    if (this.indent > indent) throw BAIL;
    this.depth--;
    return items;
  }

  private readItem(indent: number, dash: number): PlainValue {
    let ink = dash + 1;
    while (this.text.charCodeAt(ink) === SPACE) ink++;
    const code = this.text.charCodeAt(ink);
    if (code === NEWLINE || code === HASH || ink >= this.length) {
      this.endLine(dash + 1);
      return this.indent > indent ? this.readBlock() : null;
    }
    if (code === TAB) throw BAIL;
    const column = indent + (ink - dash);
    if (this.isDash(ink)) return this.readSequence(column, ink);
    return this.isKey(ink) ? this.readMapping(column, ink) : this.readScalar(ink, indent, true);
  }

  /** Whether a mapping key starts at `ink`: a colon with a blank or line end behind it, before any comment. */
  private isKey(ink: number): boolean {
    const code = this.text.charCodeAt(ink);
    if (code === QUOTE || code === APOSTROPHE) {
      const quoted = readQuoted(this.text, ink);
      return quoted !== undefined && this.text.charCodeAt(quoted.end) === COLON;
    }
    return !INDICATORS.has(code) && this.keyEnd(ink) >= 0;
  }

  /** Index of the colon that ends the unquoted key at `ink`, or -1 when the line has none. */
  private keyEnd(ink: number): number {
    // Searching a slice, not the text: without a colon in the line the search would run on through the document.
    const line = this.text.slice(ink, this.lineEnd(ink));
    let colon = line.indexOf(':');
    while (colon >= 0) {
      const next = line.charCodeAt(colon + 1);
      if (next === SPACE || Number.isNaN(next)) {
        const comment = line.indexOf(' #');
        return comment >= 0 && comment < colon ? -1 : ink + colon;
      }
      if (next === TAB) throw BAIL;
      colon = line.indexOf(':', colon + 1);
    }
    return -1;
  }

  private lineEnd(from: number): number {
    const end = this.text.indexOf('\n', from);
    return end < 0 ? this.length : end;
  }

  /** A mapping whose first key is at `ink`, `indent` columns in. */
  private readMapping(indent: number, ink: number): PlainValue {
    this.enter();
    const mapping: { [key: string]: PlainValue } = {};
    for (;;) {
      const colon = this.readKey(ink);
      const key = this.key;
      if (key in mapping) {
        // `toString` and the like are no fields of ours, and `__proto__` must never become the prototype.
        if (!Object.hasOwn(mapping, key)) throw BAIL;
        this.duplicateAt ??= ink;
      }
      if (this.record !== undefined) {
        this.path.push(key);
        this.record(this.path, ink);
      }
      mapping[key] = this.readValue(colon + 1, indent);
      if (this.record !== undefined) this.path.pop();
      if (this.indent !== indent) break;
      ink = this.at + indent;
      if (this.isDash(ink)) break;
    }
    if (this.indent > indent) throw BAIL;
    this.depth--;
    return mapping;
  }

  private key = '';

  /** Reads the key at `ink` into `key` and answers the index of its colon. */
  private readKey(ink: number): number {
    const code = this.text.charCodeAt(ink);
    if (code === QUOTE || code === APOSTROPHE) {
      const quoted = readQuoted(this.text, ink);
      if (quoted === undefined || this.text.charCodeAt(quoted.end) !== COLON) throw BAIL;
      const next = this.text.charCodeAt(quoted.end + 1);
      if (!(next === SPACE || next === NEWLINE || Number.isNaN(next))) throw BAIL;
      if (this.text.slice(ink, quoted.end).includes('\n')) throw BAIL;
      this.key = quoted.value;
      return quoted.end;
    }
    if (INDICATORS.has(code) || this.opensComplex(ink)) throw BAIL;
    const colon = this.keyEnd(ink);
    if (colon <= ink) throw BAIL;
    const raw = this.text.slice(ink, colon);
    if (raw === '<<' || raw.endsWith(' ') || raw.includes('\t')) throw BAIL;
    const key = resolvePlainScalar(raw);
    this.key = typeof key === 'string' ? key : String(key);
    return colon;
  }

  /** `? key` and `- item` where a scalar should be. */
  private opensComplex(ink: number): boolean {
    const code = this.text.charCodeAt(ink);
    if (code !== QUESTION && code !== DASH && code !== COLON) return false;
    const next = this.text.charCodeAt(ink + 1);
    return next === SPACE || next === NEWLINE || next === TAB || Number.isNaN(next);
  }

  /** The value behind a colon; `indent` is that of the mapping. */
  private readValue(from: number, indent: number): PlainValue {
    let ink = from;
    while (this.text.charCodeAt(ink) === SPACE) ink++;
    const code = this.text.charCodeAt(ink);
    if (code !== NEWLINE && code !== HASH && ink < this.length) return this.readScalar(ink, indent, false);
    this.endLine(from);
    if (this.indent > indent) return this.readBlock();
    if (this.indent === indent) {
      const dash = this.at + indent;
      if (this.isDash(dash)) return this.readSequence(indent, dash);
    }
    return null;
  }

  /** A scalar (or `{}`, `[]`) at `ink` whose parent collection is indented by `parent`. */
  private readScalar(ink: number, parent: number, inSequence: boolean): PlainValue {
    const code = this.text.charCodeAt(ink);
    switch (code) {
      case QUOTE:
      case APOSTROPHE: {
        const quoted = readQuoted(this.text, ink);
        if (quoted === undefined) throw BAIL;
        this.endLine(quoted.end);
        return quoted.value;
      }
      case 0x7c:
      case 0x3e:
        return this.readBlockScalar(ink, parent, inSequence);
      case 0x7b:
      case 0x5b: {
        const empty = this.text.charCodeAt(ink + 1) === code + 2;
        if (!empty) throw BAIL;
        this.endLine(ink + 2);
        return code === 0x7b ? {} : [];
      }
      default:
        if (INDICATORS.has(code) || this.opensComplex(ink)) throw BAIL;
        return this.readPlain(ink, parent);
    }
  }

  /** Passes over blanks and a comment to the next line with ink; anything else there is not plain. */
  private endLine(from: number): void {
    let at = from;
    while (this.text.charCodeAt(at) === SPACE) at++;
    const code = this.text.charCodeAt(at);
    if (code === HASH && at > from) {
      at = this.text.indexOf('\n', at);
      if (at < 0) at = this.length;
    } else if (code !== NEWLINE && at < this.length) throw BAIL;
    this.at = at + 1;
    this.toInk();
  }

  private readPlain(ink: number, parent: number): PlainValue {
    let end = this.plainEnd(ink);
    const lineEnd = end;
    let at = end;
    while (this.text.charCodeAt(at) === SPACE) at++;
    const commented = this.text.charCodeAt(at) === HASH;
    this.endLine(end);
    if (this.indent <= parent) return resolvePlainScalar(this.text.slice(ink, lineEnd));
    if (commented) throw BAIL;
    // Several lines: the scalar goes on while lines are indented more than its parent.
    while (this.indent > parent) {
      // A comment line between would have ended the scalar, and what follows it is an error.
      if (/^[ \t]*#/m.test(this.text.slice(end, this.at))) throw BAIL;
      const start = this.at + this.indent;
      if (this.keyEnd(start) >= 0) throw BAIL;
      end = this.plainEnd(start);
      let rest = end;
      while (this.text.charCodeAt(rest) === SPACE) rest++;
      const lastLine = this.text.charCodeAt(rest) === HASH;
      this.endLine(end);
      if (lastLine && this.indent > parent) throw BAIL;
    }
    const folded = foldLines(this.text.slice(ink, end));
    if (folded === undefined) throw BAIL;
    return resolvePlainScalar(folded);
  }

  /** End of the plain scalar's part on this line, without trailing blanks. */
  private plainEnd(from: number): number {
    let line = this.text.slice(from, this.lineEnd(from));
    if (line.includes('#')) {
      const comment = line.indexOf(' #');
      if (comment >= 0) line = line.slice(0, comment);
    }
    // `a: b: c` is an error, which the full parser words.
    if (line.includes('\t') || line.includes(': ')) throw BAIL;
    let end = line.length;
    while (end > 0 && line.charCodeAt(end - 1) === SPACE) end--;
    if (line.charCodeAt(end - 1) === COLON) throw BAIL;
    return from + end;
  }

  private readBlockScalar(ink: number, parent: number, inSequence: boolean): string {
    const scalar = readBlockScalar(this.text, ink, parent, inSequence);
    if (scalar === undefined) throw BAIL;
    this.at = scalar.end;
    this.toInk();
    return scalar.value;
  }
}
