import type { AccessEntry, Attempt, BackendErrorEntry, LogEntry } from '../observations.ts';

/** NGINX writes both times in whole seconds, and the access line after the error lines. */
const SLACK = 1_500;
/** An error that no access line of the same request follows within this time belongs to a request still open or cut off. */
const LONGEST_REQUEST = 3_600_000;

/**
 * Joins NGINX error lines to the access line of the same request in the same file: same request id, or the same client,
 * method and path, the last error in the second the answer was logged. NGINX logs an error line for every attempt it gave
 * up, and an access line only when the request is over, so the errors that wait since the last access line of the same
 * client and request are this request's. A joined access entry has `mode` from its last error; it is `generated` when the
 * answer is a 5xx that the last error led to; addresses come from the errors where the access line shows none.
 */
export function joinNginxErrors(entries: readonly LogEntry[]): LogEntry[] {
  const waiting = new Map<string, BackendErrorEntry[]>();
  return entries.map((entry) => {
    if (entry.type === 'backend-error' && entry.format === 'nginx-error') {
      for (const key of keysOf(entry)) push(waiting, key, entry);
      return entry;
    }
    if (entry.type !== 'access' || entry.status === undefined) return entry;
    const errors = take(waiting, entry);
    return errors.length === 0 ? entry : joined(entry, errors);
  });
}

function keysOf(entry: AccessEntry | BackendErrorEntry): string[] {
  const byRequest = `${entry.client ?? ''} ${entry.method ?? ''} ${entry.path ?? ''}`;
  return entry.requestId === undefined ? [byRequest] : [`id ${entry.requestId}`, byRequest];
}

function push(waiting: Map<string, BackendErrorEntry[]>, key: string, entry: BackendErrorEntry): void {
  const list = waiting.get(key);
  if (list === undefined) waiting.set(key, [entry]);
  else list.push(entry);
}

/** Takes the waiting errors of this access line; a request id on both sides decides alone. */
function take(waiting: Map<string, BackendErrorEntry[]>, access: AccessEntry): BackendErrorEntry[] {
  for (const key of keysOf(access)) {
    const errors = waiting.get(key);
    if (errors === undefined) continue;
    waiting.delete(key);
    const matching = errors.filter((error) => belongs(error, access));
    if (matching.length > 0) return matching;
  }
  return [];
}

function belongs(error: BackendErrorEntry, access: AccessEntry): boolean {
  if (
    error.requestId !== undefined &&
    access.requestId !== undefined &&
    error.requestId.length === access.requestId.length
  )
    return error.requestId === access.requestId;
  if (error.time === undefined || access.time === undefined) return false;
  const earliest = access.time - (access.durationMs ?? LONGEST_REQUEST) - SLACK;
  return error.time >= earliest && error.time <= access.time + SLACK;
}

function joined(access: AccessEntry, errors: readonly BackendErrorEntry[]): AccessEntry {
  const last = errors.at(-1);
  if (last === undefined) return access;
  const failed = (access.status ?? 0) >= 500 || (access.status ?? 0) === 413 || (access.status ?? 0) === 414;
  const sameId = last.requestId !== undefined && last.requestId === access.requestId;
  const ended =
    sameId || (last.time !== undefined && access.time !== undefined && Math.abs(last.time - access.time) <= SLACK);
  const attempts = access.attempts.length > 0 ? access.attempts : errors.flatMap(attemptOf);
  const known = {
    ...access,
    attempts,
    ...(access.host === undefined && last.host !== undefined ? { host: last.host } : {}),
  };
  return failed && ended ? { ...known, mode: last.mode, generated: true } : known;
}

function attemptOf(error: BackendErrorEntry): Attempt[] {
  return error.address === undefined ? [] : [{ address: error.address }];
}
