import type { Request } from '../routing/request.ts';
import type { AccessEntry, BackendErrorEntry, ResponseObservation } from '../sources/observations.ts';
import { isCutSession, sessionsAreCut } from './cut-sessions.ts';
import type { PathObservations } from './observed.ts';

/** Is this answer a failure for this request? 1xx–3xx are not, unless an upgrade or a gRPC status was wanted. */
export function failedStatus(request: Request, status: number, grpcStatus?: number): boolean {
  if (request.protocol === 'websocket') return status !== 101;
  // A grpc-status in the answer makes it gRPC whatever the request was said to be.
  if (grpcStatus !== undefined && grpcStatus !== 0) return [2, 4, 8, 12, 13, 14].includes(grpcStatus);
  return (
    status >= 500 ||
    status === 404 ||
    status === 400 ||
    status === 403 ||
    status === 408 ||
    status === 413 ||
    status === 421 ||
    status === 426 ||
    status === 431
  );
}

/** A logged request that failed: by its status, as a WebSocket session that was cut, or as gRPC that a proxy answered. */
export function failedAccess(request: Request, entry: AccessEntry): boolean {
  if (entry.status === undefined) return false;
  // A proxy's own answer to gRPC is status 200 with a grpc-status that access logs leave out: its reason tells.
  const grpc = request.protocol === 'grpc' && entry.generated === true && entry.mode !== undefined;
  return failedStatus(request, entry.status) || grpc || isCutSession(request, entry);
}

export function failedResponse(request: Request, response: ResponseObservation): boolean | undefined {
  if (response.clientError !== undefined) return true;
  if (response.status === undefined)
    return response.grpcStatus === undefined ? undefined : failedStatus(request, 200, response.grpcStatus);
  return complainedOf(response.status) || failedStatus(request, response.status, response.grpcStatus);
}

/** Is a status that somebody asks about a failure? */
export function failedGiven(request: Request, status: number): boolean {
  return complainedOf(status) || failedStatus(request, status);
}

/**
 * Answers that somebody who asks about them does not want, and that are nothing in a log: a 405 came from a backend that was
 * not meant where crawlers and probes get it every day, a 429 is what a limit is there for.
 */
function complainedOf(status: number): boolean {
  return status === 405 || status === 429;
}

/** One request of the path and how it ended; epoch milliseconds. */
export interface Outcome {
  readonly time: number;
  readonly failed: boolean;
}

export type Now = PathObservations['now'];

export interface NowFacts {
  readonly now: Now;
  readonly lastFailure?: number;
  readonly lastSuccess?: number;
}

/**
 * Is the path failing now? The response of the failing request speaks first; without one the gateway's own lines decide,
 * together with what hopwise tried itself. A run of failures that ends and is followed by successes only has recovered;
 * failures between successes are intermittent, and so is what fails for one client and not for another.
 */
export function judgeNow(
  request: Request,
  response: ResponseObservation | undefined,
  given: number | undefined,
  access: readonly AccessEntry[],
  errors: readonly BackendErrorEntry[],
  probed: readonly Outcome[] = [],
): NowFacts {
  const outcomes = [...outcomesOf(request, access, errors), ...probed].sort((a, b) => a.time - b.time);
  const failures = outcomes.filter((entry) => entry.failed);
  const successes = outcomes.filter((entry) => !entry.failed);
  const lastFailure = failures.at(-1)?.time;
  const lastSuccess = successes.at(-1)?.time;
  const times = {
    ...(lastFailure === undefined ? {} : { lastFailure }),
    ...(lastSuccess === undefined ? {} : { lastSuccess }),
  };

  const series = response?.series ?? [];
  const seriesFailed = series.filter((point) => point.status === 0 || failedStatus(request, point.status)).length;
  if (series.length > 1 && seriesFailed > 0)
    return { now: seriesFailed < series.length ? 'intermittent' : 'failing', ...times };

  const seen =
    response === undefined
      ? given === undefined
        ? undefined
        : failedGiven(request, given)
      : failedResponse(request, response);
  if (seen === true) {
    const firstFailure = failures[0]?.time;
    const between =
      (firstFailure !== undefined && successes.some((entry) => entry.time > firstFailure)) ||
      probed.some((entry) => !entry.failed);
    return { now: between ? 'intermittent' : 'failing', ...times };
  }
  // 101 says that the upgrade worked, nothing of how long the session lasts.
  if (seen === false && sessionsAreCut(request, access, errors)) return { now: 'intermittent', ...times };
  if (seen === false && probed.some((entry) => entry.failed)) return { now: 'intermittent', ...times };
  if (seen === false) return { now: failures.length > 0 ? 'recovered' : 'none', ...times };
  return { now: judgeOutcomes(outcomes, failures.length), ...times };
}

function judgeOutcomes(outcomes: readonly Outcome[], failures: number): Now {
  if (outcomes.length === 0) return 'unknown';
  if (failures === 0) return 'none';
  let trailing = 0;
  while (trailing < outcomes.length && outcomes[outcomes.length - 1 - trailing]?.failed === false) trailing += 1;
  if (trailing === 0) return failureRuns(outcomes) > 1 ? 'intermittent' : 'failing';
  const runs = failureRuns(outcomes);
  if (runs === 1 && (trailing >= 3 || trailing > failures)) return 'recovered';
  // Sporadic failures have stopped when the quiet since is clearly longer than any pause between them was.
  const times = outcomes.filter((entry) => entry.failed).map((entry) => entry.time);
  const longestPause = Math.max(0, ...times.slice(1).map((time, index) => time - (times[index] ?? time)));
  const quiet = (outcomes.at(-1)?.time ?? 0) - (times.at(-1) ?? 0);
  return trailing >= 5 && quiet > 2 * longestPause ? 'recovered' : 'intermittent';
}

function failureRuns(outcomes: readonly Outcome[]): number {
  let runs = 0;
  let before = false;
  for (const outcome of outcomes) {
    if (outcome.failed && !before) runs += 1;
    before = outcome.failed;
  }
  return runs;
}

/** Access lines are outcomes; error lines are failures only where no access lines were logged at all. */
function outcomesOf(
  request: Request,
  access: readonly AccessEntry[],
  errors: readonly BackendErrorEntry[],
): readonly Outcome[] {
  const timed = access.filter((entry) => entry.time !== undefined && entry.status !== undefined);
  if (timed.length > 0) {
    return timed
      .map((entry) => ({ time: entry.time as number, failed: failedAccess(request, entry) }))
      .sort((a, b) => a.time - b.time);
  }
  return errors
    .flatMap((entry) => (entry.time === undefined ? [] : [{ time: entry.time, failed: true }]))
    .sort((a, b) => a.time - b.time);
}
