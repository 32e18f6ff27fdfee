import type { AccessEntry } from '../sources/observations.ts';
import type { PathObservations } from './observed.ts';

/** Failed requests that reused a connection which had been idle for about the same time each. */
export interface IdleResets {
  /** How many resets follow the pattern. */
  readonly matching: number;
  /** The very connections are known by the proxy's local ports. */
  readonly byPort: boolean;
  readonly gapSeconds: number | undefined;
  readonly example:
    | { readonly failed: AccessEntry; readonly before: AccessEntry; readonly gapSeconds: number }
    | undefined;
  /** The app has lines for good requests but none for the failed ones. */
  readonly unseenByApp: boolean;
  /** The resets come within milliseconds: the request was hardly sent. */
  readonly instant: boolean;
}

const INSTANT_MS = 50;
const SHORTEST_IDLE_S = 0.9;

/**
 * With the proxy's local port in the log the very connection is known: the gap to its last use is measured. Without it the
 * gap to the last request to the same backend address is, which is only as good as the traffic is low.
 */
export function idleResets({ seen }: { readonly seen: PathObservations }): IdleResets {
  const lines = [...seen.access, ...seen.nearby]
    .filter((entry) => entry.time !== undefined)
    .sort((a, b) => (a.time as number) - (b.time as number));
  const failed = lines.filter((entry) => entry.mode === 'reset' && (entry.status ?? 0) >= 500);
  const instant = failed.length > 0 && failed.every((entry) => (entry.durationMs ?? 0) <= INSTANT_MS);
  const pairs = failed.flatMap((entry) => {
    const before = lastUse(lines, entry);
    if (before === undefined) return [];
    const gapSeconds = ((entry.time as number) - (before.time as number)) / 1000;
    return gapSeconds >= SHORTEST_IDLE_S ? [{ failed: entry, before, gapSeconds }] : [];
  });
  const gaps = pairs.map((pair) => pair.gapSeconds).sort((a, b) => a - b);
  const median = gaps[Math.floor(gaps.length / 2)];
  const near =
    median === undefined
      ? []
      : pairs.filter((pair) => Math.abs(pair.gapSeconds - median) <= Math.max(0.5, median * 0.1));
  const byPort = near.filter((pair) => pair.failed.localAddress !== undefined);
  const failedTimes = new Set(failed.map((entry) => Math.round((entry.time as number) / 1000)));
  const unseenByApp =
    seen.app.requests.length > 0 &&
    !seen.app.requests.some(
      (entry) =>
        entry.time !== undefined && failedTimes.has(Math.round(entry.time / 1000)) && (entry.status ?? 0) >= 500,
    );
  const counted = byPort.length > 0 ? byPort : near.length === pairs.length && instant ? near : [];
  return {
    matching: counted.length,
    byPort: byPort.length > 0,
    gapSeconds: counted.length > 0 ? median : undefined,
    example: counted[0],
    unseenByApp,
    instant,
  };
}

function lastUse(lines: readonly AccessEntry[], failed: AccessEntry): AccessEntry | undefined {
  const address = failed.attempts.at(-1)?.address;
  return lines.findLast((entry) => {
    if (entry === failed || (entry.time as number) >= (failed.time as number) || (entry.status ?? 500) >= 500)
      return false;
    if (failed.localAddress !== undefined) return entry.localAddress === failed.localAddress;
    return address !== undefined && entry.attempts.some((attempt) => attempt.address === address);
  });
}
