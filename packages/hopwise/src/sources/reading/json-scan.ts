/*
 * Finding where a JSON value ends without building it. Brackets of both kinds are counted together: whatever is wrong
 * inside, JSON.parse says when it is given the bytes found here.
 */

export const NEED_MORE = -1;
/** Deeper than any Kubernetes object; JSON.parse and everything behind it recurse. */
export const MAX_JSON_DEPTH = 100;
export const TOO_DEEP = -2;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Index behind the string that opens at `open`, or NEED_MORE. */
export function endOfString(bytes: Uint8Array, open: number, end: number): number {
  let at = open + 1;
  while (at < end) {
    const code = bytes[at++];
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at++;
  }
  return NEED_MORE;
}

/** Index behind the value that starts at `start`, NEED_MORE, or TOO_DEEP. */
export function endOfValue(bytes: Uint8Array, start: number, end: number, maxDepth = MAX_JSON_DEPTH): number {
  const first = bytes[start] as number;
  if (first === QUOTE) return endOfString(bytes, start, end);
  if (first !== 0x7b && first !== 0x5b) return endOfScalar(bytes, start, end);
  let depth = 0;
  let at = start;
  while (at < end) {
    const code = bytes[at++] as number;
    if (code === QUOTE) {
      for (;;) {
        if (at >= end) return NEED_MORE;
        const inner = bytes[at++];
        if (inner === QUOTE) break;
        if (inner === BACKSLASH) at++;
      }
    } else if (code >= 0x5b) {
      // `[` and `{` differ by one bit, and so do `]` and `}`.
      const bracket = code | 0x20;
      if (bracket === 0x7b) {
        if (++depth > maxDepth) return TOO_DEEP;
      } else if (bracket === 0x7d && --depth === 0) return at;
    }
  }
  return NEED_MORE;
}

function endOfScalar(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const code = bytes[at] as number;
    if (code === 0x2c || code === 0x5d || code === 0x7d || code <= 0x20) return at === start ? at + 1 : at;
  }
  return NEED_MORE;
}

/** Index of the next byte that is not white space. */
export function skipSpace(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] as number) <= 0x20) at++;
  return at;
}

export type HeaderWalk =
  | { readonly type: 'more' }
  | { readonly type: 'bad'; readonly at: number }
  | { readonly type: 'too-deep' }
  /** The object closed without (further) items. */
  | { readonly type: 'end'; readonly end: number }
  /** An `items` array opens; `at` is behind its bracket. */
  | { readonly type: 'items'; readonly at: number };

/**
 * Walks the top-level keys of an object from `start`, which is behind its opening brace or behind one of its values, until
 * it closes or its `items` array opens. Strings under `apiVersion` and `kind` are put into `header`.
 */
export function walkHeader(
  bytes: Buffer,
  start: number,
  end: number,
  header: { apiVersion?: string; kind?: string },
): HeaderWalk {
  let at = start;
  for (;;) {
    at = skipSpace(bytes, at, end);
    while (at < end && bytes[at] === 0x2c) at = skipSpace(bytes, at + 1, end);
    if (at >= end) return { type: 'more' };
    if (bytes[at] === 0x7d) return { type: 'end', end: at + 1 };
    if (bytes[at] !== QUOTE) return { type: 'bad', at };
    const keyEnd = endOfString(bytes, at, end);
    if (keyEnd < 0) return { type: 'more' };
    const key = bytes.toString('latin1', at + 1, keyEnd - 1);
    at = skipSpace(bytes, keyEnd, end);
    if (at >= end) return { type: 'more' };
    if (bytes[at] !== 0x3a) return { type: 'bad', at };
    at = skipSpace(bytes, at + 1, end);
    if (at >= end) return { type: 'more' };
    if (key === 'items' && bytes[at] === 0x5b) return { type: 'items', at: at + 1 };
    const valueEnd = endOfValue(bytes, at, end);
    if (valueEnd === NEED_MORE) return { type: 'more' };
    if (valueEnd === TOO_DEEP) return { type: 'too-deep' };
    if ((key === 'apiVersion' || key === 'kind') && bytes[at] === QUOTE && valueEnd - at < 512) {
      const name: 'apiVersion' | 'kind' = key;
      header[name] = bytes.toString('utf8', at + 1, valueEnd - 1);
    }
    at = valueEnd;
  }
}
