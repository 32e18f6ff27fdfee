import type { Stamp } from './timestamp.ts';

const DAY = 86_400_000;
/** A clock reading this far after what follows it is still the same day: lines are not written in strict order. */
const DISORDER = 3_600_000;

/**
 * Turns the stamps of one file, in line order, into epoch milliseconds.
 * - no zone: the zone the file's own zoned lines showed (`zoneMinutes`), otherwise UTC, which containers run on;
 * - no year: the year that brings it nearest to the next complete time of the file, or to `near`;
 * - no date: the latest day that keeps it before the next complete time of the file, or `near`.
 * What has nothing to lean on stays undefined.
 */
export function settleTimes(
  stamps: readonly (Stamp | undefined)[],
  zoneMinutes: number | undefined,
  near: number | undefined,
): (number | undefined)[] {
  const times = new Array<number | undefined>(stamps.length);
  let anchor = near;
  for (let index = stamps.length - 1; index >= 0; index--) {
    const stamp = stamps[index];
    if (stamp === undefined) continue;
    const time = settle(stamp, zoneMinutes ?? 0, anchor);
    times[index] = time;
    if (time !== undefined) anchor = time;
  }
  return times;
}

function settle(stamp: Stamp, zoneMinutes: number, anchor: number | undefined): number | undefined {
  if (typeof stamp === 'number') return stamp;
  if (stamp.lacks === 'zone') return stamp.utc - zoneMinutes * 60_000;
  if (anchor === undefined) return undefined;
  if (stamp.lacks === 'year') return nearestYear(stamp.month, stamp.day, stamp.ofDay, anchor);
  const today = anchor - mod(anchor, DAY) + stamp.ofDay;
  return today > anchor + DISORDER ? today - DAY : today;
}

function nearestYear(month: number, day: number, ofDay: number, anchor: number): number {
  const year = new Date(anchor).getUTCFullYear();
  let best = Number.NaN;
  for (const candidate of [year - 1, year, year + 1]) {
    const time = Date.UTC(candidate, month, day) + ofDay;
    if (Number.isNaN(best) || Math.abs(time - anchor) < Math.abs(best - anchor)) best = time;
  }
  return best;
}

function mod(value: number, by: number): number {
  return ((value % by) + by) % by;
}
