const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/**
 * Milliseconds of a Gateway API duration (GEP-2257: one to four groups of at most five digits and h, m, s or ms);
 * undefined for anything else, which the API server would have refused.
 */
export function parseDuration(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const group = /([0-9]{1,5})(ms|h|m|s)/y;
  let total = 0;
  for (let count = 0; count < 4; count++) {
    const part = group.exec(text);
    if (part === null) return undefined;
    total += Number(part[1]) * (UNITS[part[2] ?? ''] ?? 0);
    if (group.lastIndex === text.length) return total;
  }
  return undefined;
}
