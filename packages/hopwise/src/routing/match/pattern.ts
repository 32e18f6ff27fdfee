import { RE2JS, RE2JSException } from 're2js';
import { lowerAscii } from './bytes.ts';
import { type PlainRegex, readPlainRegex } from './regex-subset.ts';

/** A regular expression from a manifest, ready to run without ever hanging. */
export interface Pattern {
  /** Captures (index 0 is the whole match, '' for groups that did not take part), null for no match, undefined when nobody can say. */
  readonly exec: (text: string) => readonly string[] | null | undefined;
  /** Lower-case text that every match starts with at the beginning of the input; '' when there is none. */
  readonly prefix: string;
  /** Why the pattern cannot be run here; `exec` answers undefined then. */
  readonly notUnderstood?: string;
  /** It is no regular expression in any dialect (an open bracket): a proxy refuses to load it. */
  readonly malformed?: true;
}

export interface PatternOptions {
  readonly engine: 're2' | 'pcre';
  readonly ignoreCase: boolean;
  /** The whole text must match. */
  readonly full: boolean;
}

/** Longest text the native engine gets for a pattern of degree two; RE2 takes over beyond. */
const NATIVE_LIMIT = 1024;
/** RE2's complaints about texts that Perl does not accept either. */
const MALFORMED = /\((?:error parsing regexp: )?(?:missing closing [)\]]|unexpected \)|trailing backslash)/;
/** Constructs that RE2 accepts with another meaning than Perl's. */
const AMBIGUOUS_IN_PCRE = /\\[sSC]|\{,[0-9]|\[\[:\^?word:/;

/** Compiles a pattern; one that RE2 cannot express (look-around, back references) is answered as not understood. */
export function compilePattern(source: string, options: PatternOptions): Pattern {
  const inline = /^\(\?i\)/.exec(source);
  const bare = inline === null ? source : source.slice(4);
  const ignoreCase = options.ignoreCase || inline !== null;
  const whole = options.full ? wholeText(bare) : bare;
  const plain = readPlainRegex(whole);
  const linear = lazyRe2(whole, ignoreCase);
  if (plain !== undefined && plain.degree <= 2) {
    return { exec: guardEnd(plain, options, nativeOr(plain, ignoreCase, linear)), prefix: lowerAscii(plain.prefix) };
  }
  const run = linear();
  if (typeof run === 'string') {
    const refused = { exec: () => undefined, prefix: '', notUnderstood: run };
    return MALFORMED.test(run) ? { ...refused, malformed: true } : refused;
  }
  if (options.engine === 'pcre' && AMBIGUOUS_IN_PCRE.test(whole)) {
    // \s of PCRE also covers the vertical tab; a text without control characters cannot tell them apart.
    return { exec: (text) => (/[\x00-\x1f\x7f-\xff]/.test(text) ? undefined : run(text)), prefix: scanPrefix(whole) };
  }
  return {
    exec: guardEnd({ usesEnd: whole.includes('$') }, options, run),
    prefix: plain === undefined ? scanPrefix(whole) : lowerAscii(plain.prefix),
  };
}

/** Anchors both ends; the group is only needed around alternatives, and without it the literal start stays visible. */
function wholeText(pattern: string): string {
  return pattern.includes('|') || pattern.startsWith('^') ? `^(?:${pattern})$` : `^${pattern}$`;
}

type Exec = (text: string) => readonly string[] | null;

function nativeOr(plain: PlainRegex, ignoreCase: boolean, linear: () => Exec | string): Exec {
  const limit = plain.degree <= 1 ? 65_536 : NATIVE_LIMIT;
  let native: RegExp | undefined;
  return (text) => {
    if (text.length > limit) {
      const run = linear();
      if (typeof run !== 'string') return run(text);
    }
    native ??= new RegExp(plain.source, ignoreCase ? 'i' : '');
    const found = native.exec(text);
    if (found === null) return null;
    const captures: string[] = [];
    for (let group = 0; group < found.length; group++) captures.push(found[group] ?? '');
    return captures;
  };
}

/** In Perl `$` also matches before a final newline; such a text (`/a%0A`) is left undecided rather than guessed. */
function guardEnd(plain: { readonly usesEnd: boolean }, options: PatternOptions, run: Exec): Pattern['exec'] {
  if (!plain.usesEnd || options.engine !== 'pcre') return run;
  return (text) => (text.endsWith('\n') ? undefined : run(text));
}

/** Compiled at first use: most patterns of a large table are never reached. */
function lazyRe2(source: string, ignoreCase: boolean): () => Exec | string {
  let compiled: Exec | string | undefined;
  return () => {
    compiled ??= re2(source, ignoreCase);
    return compiled;
  };
}

function re2(source: string, ignoreCase: boolean): Exec | string {
  let pattern: RE2JS;
  try {
    pattern = RE2JS.compile(source, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
  } catch (error) {
    if (error instanceof RE2JSException) return `this regular expression is beyond RE2 (${error.message})`;
    throw error;
  }
  return (text) => {
    const matcher = pattern.matcher(text);
    if (!matcher.find()) return null;
    const captures: string[] = [];
    for (let group = 0; group <= matcher.groupCount(); group++) captures.push(matcher.group(group) ?? '');
    return captures;
  };
}

/** Literal start of an anchored pattern without alternatives; '' when in doubt. */
function scanPrefix(source: string): string {
  if (source.includes('|')) return '';
  const found = /^\^([A-Za-z0-9/_-]*)(.?)/s.exec(source);
  const literal = found?.[1] ?? '';
  return (/^[*?+{]$/.test(found?.[2] ?? '') ? literal.slice(0, -1) : literal).toLowerCase();
}
