import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

export const REPOSITORY = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const SOURCE_FOLDER = join(REPOSITORY, 'packages/hopwise/src');

export interface Import {
  /** As written. */
  readonly specifier: string;
  /** Path from src/ for a relative import, e.g. `model/meta.ts`. */
  readonly target?: string;
  /** `dynamic` is an `import()`: it loads when it is reached, not before the importing file runs. */
  readonly kind: 'type' | 'static' | 'dynamic';
}

export interface SourceFile {
  /** Path from src/, with forward slashes: `model/kinds/pod.ts`. */
  readonly path: string;
  readonly text: string;
  /** The text with comments, strings and regular expressions blanked out, so that a word search finds only code. */
  readonly code: string;
  readonly imports: readonly Import[];
}

/** Every TypeScript file of the package; tests and generated files are told by their names. */
export function readSourceFiles(): SourceFile[] {
  return readdirSync(SOURCE_FOLDER, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((path) => {
      const text = readFileSync(join(SOURCE_FOLDER, path), 'utf8');
      return { path, text, code: blankNonCode(text), imports: findImports(path, text) };
    });
}

/** The imports and re-exports of a file, static and dynamic. */
export function findImports(path: string, text: string): Import[] {
  const statement =
    /^[ \t]*(?:import|export)\b(?<clause>[^'"`;=(]*?)(?:\bfrom|(?<=import))\s*['"](?<specifier>[^'"]+)['"]/gm;
  const dynamic = /\bimport\(\s*['"](?<specifier>[^'"]+)['"]/g;
  return [...text.matchAll(statement), ...text.matchAll(dynamic)].map(({ groups }) => {
    const specifier = groups?.specifier ?? '';
    const clause = groups?.clause;
    const kind = clause === undefined ? 'dynamic' : /^\s*type\b/.test(clause) ? 'type' : 'static';
    if (!specifier.startsWith('.')) return { specifier, kind };
    return { specifier, target: posix.join(posix.dirname(path), specifier), kind };
  });
}

/**
 * Blanks what is not code, every line staying where it is: comments become spaces, literals underscores, so that a word
 * search sees code only. A `/` starts a regular expression unless something that ends an expression stands before it.
 */
export function blankNonCode(text: string): string {
  let out = '';
  let at = 0;
  /** For each open template literal, how many braces are open inside its `${}`. */
  const templates: number[] = [];
  const blankTo = (end: number, filler: ' ' | '_'): void => {
    out += text.slice(at, end).replaceAll(/[^\n]/g, filler);
    at = end;
  };
  const blankTemplate = (from: number): void => {
    let end = from;
    while (end < text.length && text[end] !== '`' && !(text[end] === '$' && text[end + 1] === '{')) {
      end += text[end] === '\\' ? 2 : 1;
    }
    const opens = text[end] === '$';
    if (opens) templates.push(0);
    blankTo(opens ? end + 2 : end + 1, opens ? ' ' : '_');
  };
  while (at < text.length) {
    const character = text.charAt(at);
    const rest = text.slice(at, at + 2);
    const braces = templates.at(-1);
    if (rest === '//') blankTo(endOr(text.indexOf('\n', at), text), ' ');
    else if (rest === '/*') blankTo(endOr(text.indexOf('*/', at + 2) + 2, text), ' ');
    else if (character === "'" || character === '"') blankTo(endOfQuoted(text, at, character), '_');
    else if (character === '`') blankTemplate(at + 1);
    else if (character === '}' && braces === 0) {
      templates.pop();
      blankTemplate(at + 1);
    } else if (character === '/' && startsRegExp(out)) blankTo(endOfRegExp(text, at), '_');
    else {
      if (braces !== undefined && character === '{') templates[templates.length - 1] = braces + 1;
      if (braces !== undefined && character === '}') templates[templates.length - 1] = braces - 1;
      out += character;
      at++;
    }
  }
  return out;
}

function endOr(index: number, text: string): number {
  return index < 0 ? text.length : index;
}

function endOfQuoted(text: string, start: number, quote: string): number {
  let end = start + 1;
  while (end < text.length && text[end] !== quote && text[end] !== '\n') end += text[end] === '\\' ? 2 : 1;
  return end + 1;
}

function startsRegExp(before: string): boolean {
  return !/[\w$)\]}]\s*$/.test(before) || /\b(?:return|typeof|case|in|of|yield|await)\s*$/.test(before);
}

function endOfRegExp(text: string, start: number): number {
  let inClass = false;
  let end = start + 1;
  while (end < text.length && text[end] !== '\n') {
    const character = text[end];
    if (character === '\\') end++;
    else if (character === '[') inClass = true;
    else if (character === ']') inClass = false;
    else if (character === '/' && !inClass) break;
    end++;
  }
  return end + 1;
}
