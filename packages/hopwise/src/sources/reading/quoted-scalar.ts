/* Quoted scalars of YAML 1.1/1.2 (sections 7.3.1 and 7.3.2), over several lines too. */

/** The text of a quoted scalar and the index behind its closing quote. */
export interface Quoted {
  readonly value: string;
  readonly end: number;
}

/**
 * Reads the quoted scalar that opens at `open`. Undefined when it does not close, runs into a document marker, or holds
 * an escape that does not exist: the full parser then says what is wrong. Its further lines may stand anywhere, as
 * they may for kubectl, whatever the specification says.
 */
export function readQuoted(text: string, open: number): Quoted | undefined {
  return text.charCodeAt(open) === 0x22 ? readDouble(text, open) : readSingle(text, open);
}

function readSingle(text: string, open: number): Quoted | undefined {
  let close = text.indexOf("'", open + 1);
  while (close >= 0 && text.charCodeAt(close + 1) === 0x27) close = text.indexOf("'", close + 2);
  if (close < 0) return undefined;
  const raw = text.slice(open + 1, close);
  const value = raw.includes('\n') ? foldLines(raw) : raw;
  if (value === undefined) return undefined;
  return { value: value.includes("''") ? value.replaceAll("''", "'") : value, end: close + 1 };
}

function readDouble(text: string, open: number): Quoted | undefined {
  let at = open + 1;
  let special = false;
  for (; ; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) break;
    if (code === 0x5c) {
      special = true;
      at++;
    } else if (code === 0x0a) special = true;
    else if (Number.isNaN(code)) return undefined;
  }
  const raw = text.slice(open + 1, at);
  if (!special) return { value: raw, end: at + 1 };
  const value = decodeDouble(raw);
  return value === undefined ? undefined : { value, end: at + 1 };
}

/**
 * Line folding: white space around a line break goes away, one break becomes a blank, each further one a line break.
 * Undefined when a further line is a document marker or starts with a tab.
 */
export function foldLines(raw: string): string | undefined {
  const lines = raw.split('\n');
  let folded = trimEnd(lines[0] ?? '');
  let breaks = 0;
  for (let n = 1; n < lines.length; n++) {
    const line = lines[n] ?? '';
    const start = firstInk(line);
    const last = n === lines.length - 1;
    breaks++;
    if (start === line.length && !last) continue;
    if (line.startsWith('\t') || isMarker(line)) return undefined;
    folded += breaks === 1 ? ' ' : '\n'.repeat(breaks - 1);
    folded += last ? line.slice(start) : trimEnd(line.slice(start));
    breaks = 0;
  }
  return folded;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['0', '\0'],
  ['a', '\x07'],
  ['b', '\b'],
  ['t', '\t'],
  ['\t', '\t'],
  ['n', '\n'],
  ['v', '\v'],
  ['f', '\f'],
  ['r', '\r'],
  ['e', '\x1b'],
  [' ', ' '],
  ['"', '"'],
  ['/', '/'],
  ['\\', '\\'],
  ['N', '\x85'],
  ['_', '\xa0'],
  ['L', '\u2028'],
  ['P', '\u2029'],
]);
const HEX_DIGITS: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);

function decodeDouble(raw: string): string | undefined {
  let out = '';
  let at = 0;
  // White space behind this index came from an escape and survives folding.
  let kept = 0;
  while (at < raw.length) {
    const char = raw[at] as string;
    if (char === '\n') {
      const next = skipBreaks(raw, at);
      if (next === undefined) return undefined;
      out = trimEndTo(out, kept) + (next.breaks === 1 ? ' ' : '\n'.repeat(next.breaks - 1));
      kept = out.length;
      at = next.at;
      continue;
    }
    if (char !== '\\') {
      out += char;
      at++;
      continue;
    }
    const escape = raw[at + 1] ?? '';
    if (escape === '\n') {
      const next = skipBreaks(raw, at + 1);
      if (next === undefined) return undefined;
      out += '\n'.repeat(next.breaks - 1);
      at = next.at;
    } else {
      const digits = HEX_DIGITS.get(escape);
      const text = digits === undefined ? ESCAPES.get(escape) : readHex(raw.slice(at + 2, at + 2 + digits), digits);
      if (text === undefined) return undefined;
      out += text;
      at += 2 + (digits ?? 0);
    }
    kept = out.length;
  }
  return out;
}

function readHex(digits: string, length: number): string | undefined {
  if (digits.length !== length || !/^[0-9a-fA-F]+$/.test(digits)) return undefined;
  const code = Number.parseInt(digits, 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}

/** From a line break to the first ink of the next line that has any; undefined as for `foldLines`. */
function skipBreaks(raw: string, from: number): { at: number; breaks: number } | undefined {
  let at = from;
  let breaks = 0;
  for (;;) {
    breaks++;
    const start = at + 1;
    at = start;
    while (raw[at] === ' ' || raw[at] === '\t') at++;
    if (raw[at] === '\n') continue;
    if (raw[start] === '\t' || isMarker(raw.slice(start, start + 4))) return undefined;
    return { at, breaks };
  }
}

function isMarker(line: string): boolean {
  return /^(?:---|\.\.\.)(?:[ \t\n]|$)/.test(line);
}

function firstInk(line: string): number {
  let at = 0;
  while (at < line.length && (line[at] === ' ' || line[at] === '\t')) at++;
  return at;
}

function trimEnd(line: string): string {
  return trimEndTo(line, 0);
}

function trimEndTo(line: string, floor: number): string {
  let end = line.length;
  while (end > floor && (line[end - 1] === ' ' || line[end - 1] === '\t')) end--;
  return end === line.length ? line : line.slice(0, end);
}
