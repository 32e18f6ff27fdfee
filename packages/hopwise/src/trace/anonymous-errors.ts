import type { AccessEntry, BackendErrorEntry } from '../sources/observations.ts';

/** Access lines say when a request began or ended, in whole seconds for most formats. */
const SLACK = 1_500;

/** What one proxy Pod logged: its failed requests, split by whether they are of the path at hand. */
export interface ProxyLog {
  readonly failedHere: readonly AccessEntry[];
  readonly failedElsewhere: readonly AccessEntry[];
}

/**
 * Traefik and others log why a request failed in a line that names neither host nor address. Such a line is of the path at
 * hand when its time is that of a failed request of this path and of no other; without an access log nobody can tell.
 */
export function claimAnonymous(
  errors: readonly BackendErrorEntry[],
  logOf: (pod: string) => ProxyLog | undefined,
): ReadonlyMap<BackendErrorEntry, AccessEntry> {
  const claimed = new Map<BackendErrorEntry, AccessEntry>();
  for (const error of errors) {
    const log = logOf(`${error.at.namespace}/${error.at.pod}`);
    if (log === undefined || error.time === undefined) continue;
    const at = error.time;
    const near = (entry: AccessEntry): boolean =>
      entry.time !== undefined && at >= entry.time - SLACK && at <= entry.time + (entry.durationMs ?? 0) + SLACK;
    const request = log.failedHere.find(near);
    if (request !== undefined && !log.failedElsewhere.some(near)) claimed.set(error, request);
  }
  return claimed;
}

/** The requests with the reason that the claimed lines give for them. */
export function withReasons(
  access: readonly AccessEntry[],
  claimed: ReadonlyMap<BackendErrorEntry, AccessEntry>,
): AccessEntry[] {
  const reasons = new Map([...claimed].map(([error, entry]) => [entry, error.mode]));
  return access.map((entry) => {
    const mode = entry.mode === undefined ? reasons.get(entry) : undefined;
    return mode === undefined ? entry : { ...entry, mode };
  });
}

/** The line names nobody: it can only be told by its time. */
export function isAnonymous(error: BackendErrorEntry): boolean {
  return (
    error.host === undefined &&
    error.address === undefined &&
    error.backendName === undefined &&
    error.path === undefined &&
    error.requestId === undefined
  );
}
