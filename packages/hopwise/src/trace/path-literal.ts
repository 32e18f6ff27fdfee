import type { PathMatch } from '../routing/route-table.ts';

/** The plain text that every path a rule matches starts with, without a closing slash; '' for a catch-all. */
export function literalHead(match: PathMatch): string {
  const text =
    match.kind === 'regex'
      ? (/^\^?((?:[A-Za-z0-9/_-]|\\[^A-Za-z0-9])*)/.exec(match.value)?.[1] ?? '').replace(/\\(.)/g, '$1')
      : match.value;
  return text.replace(/\/+$/, '');
}

/** Does a rule's path, read as a plain Exact or Prefix path, cover this one? Expressions are taken to, by their head. */
export function coversPath(match: PathMatch, path: string): boolean {
  if (match.kind === 'exact') return match.value === path;
  if (match.kind === 'regex') return path.startsWith(literalHead(match));
  const head = literalHead(match);
  return path === head || path.startsWith(`${head}/`) || (match.kind === 'prefix' && path.startsWith(match.value));
}
