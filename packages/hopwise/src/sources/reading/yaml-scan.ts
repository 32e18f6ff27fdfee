/*
 * Taking a YAML stream apart by its lines, without reading the lines: documents at their markers, and the items of a
 * list in the layout kubectl and every other Kubernetes tool writes (`items:` in the first column, a block sequence
 * below). Neither can be mistaken: inside a document of that layout every other line is indented or belongs to the list.
 */

const NEWLINE = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;
const RETURN = 0x0d;
const HASH = 0x23;
const DASH = 0x2d;

export function isBreak(code: number | undefined): boolean {
  return code === NEWLINE || code === RETURN;
}

/** Start of the line behind the one `at` is in; `end` when there is none. */
export function nextLine(bytes: Buffer, at: number, end: number): number {
  const next = bytes.indexOf(NEWLINE, at);
  return next < 0 || next >= end ? end : next + 1;
}

/** Whether a `---` or `...` marker stands at the line start `at`. */
export function isMarker(bytes: Buffer, at: number, end: number): boolean {
  const code = bytes[at];
  if (code !== DASH && code !== 0x2e) return false;
  if (at + 3 > end || bytes[at + 1] !== code || bytes[at + 2] !== code) return false;
  return at + 3 === end || isBlankOrBreak(bytes[at + 3]);
}

function isBlankOrBreak(code: number | undefined): boolean {
  return code === SPACE || code === TAB || isBreak(code);
}

/** Whether the line at `at` holds nothing but blanks or a comment. */
export function isBlankLine(bytes: Buffer, at: number, end: number): boolean {
  let index = at;
  while (index < end && (bytes[index] === SPACE || bytes[index] === TAB)) index++;
  return index >= end || isBreak(bytes[index]) || bytes[index] === HASH;
}

export type DocumentScan =
  | { readonly type: 'more' }
  | { readonly type: 'document'; readonly end: number }
  /** `items:` stands at `header`; its first item's line at `first`, with the dash `indent` columns in. */
  | { readonly type: 'list'; readonly header: number; readonly first: number; readonly indent: number };

/** Looks from the line start `from` for the end of the document or for its list of items, whichever comes first. */
export function scanDocument(bytes: Buffer, from: number, end: number, atEnd: boolean): DocumentScan {
  for (let line = from; ; ) {
    // A marker may be cut by the edge of what is at hand.
    if (!atEnd && end - line < 8) return { type: 'more' };
    if (line >= end) return { type: 'document', end };
    if (isMarker(bytes, line, end)) return { type: 'document', end: line };
    if (bytes[line] === 0x69 && bytes.toString('latin1', line, line + 6) === 'items:') {
      const list = scanListStart(bytes, line, end, atEnd);
      if (list !== undefined) return list;
    }
    const next = nextLine(bytes, line, end);
    if (next === end && !atEnd) return { type: 'more' };
    line = next;
  }
}

function scanListStart(bytes: Buffer, header: number, end: number, atEnd: boolean): DocumentScan | undefined {
  if (!isBlankLine(bytes, header + 6, end)) return undefined;
  for (let line = nextLine(bytes, header, end); ; line = nextLine(bytes, line, end)) {
    if (line >= end) return atEnd ? undefined : { type: 'more' };
    if (isBlankLine(bytes, line, end)) continue;
    let ink = line;
    while (bytes[ink] === SPACE && ink < end) ink++;
    if (ink + 1 >= end && !atEnd) return { type: 'more' };
    const isItem = bytes[ink] === DASH && (ink + 1 >= end || isBlankOrBreak(bytes[ink + 1]));
    return isItem ? { type: 'list', header, first: line, indent: ink - line } : undefined;
  }
}

export type ItemScan =
  | { readonly type: 'more' }
  /** The item ends at `end`; `last` when no further item of the list starts there. */
  | { readonly type: 'item'; readonly end: number; readonly last: boolean };

/** Looks from the line start of an item for where it ends; `indent` is where the dashes of the list stand. */
export function scanItem(bytes: Buffer, from: number, end: number, indent: number, atEnd: boolean): ItemScan {
  for (let line = nextLine(bytes, from, end); ; line = nextLine(bytes, line, end)) {
    if (line >= end) return atEnd ? { type: 'item', end, last: true } : { type: 'more' };
    let ink = line;
    const deepest = line + indent;
    while (ink <= deepest && bytes[ink] === SPACE && ink < end) ink++;
    if (ink > deepest) continue;
    if (ink + 3 >= end && !atEnd) return { type: 'more' };
    const code = bytes[ink];
    if (ink >= end || isBreak(code) || code === TAB || code === HASH) continue;
    const isItem = ink === deepest && code === DASH && (ink + 1 >= end || isBlankOrBreak(bytes[ink + 1]));
    return { type: 'item', end: line, last: !isItem };
  }
}
