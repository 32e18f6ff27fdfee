/**
 * Damerau–Levenshtein distance (insert, delete, replace, swap of neighbours), given up above `most`: names that differ by
 * a slip of the keyboard are near, others are not.
 */
export function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most || a.length > 260 || b.length > 260) return most + 1;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((last[j] as number) + 1, (row[j - 1] as number) + 1, (last[j - 1] as number) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] as number) + 1);
      row.push(best);
    }
    if (Math.min(...row) > most) return most + 1;
    before = last;
    last = row;
  }
  return last[b.length] as number;
}

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
  const slip = distance(wanted, name, tolerance(wanted, name));
  if (slip <= tolerance(wanted, name)) return slip;
  const parts = new Set(name.split(/[-.]/));
  const shared = wanted.split(/[-.]/).filter((part) => parts.has(part) && part.length > 2).length;
  const total = Math.max(parts.size, wanted.split(/[-.]/).length);
  return shared > 0 && shared * 2 >= total ? 5 + total - shared : undefined;
}
