import { citeField } from '../model/cite.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { AppEventEntry } from '../sources/observations.ts';
import { logEvidence } from './log-evidence.ts';
import type { PathObservations } from './observed.ts';

/** A process or worker that died while it served a failed request of this path. */
export interface RequestDeath {
  readonly pod: Pod;
  readonly what: string;
  /** How often a death and a failure fall together. */
  readonly times: number;
  /** The death itself says that no outside hand did it. */
  readonly sure: boolean;
  readonly evidence: Evidence;
}

/** A proxy's line and the app's own are seldom more than seconds apart. */
const SAME_MOMENT_MS = 5000;

const DEATHS: ReadonlyMap<AppEventEntry['event'], string> = new Map([
  ['crash', 'the process crashes'],
  ['worker-killed', 'a worker is killed for taking too long'],
  ['out-of-memory', 'the process runs out of memory'],
]);

/** Go's server ends the connection of a handler that panicked (net/http Server.serve). */
const PANIC = /http: panic serving /;

/** Signals of the processor and of abort(): the process did it itself. Exit codes are 128 and the signal (POSIX shells). */
const SIGNALS: ReadonlyMap<number, string> = new Map([
  [132, 'an illegal instruction'],
  [134, 'an abort'],
  [135, 'a bus error'],
  [136, 'an arithmetic error'],
  [139, 'a segmentation fault'],
]);
/** Killed, or asked to stop: somebody else's doing. */
const ENDED_BY_OTHERS = new Set([0, 137, 143]);

export function requestDeath(pods: readonly Pod[], seen: PathObservations): RequestDeath | undefined {
  return saidInLog(pods, seen) ?? seenInStatus(pods, seen);
}

function saidInLog(pods: readonly Pod[], seen: PathObservations): RequestDeath | undefined {
  const failures = failureTimes(seen);
  const matching = seen.app.events.filter((entry) => {
    if (!DEATHS.has(entry.event) && !PANIC.test(entry.at.quote)) return false;
    const { time } = entry;
    // Without a time the line itself must name a request.
    if (time === undefined) return entry.path !== undefined || (failures.length > 0 && entry.event === 'crash');
    return failures.some((failure) => Math.abs(time - failure) <= SAME_MOMENT_MS);
  });
  const last = matching.at(-1);
  const pod = pods.find((entry) => entry.name === last?.at.pod) ?? pods[0];
  if (last === undefined || pod === undefined) return undefined;
  const what = DEATHS.get(last.event) ?? 'the handler panics';
  const timed = matching.filter((entry) => entry.time !== undefined).length;
  const sure = timed > 1 || (timed === 1 && failures.length <= 1);
  return { pod, what, times: matching.length, sure, evidence: logEvidence(last, what, matching.length) };
}

/** Without a line: the container's last end falls together with a failure, and by a signal of its own or an error exit. */
function seenInStatus(pods: readonly Pod[], seen: PathObservations): RequestDeath | undefined {
  const failures = failureTimes(seen);
  for (const pod of pods) {
    for (const [index, status] of pod.statuses.entries()) {
      const { last } = status;
      const code = last?.exitCode;
      if (last?.finished === undefined || code === undefined || ENDED_BY_OTHERS.has(code)) continue;
      if (last.reason === 'OOMKilled' || status.state.kind !== 'running') continue;
      const { finished } = last;
      if (!failures.some((failure) => Math.abs(finished - failure) <= SAME_MOMENT_MS)) continue;
      const signal = SIGNALS.get(code);
      const what = signal === undefined ? 'the process exits' : `the process ends by ${signal}`;
      const path = `status.containerStatuses[${index}].lastState.terminated`;
      const evidence = citeField(pod, path, `${what} (exit code ${code}) at the moment of a failed request`, code);
      return { pod, what, times: 1, sure: signal !== undefined, evidence };
    }
  }
  return undefined;
}

function failureTimes(seen: PathObservations): readonly number[] {
  const failed = [...seen.access.filter((entry) => (entry.status ?? 0) >= 500), ...seen.errors];
  return failed.flatMap((entry) => entry.time ?? []);
}
