import { type FieldPath, formatPath, parsePath } from '../../base/field-path.ts';
import type { Origin } from '../origin.ts';
import { locateInJson } from './json-locate.ts';
import { loadedFullYaml } from './parse-yaml.ts';
import type { Place } from './pieces.ts';
import { NOT_PLAIN, parsePlainYaml } from './plain-yaml.ts';
import { countBreaks, decodePiece } from './yaml-reader.ts';

/** Lines of one file, counted when one is asked for and never twice. */
export class FileLines {
  private readonly range: (start: number, end: number) => Buffer;
  /** Line breaks before each multiple of STEP, as far as counted. */
  private readonly counts: number[] = [0];

  constructor(range: (start: number, end: number) => Buffer) {
    this.range = range;
  }

  bytes(start: number, end: number): Buffer {
    return this.range(start, end);
  }

  /** The 1-based line a byte stands in. */
  lineAt(offset: number): number {
    const step = Math.floor(offset / STEP);
    while (this.counts.length <= step) {
      const from = (this.counts.length - 1) * STEP;
      this.counts.push((this.counts.at(-1) ?? 0) + countBreakBytes(this.range(from, from + STEP)));
    }
    return 1 + (this.counts[step] ?? 0) + countBreakBytes(this.range(step * STEP, offset));
  }
}

const STEP = 1024 * 1024;

function countBreakBytes(bytes: Buffer): number {
  let breaks = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) breaks++;
  return breaks;
}

/**
 * Where an object was read. Holds offsets only: lines are worked out from the file when they are asked for, so that a
 * cluster of any size costs a few words per object.
 */
export class PlacedOrigin implements Origin {
  readonly file: string;
  private readonly lines: FileLines;
  private readonly start: number;
  private readonly end: number;
  private readonly prefix: FieldPath;
  private readonly format: 'json' | 'yaml';

  constructor(file: string, lines: FileLines, place: Place) {
    this.file = file;
    this.lines = lines;
    this.start = place.start;
    this.end = place.end;
    this.prefix = place.prefix;
    this.format = place.format;
  }

  get line(): number {
    const own = this.prefix.length > 1 ? this.locate(this.prefix) : undefined;
    return own ?? this.lines.lineAt(this.start);
  }

  lineOf(path: string): number | undefined {
    const steps = parsePath(path);
    return steps === undefined ? undefined : this.locate([...this.prefix, ...steps]);
  }

  private locate(path: FieldPath): number | undefined {
    try {
      const bytes = this.lines.bytes(this.start, this.end);
      const last = bytes.lastIndexOf(0x0a);
      // On a single line every field is where the object is, and the reader has that line already.
      if (last < 0 || (last === bytes.length - 1 && bytes.indexOf(0x0a) === last)) return undefined;
      const below = this.format === 'json' ? breaksInJson(bytes, path) : breaksInYaml(bytes, path);
      return below === undefined ? undefined : this.lines.lineAt(this.start) + below;
    } catch {
      // The file is gone or has changed since: a line is a courtesy, not a reason to fail.
      return undefined;
    }
  }
}

function breaksInJson(bytes: Buffer, path: FieldPath): number | undefined {
  const index = locateInJson(bytes, path);
  return index === undefined ? undefined : countBreakBytes(bytes.subarray(0, index));
}

function breaksInYaml(bytes: Buffer, path: FieldPath): number | undefined {
  const text = decodePiece(bytes, 0, bytes.length);
  const wanted = formatPath(path);
  let found: number | undefined;
  const plain = parsePlainYaml(text, (at, index) => {
    if (at.length === path.length && formatPath(at) === wanted) found = index;
  });
  if (plain === NOT_PLAIN) {
    // A document that is JSON was read as such, one that is more was read by the full parser, which is loaded then.
    const json = Buffer.from(text);
    const index = locateInJson(json, path);
    if (index !== undefined) return countBreakBytes(json.subarray(0, index));
    found = loadedFullYaml()?.locateInFullYaml(text, path);
  }
  return found === undefined ? undefined : countBreaks(text, found);
}
