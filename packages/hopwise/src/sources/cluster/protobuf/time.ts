/** Times come in runs: what happened to one Pod happened within a few seconds, and to many Pods at once. */
const recent = new Map<number, string>();
const MOST = 4096;

/** The seconds between year 1 and year 9999, which RFC 3339 can write. */
const FIRST = -62_135_596_800;
const LAST = 253_402_300_799;

/** `2026-05-20T10:00:00Z`, as metav1.Time is written in JSON; undefined outside the years 1 to 9999. */
export function formatTime(seconds: number): string | undefined {
  const known = recent.get(seconds);
  if (known !== undefined) return known;
  if (!(seconds >= FIRST && seconds <= LAST)) return undefined;
  const time = `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
  if (recent.size >= MOST) recent.clear();
  recent.set(seconds, time);
  return time;
}

/** `2026-05-20T10:00:00.000000Z`, as metav1.MicroTime is written in JSON; undefined where `formatTime` is. */
export function formatMicroTime(seconds: number, nanos: number): string | undefined {
  if (!(nanos >= 0 && nanos < 1e9)) return undefined;
  const whole = formatTime(seconds);
  return whole === undefined
    ? undefined
    : `${whole.slice(0, -1)}.${String(Math.trunc(nanos / 1000)).padStart(6, '0')}Z`;
}
