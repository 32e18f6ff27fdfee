import { displayId, idOf, type ObjectId, splitId } from '../../base/object-id.ts';
import { citeEvent } from '../../model/cite.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { Container, Pod } from '../../model/kinds/pod.ts';
import type { Workload } from '../../model/kinds/workload.ts';
import type { AccessEntry, BackendErrorEntry, Observations } from '../../sources/observations.ts';
import { podsBehind } from '../backend-path.ts';
import { logEvidence } from '../log-evidence.ts';
import { failedStatus } from '../outcome.ts';
import { resolvedBackends, workloadOf } from '../path-queries.ts';
import type { PathFacts } from './path-facts.ts';

/** A failing request with what decides whether a rollout cut it. */
export interface FailedAt {
  readonly time: number;
  /** Address without port; undefined when the line names none. */
  readonly address: string | undefined;
  readonly line: AccessEntry | BackendErrorEntry;
}

/** Failing gateway lines of this path with a time, oldest first. */
export function failuresInTime({ seen, trace }: PathFacts): readonly FailedAt[] {
  const bare = (address: string | undefined): string | undefined => address?.replace(/:\d{1,5}$/, '');
  const access = seen.access.flatMap((line): readonly FailedAt[] => {
    if (line.time === undefined || line.status === undefined || !failedStatus(trace.request, line.status)) return [];
    const attempt = line.attempts.findLast((entry) => entry.status === undefined || entry.status >= 500);
    return [{ time: line.time, address: bare(attempt?.address), line }];
  });
  const errors = seen.errors.flatMap((line): readonly FailedAt[] =>
    line.time === undefined ? [] : [{ time: line.time, address: bare(line.address), line }],
  );
  return [...access, ...errors].sort((a, b) => a.time - b.time);
}

/** A Pod of the path that was on its way out, and since when. */
export interface Ending {
  readonly at: number;
  /** Its address, when it is still known. */
  readonly addresses: readonly string[];
  readonly name: string;
  readonly evidence: Evidence;
}

/** Workloads behind the path, with their Pods. */
export function workloadsOnPath(
  facts: PathFacts,
): readonly { readonly object: ObjectId; readonly workload: Workload | undefined; readonly pods: readonly Pod[] }[] {
  const byOwner = new Map<ObjectId, Pod[]>();
  const pods = resolvedBackends(facts.trace).flatMap(({ path }) => [...podsBehind(path), ...path.selected]);
  for (const pod of new Set(pods)) {
    const owner = facts.model.controllerOf(pod);
    byOwner.set(owner, [...(byOwner.get(owner) ?? []), pod]);
  }
  return [...byOwner].map(([object, list]) => ({
    object,
    workload: list[0] === undefined ? undefined : workloadOf(facts.model, list[0]),
    pods: list,
  }));
}

/**
 * When Pods of a workload were asked to end: Pods being deleted, the kubelet's Killing events (a stop, not a failed probe),
 * scale-downs of its ReplicaSets, and the SIGTERM lines of its own logs.
 */
export function endingsOf(
  model: ClusterModel,
  observations: Observations,
  object: ObjectId,
  pods: readonly Pod[],
): readonly Ending[] {
  const { namespace, name } = splitId(object);
  const endings: Ending[] = [];
  for (const pod of model.podsOf(object)) {
    if (pod.deleting !== undefined)
      endings.push({
        // The API server sets deletionTimestamp to the end of the grace period (registry/core/pod/strategy.go).
        at: pod.deleting - pod.spec.terminationGraceSeconds * 1000,
        addresses: pod.ips,
        name: pod.name,
        evidence: {
          type: 'field',
          text: `${displayId(idOf(pod))} is being deleted`,
          object: idOf(pod),
          path: 'metadata.deletionTimestamp',
        },
      });
  }
  const own = (about: string): boolean =>
    splitId(about as ObjectId).namespace === namespace &&
    (splitId(about as ObjectId).name === name || splitId(about as ObjectId).name.startsWith(`${name}-`));
  for (const event of model.list('Event')) {
    if (event.last === undefined || !own(event.about)) continue;
    const stopped = event.reason === 'Killing' && !/failed (?:liveness|startup) probe/.test(event.message);
    const scaled = event.reason === 'ScalingReplicaSet' && /^Scaled down/.test(event.message);
    const deleted = event.reason === 'SuccessfulDelete';
    if (!stopped && !scaled && !deleted) continue;
    const about = splitId(event.about);
    const pod = pods.find((entry) => entry.name === about.name);
    endings.push({
      at: event.last,
      addresses: stopped ? (pod?.ips ?? []) : [],
      name: about.name,
      evidence: citeEvent(event),
    });
  }
  for (const entry of observations.entries) {
    if (entry.type !== 'app-event' || entry.event !== 'shutting-down' || entry.time === undefined) continue;
    if (entry.at.namespace !== namespace || !entry.at.pod.startsWith(`${name}-`)) continue;
    const pod = pods.find((candidate) => candidate.name === entry.at.pod);
    endings.push({
      at: entry.time,
      addresses: pod?.ips ?? [],
      name: entry.at.pod,
      evidence: logEvidence(entry, 'the process is told to stop'),
    });
  }
  return endings.sort((a, b) => a.at - b.at);
}

/** The container behind a port: the one that declares it, else the first that runs. */
export function servingContainer(pod: Pod, port: number | undefined): Container | undefined {
  const running = pod.spec.containers.filter((container) => container.role !== 'init');
  return running.find((container) => container.ports.some((entry) => entry.port === port)) ?? running[0];
}
