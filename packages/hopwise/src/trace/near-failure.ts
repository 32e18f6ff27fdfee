import type { AccessEntry, BackendErrorEntry } from '../sources/observations.ts';
import type { PathObservations } from './observed.ts';

/** Load comes and goes in minutes: what was said that long before or after a failed request still belongs to it. */
const SAME_LOAD_MS = 5 * 60_000;

/** A line without a time, or one that falls together with a failed request of this path. */
export function nearFailure(seen: PathObservations, time: number | undefined): boolean {
  if (time === undefined) return true;
  const failures = [
    ...seen.access.filter((entry) => (entry.status ?? 0) >= 400 || entry.mode !== undefined),
    ...seen.errors,
  ].flatMap((entry) => (entry.time === undefined ? [] : [{ from: entry.time - durationOf(entry), to: entry.time }]));
  if (failures.length === 0) return true;
  return failures.some(({ from, to }) => time >= from - SAME_LOAD_MS && time <= to + SAME_LOAD_MS);
}

function durationOf(entry: AccessEntry | BackendErrorEntry): number {
  return entry.type === 'access' ? (entry.durationMs ?? 0) : 0;
}
