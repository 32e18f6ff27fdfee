import type { PathObservations } from './observed.ts';

/** What a backend that was never meant to get a request answers. */
const NOT_MINE: ReadonlySet<number> = new Set([400, 403, 404, 405, 421, 501]);

/** The request fails in the way it does when it reached the wrong place. */
export function looksMisrouted(seen: PathObservations): boolean {
  return seen.failing && seen.status !== undefined && NOT_MINE.has(seen.status);
}
