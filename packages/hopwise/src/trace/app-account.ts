import type { AccessEntry, AppRequestEntry } from '../sources/observations.ts';
import type { PathObservations } from './observed.ts';
import { pathShape } from './path-shape.ts';

/** The app's own line about a request of a failing path that it thinks it answered well. */
export function answeredByOwnAccount(seen: PathObservations): AppRequestEntry | AccessEntry | undefined {
  const failed = new Set(
    [...seen.access.filter((entry) => (entry.status ?? 0) >= 500), ...seen.errors].flatMap((entry) =>
      entry.path === undefined ? [] : [pathShape(entry.path)],
    ),
  );
  const lines = [...seen.app.requests, ...seen.app.access];
  return lines.findLast(
    (entry) =>
      entry.status !== undefined && entry.status < 400 && entry.path !== undefined && failed.has(pathShape(entry.path)),
  );
}
