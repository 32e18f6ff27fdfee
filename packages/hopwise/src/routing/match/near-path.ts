import { editDistance } from '../../base/edit-distance.ts';
import type { PathMatch } from '../route-table.ts';
import { lowerAscii } from './bytes.ts';

/** How close a path that does not match came, best first. */
export type NearMiss = { readonly rank: number; readonly why: string };

/**
 * Why a rule that looks as if it were meant for this path does not cover it; undefined for a rule nobody would expect to
 * win. `path` is the path as the proxy compares it.
 */
export function explainPathMiss(wanted: PathMatch, path: string): NearMiss | undefined {
  if (wanted.kind === 'regex') return missRegex(wanted, path);
  const value = wanted.value;
  const bare = stripSlash(value);
  if (path === bare && value !== bare)
    return { rank: 1, why: `the rule's path ${value} has a trailing slash, the request has none` };
  if (wanted.kind === 'exact') {
    if (path === `${value}/`)
      return { rank: 1, why: `Exact ${value} does not cover ${path}: the request has a trailing slash` };
    if (path.startsWith(`${bare}/`) && bare !== '')
      return { rank: 2, why: `Exact ${value} covers that one path only, not the paths below it` };
  }
  if (bare !== '' && path.startsWith(bare) && !path.startsWith(`${bare}/`)) {
    const element = path.slice(bare.lastIndexOf('/') + 1).split('/', 1)[0] ?? '';
    return {
      rank: 2,
      why: `${value} ends inside the path element ${element}: prefixes cover whole elements, so ${bare} and ${bare}/… only`,
    };
  }
  const lowered = lowerAscii(path);
  const loweredBare = lowerAscii(bare);
  if (bare !== '' && (lowered === loweredBare || lowered.startsWith(`${loweredBare}/`))) {
    return { rank: 3, why: `${value} and the request differ in upper and lower case, which counts here` };
  }
  return missByTypo(bare, path, value);
}

function missRegex(wanted: PathMatch & { kind: 'regex' }, path: string): NearMiss | undefined {
  const literal = /^\^?((?:[A-Za-z0-9/_-]|\\[^A-Za-z0-9])*)/.exec(wanted.value)?.[1]?.replace(/\\(.)/g, '$1') ?? '';
  const head = stripSlash(literal);
  if (head.length < 2) return undefined;
  const [text, start] = wanted.ignoreCase === true ? [lowerAscii(path), lowerAscii(head)] : [path, head];
  if (text === start || text.startsWith(start))
    return { rank: 4, why: `the expression ${wanted.value} does not match ${path}` };
  if (lowerAscii(path).startsWith(lowerAscii(head))) {
    return { rank: 4, why: `the expression ${wanted.value} tells upper from lower case` };
  }
  return undefined;
}

/** One or two wrong characters in the path's beginning. */
function missByTypo(bare: string, path: string, value: string): NearMiss | undefined {
  if (bare.length < 4) return undefined;
  const depth = bare.split('/').length;
  const head = path.split('/').slice(0, depth).join('/');
  const distance = editDistance(bare, head, 2);
  if (distance === 0 || distance > (bare.length < 7 ? 1 : 2)) return undefined;
  return { rank: 5, why: `${value} differs from ${head} by ${distance === 1 ? 'one character' : 'two characters'}` };
}

function stripSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path;
}
