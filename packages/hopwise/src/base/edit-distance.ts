/**
 * Insertions, deletions, replacements and swaps of neighbours that turn one name into the other; anything above `limit`,
 * and names longer than a host name can be, are answered as `limit + 1`. The small libraries for this know neither swaps, the
 * most common slip, nor a limit to stop at.
 */
export function editDistance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) > limit || left.length > LONGEST || right.length > LONGEST) return limit + 1;
  // What both start and end with changes nothing, and names that are compared are mostly alike or not alike at all.
  const shorter = Math.min(left.length, right.length);
  let start = 0;
  while (start < shorter && left.charCodeAt(start) === right.charCodeAt(start)) start++;
  let end = 0;
  while (end < shorter - start && left.charCodeAt(left.length - 1 - end) === right.charCodeAt(right.length - 1 - end))
    end++;
  return measure(left.slice(start, left.length - end), right.slice(start, right.length - end), limit);
}

function measure(left: string, right: string, limit: number): number {
  let before: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let i = 1; i <= left.length; i++) {
    const row = [i];
    let best = i;
    for (let j = 1; j <= right.length; j++) {
      const cost = left[i - 1] === right[j - 1] ? 0 : 1;
      let value = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1])
        value = Math.min(value, (before[j - 2] ?? 0) + 1);
      row.push(value);
      best = Math.min(best, value);
    }
    if (best > limit) return limit + 1;
    before = last;
    last = row;
  }
  return Math.min(last[right.length] ?? 0, limit + 1);
}

const LONGEST = 260;
