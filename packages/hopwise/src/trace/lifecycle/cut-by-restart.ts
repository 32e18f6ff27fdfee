import { displayId, idOf, type ObjectId } from '../../base/object-id.ts';
import type { Evidence } from '../../model/evidence.ts';
import { podsBehind } from '../backend-path.ts';
import { logEvidence } from '../log-evidence.ts';
import { failedStatus } from '../outcome.ts';
import { resolvedBackends, workloadOf } from '../path-queries.ts';
import { outages } from './outages.ts';
import type { PathFacts } from './path-facts.ts';
import { PARTIAL_ENDING, type WorkloadTrouble } from './path-troubles.ts';
import { endText, lastRestart, type Restart } from './restarts.ts';
import { isLive } from './trouble.ts';

/** Failures this close before an end belong to it: requests that were under way. */
const BEFORE = 10_000;
/** And this long after the container came back: it is started, but not serving yet. */
const AFTER = 60_000;
/** Without times in the lines, only a restart this recent is worth connecting. */
const RECENT = 30 * 60_000;

/**
 * Restarts that cut requests of a path which otherwise has endpoints: failures at the Pod around the time its container
 * ended. One answer per workload, `partial` by nature.
 */
export function cutsByRestart(facts: PathFacts, why: Restart['why']): readonly WorkloadTrouble[] {
  const { model, trace, seen } = facts;
  if (!seen.failing) return [];
  const down = new Set(outages(trace).map((outage) => outage.path));
  const found = new Map<ObjectId, WorkloadTrouble>();
  for (const { path, service, port } of resolvedBackends(trace)) {
    if (down.has(path)) continue;
    for (const pod of podsBehind(path).filter(isLive)) {
      for (const status of pod.statuses) {
        const container = pod.spec.containers.find((entry) => entry.name === status.name);
        if (container === undefined || container.role === 'init' || status.restarts === 0) continue;
        const restart = lastRestart(model, pod, container, status);
        if (restart?.why !== why) continue;
        const failures = failuresAround(facts, restart);
        const object = model.controllerOf(pod);
        if (failures.length === 0 || found.has(object)) continue;
        const first = {
          pod,
          trouble: why,
          container,
          status,
          sure: restart.sure,
          message: endText(restart.terminated),
          evidence: restart.evidence,
        };
        found.set(object, {
          object,
          workload: workloadOf(model, pod),
          troubles: [first],
          first,
          path,
          service,
          port,
          partial: true,
          modes: ['no-endpoints', 'no-live-endpoint'],
          ending: PARTIAL_ENDING,
          evidence: failures,
        });
      }
    }
  }
  return [...found.values()];
}

function failuresAround({ model, trace, seen }: PathFacts, restart: Restart): readonly Evidence[] {
  const { finished } = restart.terminated;
  if (finished === undefined) return [];
  const back = restart.status.state.kind === 'running' ? (restart.status.state.since ?? finished) : finished;
  const addresses = restart.pod.ips;
  const isHere = (list: readonly (string | undefined)[]): boolean => {
    const named = list.filter((entry) => entry !== undefined);
    return (
      named.length === 0 || named.some((entry) => addresses.some((ip) => entry === ip || entry.startsWith(`${ip}:`)))
    );
  };
  const isThen = (time: number | undefined): boolean =>
    time !== undefined && time >= finished - BEFORE && time <= back + AFTER;
  const errors = seen.errors.filter((entry) => isThen(entry.time) && isHere([entry.address]));
  const access = seen.access.filter(
    (entry) =>
      isThen(entry.time) &&
      entry.status !== undefined &&
      failedStatus(trace.request, entry.status) &&
      isHere(entry.attempts.map((attempt) => attempt.address)),
  );
  const text = `fails while ${displayId(idOf(restart.pod))} restarts`;
  const lines = [
    ...access.slice(-1).map((entry) => logEvidence(entry, `status ${entry.status} ${text}`, access.length)),
    ...errors.slice(-1).map((entry) => logEvidence(entry, `${entry.phrase}: ${text}`, errors.length)),
  ];
  if (lines.length > 0) return lines;
  const timed = [...seen.access, ...seen.errors].some((entry) => entry.time !== undefined);
  if (timed || restart.status.restarts < 2 || model.now - finished > RECENT) return [];
  return [
    {
      type: 'timing',
      text: `${displayId(idOf(restart.pod))} last ended ${Math.round((model.now - finished) / 1000)} s before the snapshot, ${restart.status.restarts} restarts`,
    },
  ];
}
