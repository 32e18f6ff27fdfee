import { editDistance } from '../base/edit-distance.ts';

/** How far two names may be apart and still be the same one mistyped: a third of the shorter, at least 1 and at most 4. */
function tolerance(a: string, b: string): number {
  return Math.max(1, Math.min(4, Math.floor(Math.min(a.length, b.length) / 3)));
}

/** Names that may have been meant, nearest first: a slip away, or one contains the other as whole dash-separated parts. */
export function similarNames(wanted: string, names: readonly string[]): readonly string[] {
  return names
    .filter((name) => name !== wanted)
    .map((name) => ({ name, score: score(wanted, name) }))
    .filter((entry) => entry.score !== undefined)
    .sort((a, b) => (a.score as number) - (b.score as number) || (a.name < b.name ? -1 : 1))
    .map((entry) => entry.name);
}

function score(wanted: string, name: string): number | undefined {
  const slip = editDistance(wanted, name, tolerance(wanted, name));
  if (slip <= tolerance(wanted, name)) return slip;
  const parts = new Set(name.split(/[-.]/));
  const shared = wanted.split(/[-.]/).filter((part) => parts.has(part) && part.length > 2).length;
  const total = Math.max(parts.size, wanted.split(/[-.]/).length);
  return shared > 0 && shared * 2 >= total ? 5 + total - shared : undefined;
}
