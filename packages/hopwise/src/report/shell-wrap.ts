import { characterWidth, displayWidth } from './width.ts';

/*
 * Breaks a long shell command over lines so that the lines, pasted together, still are the same command:
 * between words with ` \`; inside a single-quoted JSON text between its tokens, where JSON takes any white space; and in a
 * word that is longer than a line with a backslash-newline outside quotes, which shells drop, from the first column.
 */

type Quote = 'none' | 'single' | 'double' | 'ansi-c';

/** Lines that start with `indent` spaces, continued lines with two more, none wider than `width` columns. */
export function wrapCommand(command: string, width: number, indent: number): string[] {
  const first = ' '.repeat(indent);
  const next = ' '.repeat(indent + 2);
  if (displayWidth(command) + indent <= width) return [first + command];
  const lines: string[] = [];
  let line = first;
  let fresh = true;
  for (const word of joinFlags(splitWords(command))) {
    // Two columns stay free for ` \`.
    if (!fresh && displayWidth(line) + 1 + displayWidth(word) <= width - 2) {
      line += ` ${word}`;
      continue;
    }
    const parts = jsonParts(word);
    if (!fresh && (parts.length === 1 || displayWidth(line) + 1 + displayWidth(parts[0] ?? '') > width - 2)) {
      lines.push(`${line} \\`);
      line = next;
      fresh = true;
    }
    for (const [index, part] of parts.entries()) {
      if (index > 0 && displayWidth(line) + displayWidth(part) > width - 2) {
        lines.push(line);
        line = next;
      }
      const separator = index === 0 && !fresh ? ' ' : '';
      const broken = breakWord(line + separator, part, width, parts.length > 1 && index > 0 ? 'single' : 'none');
      lines.push(...broken.slice(0, -1));
      line = broken.at(-1) ?? '';
      fresh = false;
    }
  }
  lines.push(line);
  return lines;
}

/**
 * A trailing `# …` apart from its command: it must not be continued over lines, and interactive zsh would run it.
 */
export function splitComment(command: string): { readonly command: string; readonly comment?: string } {
  const words = splitWords(command);
  const at = words.findIndex((word) => word.startsWith('#'));
  if (at < 0) return { command };
  return { command: words.slice(0, at).join(' '), comment: words.slice(at).join(' ').replace(/^#+ ?/, '') };
}

/** Words separated by white space outside quotes, quotes kept. */
function splitWords(command: string): string[] {
  const words: string[] = [];
  let word = '';
  for (const { character, quote } of scan(command, 'none')) {
    if (character === ' ' && quote === 'none') {
      if (word !== '') words.push(word);
      word = '';
    } else word += character;
  }
  if (word !== '') words.push(word);
  return words;
}

/** A word with the quoting state before each of its units; an escape and what it escapes are one unit. */
function* scan(text: string, start: Quote): Generator<{ readonly character: string; readonly quote: Quote }> {
  let quote: Quote = start;
  for (let at = 0; at < text.length; ) {
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    let unit = character;
    let after: Quote = quote;
    if (character === '\\' && quote !== 'single') unit = text.slice(at, at + escapeLength(text, at, quote));
    else if (quote === 'none' && character === "'") after = 'single';
    else if (quote === 'none' && character === '"') after = 'double';
    else if (quote === 'none' && text.startsWith("$'", at)) {
      unit = "$'";
      after = 'ansi-c';
    } else if (character === "'" && (quote === 'single' || quote === 'ansi-c')) after = 'none';
    else if (character === '"' && quote === 'double') after = 'none';
    yield { character: unit, quote };
    quote = after;
    at += unit.length;
  }
}

function escapeLength(text: string, at: number, quote: Quote): number {
  const kind = text[at + 1];
  if (quote === 'ansi-c' && kind === 'u') return 6;
  if (quote === 'ansi-c' && kind === 'U') return 10;
  return 1 + String.fromCodePoint(text.codePointAt(at + 1) ?? 0x20).length;
}

/** A flag stays on one line with its value: `--type json`. */
function joinFlags(words: readonly string[]): string[] {
  const chunks: string[] = [];
  let flag: string | undefined;
  for (const word of words) {
    if (flag !== undefined && !word.startsWith('-')) {
      chunks[chunks.length - 1] = `${flag} ${word}`;
      flag = undefined;
      continue;
    }
    flag = /^--?[A-Za-z][A-Za-z0-9-]*$/.test(word) ? word : undefined;
    chunks.push(word);
  }
  return chunks;
}

/**
 * A single-quoted JSON text (behind its flag) cut behind each `,` `{` `[` that is not inside one of its strings; one part
 * when the word is something else.
 */
function jsonParts(word: string): string[] {
  const open = word.search(/'[[{]/);
  if (open < 0 || !isQuotedJson(word.slice(open))) return [word];
  const parts: string[] = [];
  let part = word.slice(0, open);
  let inString = false;
  for (let at = open; at < word.length; at++) {
    const character = word[at] ?? '';
    part += character;
    if (inString && character === '\\') part += word[++at] ?? '';
    else if (character === '"') inString = !inString;
    else if (!inString && ',{['.includes(character)) {
      parts.push(part);
      part = '';
    }
  }
  if (part !== '') parts.push(part);
  return parts;
}

function isQuotedJson(word: string): boolean {
  if (word.length < 2 || word.indexOf("'", 1) !== word.length - 1) return false;
  try {
    JSON.parse(word.slice(1, -1));
    return true;
  } catch {
    return false;
  }
}

const BREAK: Record<Quote, readonly [close: string, open: string]> = {
  none: ['\\', ''],
  single: ["'\\", "'"],
  double: ['\\', ''],
  'ansi-c': ["'\\", "$'"],
};

/** Appends a word to a line, breaking inside the word where it would pass the width. */
function breakWord(line: string, word: string, width: number, start: Quote): string[] {
  if (displayWidth(line) + displayWidth(word) <= width - 2) return [line + word];
  const lines: string[] = [];
  let current = line;
  let used = displayWidth(line);
  for (const { character, quote } of scan(word, start)) {
    let columns = 0;
    for (const each of character) columns += characterWidth(each);
    if (used + columns > width - 2 && current.trim() !== '') {
      const [close, open] = BREAK[quote];
      lines.push(current + close);
      current = open;
      used = open.length;
    }
    current += character;
    used += columns;
  }
  lines.push(current);
  return lines;
}
