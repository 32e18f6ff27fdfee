import { toAscii } from '../../ascii.ts';
import type { RenderOptions } from '../../renderer.ts';
import { sanitizeDocument } from '../../sanitize.ts';
import { splitComment, wrapCommand } from '../../shell-wrap.ts';
import { clip, displayWidth, padEnd, wrap } from '../../width.ts';
import { createPaint, type Paint } from './paint.ts';

const INDENT = '  ';
/** Longer labels are cut: they name kinds, and the object is in the sentence too. */
const LABEL_COLUMNS = 11;
/** What has to stay for the sentence when a place is set at the right edge. */
const ROOM_FOR_PLACE = 34;

export interface Row {
  readonly label: string;
  readonly text: string;
  /** Set at the right edge where there is room, else below. */
  readonly place?: string;
  /** Quoted below the sentence, at most two lines. */
  readonly quote?: string | undefined;
}

/** Lays out the blocks of a terminal report: no line is wider than the page, nothing depends on colour. */
export class Page {
  readonly paint: Paint;
  readonly width: number;
  readonly #blocks: string[][] = [];

  constructor(options: RenderOptions) {
    this.paint = createPaint(options.color, options.ascii);
    this.width = Math.max(40, options.width);
  }

  /** Starts a block; blocks are set apart by a blank line, and empty ones vanish. */
  block(): string[] {
    const lines: string[] = [];
    this.#blocks.push(lines);
    return lines;
  }

  /** A block under a heading, with a remark at the right edge of its line. */
  section(title: string, remark = ''): string[] {
    const lines = this.block();
    const gap = this.width - displayWidth(title) - displayWidth(remark);
    if (remark === '') lines.push(...wrap(title, this.width).map(this.paint.bold));
    else if (gap >= 2) lines.push(this.paint.bold(title) + ' '.repeat(gap) + this.paint.dim(remark));
    else lines.push(...wrap(`${title} (${remark})`, this.width).map(this.paint.bold));
    return lines;
  }

  /** Text behind a mark, its further lines aligned with the first. */
  marked(mark: string, text: string, indent = ''): string[] {
    const [first = '', ...rest] = wrap(text, this.width - indent.length - 2);
    return [`${indent}${mark} ${first}`, ...rest.map((line) => `${indent}  ${line}`)];
  }

  text(text: string, indent = INDENT): string[] {
    return wrap(text, this.width - indent.length).map((line) => indent + line);
  }

  /** Labelled sentences in two columns, each with its place. */
  rows(rows: readonly Row[], indent = INDENT): string[] {
    const columns = Math.min(LABEL_COLUMNS, Math.max(0, ...rows.map((row) => displayWidth(row.label))));
    return rows.flatMap((row) => this.#row(row, columns, indent));
  }

  #row(row: Row, columns: number, indent: string): string[] {
    const label = clip(row.label, columns, this.paint.glyphs.ellipsis);
    const left = indent.length + columns + 2;
    const room = this.width - left;
    const place = row.place ?? '';
    const reserved = place === '' ? 0 : displayWidth(place) + 2;
    const beside = reserved > 0 && room - reserved >= ROOM_FOR_PLACE;
    const lines = wrap(row.text, beside ? room - reserved : room);
    const first = lines[0] ?? '';
    const tail = beside ? ' '.repeat(room - displayWidth(first) - displayWidth(place)) + this.paint.dim(place) : '';
    const under = ' '.repeat(left);
    return [
      `${indent}${this.paint.dim(padEnd(label, columns))}  ${first}${tail}`,
      ...lines.slice(1).map((line) => under + line),
      ...(row.quote === undefined ? [] : this.#quote(row.quote, room).map((line) => under + this.paint.dim(line))),
      ...(place === '' || beside ? [] : this.#placeBelow(place, left)),
    ];
  }

  /** Under the sentence, further left where only so the path stays in one piece to click on. */
  #placeBelow(place: string, left: number): string[] {
    const columns = displayWidth(place);
    const indent = columns <= this.width - left ? left : Math.max(0, this.width - columns);
    return wrap(place, this.width - indent).map((line) => ' '.repeat(indent) + this.paint.dim(line));
  }

  #quote(quote: string, room: number): string[] {
    const bar = '| ';
    const lines = wrap(quote, room - bar.length);
    const shown =
      lines.length <= 2
        ? lines
        : [lines[0] ?? '', clip(lines.slice(1).join(' '), room - bar.length, this.paint.glyphs.ellipsis)];
    return shown.map((line) => bar + line);
  }

  /** A command that can be pasted as it stands, and what it shows. */
  command(command: string, expect = '', indent = 2): string[] {
    const { command: bare, comment } = splitComment(command);
    const remarks = [comment ?? '', expect].filter((remark) => remark !== '');
    const arrow = `${this.paint.glyphs.arrow} `;
    return [
      ...(bare === '' ? [] : wrapCommand(bare, this.width, indent)),
      ...remarks.flatMap((remark) => {
        const under = ' '.repeat(indent + 2);
        const [first = '', ...rest] = wrap(remark, this.width - under.length - displayWidth(arrow));
        return [first, ...rest].map(
          (line, at) => under + this.paint.dim((at === 0 ? arrow : ' '.repeat(displayWidth(arrow))) + line),
        );
      }),
    ];
  }

  toString(): string {
    return `${this.#blocks
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.map((line) => line.trimEnd()).join('\n'))
      .join('\n\n')}\n`;
  }
}

/** The document as the terminal may show it. */
export function forTerminal<T>(document: T, options: RenderOptions): T {
  return sanitizeDocument(document, options.ascii ? toAscii : undefined);
}
