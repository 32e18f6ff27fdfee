const UNITS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 0.001,
  µs: 0.001,
  ns: 0.000001,
};

/** Milliseconds of a Go duration (`1h30m`, `0.5s`, `250ms`) as Istio and Gloo write them; undefined for anything else. */
export function parseDuration(text: string | undefined): number | undefined {
  if (text === undefined || text === '' || text.length > 64) return undefined;
  const part = /([0-9]{1,12}(?:\.[0-9]{1,9})?)(ms|us|µs|ns|h|m|s)/y;
  let total = 0;
  while (part.lastIndex < text.length) {
    const found = part.exec(text);
    if (found === null) return undefined;
    total += Number(found[1]) * (UNITS[found[2] ?? ''] ?? 0);
  }
  return total;
}
