/**
 * Reads the plain part of the regular-expression language, where Perl, RE2 and JavaScript mean the same, and writes it as
 * a JavaScript source that cannot backtrack badly: quantifiers stand on single characters only (a group may be optional,
 * never repeated), and the number of unbounded ones is counted so that the caller can bound the work.
 */
export interface PlainRegex {
  readonly source: string;
  /** How many times the work may multiply with the length of the text. */
  readonly degree: number;
  /** Starts with `^` that binds to the whole pattern. */
  readonly anchored: boolean;
  /** Text that every match starts with; '' when there is none or the pattern is not anchored. */
  readonly prefix: string;
  readonly usesEnd: boolean;
}

const MAX_OPTIONAL_GROUPS = 5;
const MAX_REPEAT = 64;
const PUNCTUATION = /^[!-/:-@[-`{-~]$/;
const CLASS_SHORTHANDS: Readonly<Record<string, string>> = { d: '0-9', w: '0-9A-Za-z_' };

/** The pattern in JavaScript, or undefined when it leaves the plain part of the language. */
export function readPlainRegex(pattern: string): PlainRegex | undefined {
  const reader = new Reader(pattern);
  const body = reader.alternatives(0);
  if (body === undefined || !reader.atEnd() || reader.optionalGroups > MAX_OPTIONAL_GROUPS) return undefined;
  const anchored = body.branches === 1 && body.anchored;
  return {
    source: body.source,
    degree: reader.unbounded + (anchored ? 0 : 1),
    anchored,
    prefix: anchored ? body.prefix : '',
    usesEnd: reader.usesEnd,
  };
}

interface Alternatives {
  readonly source: string;
  readonly branches: number;
  readonly anchored: boolean;
  readonly prefix: string;
}
interface Atom {
  readonly source: string;
  readonly kind: 'literal' | 'set' | 'group' | 'anchor';
  readonly text?: string;
}

class Reader {
  unbounded = 0;
  optionalGroups = 0;
  usesEnd = false;
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  alternatives(depth: number): Alternatives | undefined {
    if (depth > 8) return undefined;
    let source = '';
    let branches = 1;
    let anchored = false;
    let prefix = '';
    let collecting = true;
    let first = true;
    while (!this.atEnd()) {
      const next = this.#text[this.#at];
      if (next === ')') break;
      if (next === '|') {
        this.#at++;
        source += '|';
        branches++;
        collecting = false;
        continue;
      }
      const atom = this.#atom(depth);
      if (atom === undefined) return undefined;
      const quantifier = this.#quantifier(atom);
      if (quantifier === undefined) return undefined;
      source += atom.source + quantifier;
      if (branches === 1 && first && atom.source === '^' && quantifier === '') anchored = true;
      else if (collecting && atom.kind === 'literal' && quantifier === '') prefix += atom.text;
      else collecting = false;
      first = false;
    }
    return { source, branches, anchored, prefix };
  }

  #atom(depth: number): Atom | undefined {
    const character = this.#text[this.#at++] ?? '';
    switch (character) {
      case '^':
        return { source: '^', kind: 'anchor' };
      case '$':
        this.usesEnd = true;
        return { source: '$', kind: 'anchor' };
      case '.':
        return { source: '[^\\n]', kind: 'set' };
      case '(':
        return this.#group(depth);
      case '[':
        return this.#set();
      case '\\':
        return this.#escape();
      case '*':
      case '+':
      case '?':
      case '{':
      case '}':
      case ']':
        return undefined;
      default:
        return { source: quoteLiteral(character), kind: 'literal', text: character };
    }
  }

  #escape(): Atom | undefined {
    const character = this.#text[this.#at++];
    if (character === undefined) return undefined;
    const shorthand = CLASS_SHORTHANDS[character];
    if (shorthand !== undefined) return { source: `[${shorthand}]`, kind: 'set' };
    if (!PUNCTUATION.test(character)) return undefined;
    return { source: quoteLiteral(character), kind: 'literal', text: character };
  }

  #group(depth: number): Atom | undefined {
    let open = '(';
    if (this.#text.startsWith('?:', this.#at)) {
      open = '(?:';
      this.#at += 2;
    } else if (this.#text[this.#at] === '?') {
      return undefined;
    }
    const inner = this.alternatives(depth + 1);
    if (inner === undefined || this.#text[this.#at] !== ')') return undefined;
    this.#at++;
    return { source: `${open}${inner.source})`, kind: 'group' };
  }

  /** A character class of plain characters, ranges and \d \w. */
  #set(): Atom | undefined {
    let source = '[';
    if (this.#text[this.#at] === '^') {
      source += '^';
      this.#at++;
    }
    let empty = true;
    for (;;) {
      const character = this.#text[this.#at++];
      if (character === undefined) return undefined;
      if (character === ']') {
        if (empty) return undefined;
        return { source: `${source}]`, kind: 'set' };
      }
      const part = this.#setPart(character);
      if (part === undefined) return undefined;
      source += part;
      empty = false;
    }
  }

  #setPart(character: string): string | undefined {
    if (character === '[') return undefined;
    let from = character;
    if (character === '\\') {
      const escaped = this.#text[this.#at++];
      if (escaped === undefined) return undefined;
      const shorthand = CLASS_SHORTHANDS[escaped];
      if (shorthand !== undefined) return this.#text[this.#at] === '-' ? undefined : shorthand;
      if (!PUNCTUATION.test(escaped)) return undefined;
      from = escaped;
    }
    if (this.#text[this.#at] !== '-' || this.#text[this.#at + 1] === ']') return quoteInSet(from);
    const to = this.#text[this.#at + 1];
    if (to === undefined || !/^[0-9A-Za-z]$/.test(to) || !/^[0-9A-Za-z]$/.test(from) || to < from) return undefined;
    this.#at += 2;
    return `${from}-${to}`;
  }

  #quantifier(atom: Atom): string | undefined {
    const match = /^(?:[*+?]|\{[0-9]{1,4}(?:,[0-9]{0,4})?\})/.exec(this.#text.slice(this.#at, this.#at + 12))?.[0];
    if (match === undefined) return '';
    if (atom.kind === 'anchor') return undefined;
    this.#at += match.length;
    let lazy = '';
    if (this.#text[this.#at] === '?') {
      lazy = '?';
      this.#at++;
    }
    const next = this.#text[this.#at];
    if (next === '+' || next === '*' || next === '?' || next === '{') return undefined;
    if (atom.kind === 'group') {
      if (match !== '?') return undefined;
      this.optionalGroups++;
      return match + lazy;
    }
    if (match === '*' || match === '+' || match.endsWith(',}')) this.unbounded++;
    const numbers = match.match(/[0-9]+/g)?.map(Number) ?? [];
    if (numbers.some((value) => value > MAX_REPEAT) || (numbers[1] !== undefined && numbers[1] < (numbers[0] ?? 0)))
      return undefined;
    // A counted range is another way to repeat: count it like an unbounded one.
    if (numbers.length === 2) this.unbounded++;
    return match + lazy;
  }
}

function quoteLiteral(character: string): string {
  return PUNCTUATION.test(character) ? `\\${character}` : character;
}

function quoteInSet(character: string): string {
  return /^[\\\]^-]$/.test(character) ? `\\${character}` : character;
}
