import type { ClusterModel } from '../model/cluster-model.ts';
import type { AccessEntry, AppEventEntry, AppRequestEntry } from '../sources/observations.ts';
import { agrees, bindingTimeout } from './binding-timeout.ts';
import type { PathObservations } from './observed.ts';
import { pathShape } from './path-shape.ts';
import type { Trace } from './trace.ts';

interface Asked {
  readonly model: ClusterModel;
  readonly trace: Trace;
  readonly seen: PathObservations;
}

export interface TimeoutEvidence {
  /** How long the failed requests took, when they agree with each other (a timeout, not a load). */
  readonly timeoutMs: number | undefined;
  /** They agree with the gateway's own read timeout, or with each other to within 2 %. */
  readonly atTimeout: boolean;
  /** The app finished such a request after the gateway had given up. */
  readonly appLine: AppRequestEntry | undefined;
  readonly appMs: number | undefined;
  readonly clientGone: AppEventEntry | undefined;
  /** A slow request that passes just below the timeout. */
  readonly slowOk: AccessEntry | undefined;
  /** The same path was answered quickly before: it has become slow. */
  readonly wasFast: boolean;
}

export function timeoutEvidence({ seen, trace }: Asked): TimeoutEvidence {
  const failed = seen.access.filter((entry) => entry.status === 504 || entry.mode === 'read-timeout');
  const durations = failed.flatMap((entry) => entry.attempts.at(-1)?.durationMs ?? entry.durationMs ?? []);
  if (durations.length === 0 && seen.durationMs !== undefined) durations.push(seen.durationMs);
  const timeoutMs = agreeing(durations);
  const bound = bindingTimeout(trace, timeoutMs)?.value;
  const configured = bound === 0 ? undefined : bound;
  const shapes = new Set([
    ...failed.flatMap((entry) => (entry.path === undefined ? [] : [pathShape(entry.path)])),
    pathShape(trace.request.path),
  ]);
  const limit = timeoutMs ?? configured ?? 0;
  const appLine = seen.app.requests.findLast(
    (entry) =>
      (entry.durationMs ?? 0) > limit * 0.98 &&
      limit > 0 &&
      (entry.path === undefined || shapes.has(pathShape(entry.path))),
  );
  const slow = [...seen.access, ...seen.nearby].filter(
    (entry) => (entry.status ?? 500) < 500 && (entry.durationMs ?? 0) > limit * 0.4 && (entry.durationMs ?? 0) < limit,
  );
  const firstFailure = Math.min(...failed.map((entry) => entry.time ?? Number.POSITIVE_INFINITY));
  return {
    timeoutMs: timeoutMs ?? configured,
    atTimeout:
      timeoutMs !== undefined &&
      (configured === undefined ? durations.length > 1 || isRound(timeoutMs) : agrees(timeoutMs, configured)),
    appLine,
    appMs: appLine?.durationMs,
    clientGone: seen.app.events.findLast((entry) => entry.event === 'client-gone' && follows(entry, failed, limit)),
    slowOk: slow.sort((a, b) => (b.durationMs ?? 0) - (a.durationMs ?? 0))[0],
    wasFast: seen.access.some(
      (entry) =>
        (entry.status ?? 500) < 500 && (entry.durationMs ?? limit) < limit * 0.1 && (entry.time ?? 0) < firstFailure,
    ),
  };
}

/** How long an app may go on with a request that the gateway has given up. */
const LONGEST_WORK = 3_600_000;

/** The app noticed after a request was given up that its client had gone; other clients leave at any time. */
function follows(event: AppEventEntry, failed: readonly AccessEntry[], limit: number): boolean {
  const { time } = event;
  const ends = failed.flatMap((entry) => entry.time ?? []);
  if (time === undefined || ends.length === 0) return true;
  return ends.some((end) => time >= end - 1500 && time <= end + Math.max(LONGEST_WORK, limit * 10));
}

/** The common value when all lie within 2 % (and 150 ms) of each other. */
function agreeing(durations: readonly number[]): number | undefined {
  if (durations.length === 0) return undefined;
  const least = Math.min(...durations);
  const most = Math.max(...durations);
  return most - least <= Math.max(150, least * 0.02) ? least : undefined;
}

/** Timeouts are set in whole 5 seconds; a lone request that took 50.06 s was cut, one of 47.3 s was not. */
function isRound(ms: number): boolean {
  const rest = ms % 5000;
  return rest <= 300 || rest >= 4950;
}
