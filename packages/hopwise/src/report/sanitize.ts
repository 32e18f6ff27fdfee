/*
 * Everything that comes from a cluster, a log or a response may be hostile. This is the one place that makes text safe to
 * show: after it a string holds no control, bidirectional, invisible or unassigned character, so it can neither move a
 * terminal's cursor, reorder what a reader sees, nor start a new line.
 */

// Default_Ignorable covers what renders as nothing although it is a letter or mark (Hangul fillers, variation selectors).
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
const UNSAFE_ONCE = new RegExp(UNSAFE.source, 'u');
const PLAIN_ASCII = /^[ -~]*$/;
const ODD_SPACE = /[\t\p{Zs}]/gu;
/** More marks than any script stacks on one letter; they would climb over the lines above and below. */
const MARK_PILE = /(\p{M}{4})\p{M}+/gu;

/** Longer values are cut in what people read; JSON and YAML keep them whole. */
const LONGEST_TEXT = 2_000;
/** Commands and patches are pasted, so they are only cut where no terminal would take them any more. */
const LONGEST_COMMAND = 20_000;

/** The text with every unsafe character written as a visible escape (`\x1b`, `\u202e`), on one line. */
export function sanitize(text: string, longest: number = LONGEST_TEXT): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  // Nearly everything is printable ASCII, and the classes below are slow to set up.
  return PLAIN_ASCII.test(cut)
    ? cut
    : cut.replace(ODD_SPACE, ' ').replace(UNSAFE, visibleEscape).replace(MARK_PILE, '$1…');
}

/** Is there anything in the text that `sanitize` would write as an escape? */
export function isUnsafe(text: string): boolean {
  return UNSAFE_ONCE.test(text);
}

function visibleEscape(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`;
}

/**
 * Unsafe characters as escapes that JSON strings and YAML double-quoted scalars both read back as the same character.
 * Line feeds outside strings are layout and stay.
 */
export function escapeInQuotes(serialized: string, astral: 'surrogates' | 'eight-digits'): string {
  return serialized.replace(UNSAFE, (character) => {
    if (character === '\n') return character;
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0x10000 && astral === 'eight-digits') return `\\U${code.toString(16).padStart(8, '0')}`;
    return character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join('');
  });
}

/** A copy of a document with every string in it, keys included, made safe to show. */
export function sanitizeDocument<T>(document: T, change: (text: string) => string = (text) => text): T {
  return copy(document, '', change) as T;
}

const COMMAND_KEYS: ReadonlySet<string> = new Set(['command', 'commands', 'patch']);

function copy(value: unknown, key: string, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(sanitize(value, COMMAND_KEYS.has(key) ? LONGEST_COMMAND : LONGEST_TEXT));
  if (Array.isArray(value)) return value.map((item) => copy(item, key, change));
  if (typeof value !== 'object' || value === null) return value;
  // A patch is data that gets printed as JSON inside a command; it is escaped there, not here, to stay exact.
  if (key === 'patch') return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [sanitize(name), copy(item, name, change)]));
}
