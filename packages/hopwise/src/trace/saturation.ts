import { citeField } from '../model/cite.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { Autoscaler } from '../model/kinds/workload.ts';
import type { AppEventEntry } from '../sources/observations.ts';
import { logEvidence } from './log-evidence.ts';
import { nearFailure } from './near-failure.ts';
import type { PathObservations } from './observed.ts';

/** What says that the app has more work than it can do. */
export interface Saturation {
  /** The app's own lines about a pool, a queue or its threads, at the time of the failures. */
  readonly lines: readonly AppEventEntry[];
  /** What is scarce, as people call it. */
  readonly scarce: string;
  /** Its autoscaler wants more replicas than it may have. */
  readonly limited: Autoscaler | undefined;
  readonly evidence: readonly Evidence[];
}

/** Too many files are a limit of the process, not a sign of load (connection-limit-reached). */
const OPEN_FILES = /too many open files|EMFILE/i;

/** What a line speaks of, by the words of pools, servers and runtimes; the narrower first. */
const SCARCE: readonly (readonly [RegExp, string])[] = [
  [/event[ -]?loop/i, 'the event loop'],
  [
    /hikari|jdbc|queuepool|c3p0|knex|sequelize|prisma|activerecord|npgsql|entityframework|sqlexception|mongo|\bpg\b|postgres|mysql|too many clients|connection slots|from (?:the )?pool|idle=0|connection pool/i,
    'the connection pool',
  ],
  [/max_children|MaxRequestWorkers|\bworkers?\b|puma|passenger/i, 'the pool of workers'],
  [/thread/i, 'the thread pool'],
  [/queue|backlog|bulkhead/i, 'the request queue'],
];

export function saturation(model: ClusterModel, pod: Pod, seen: PathObservations): Saturation {
  const lines = seen.app.events.filter(
    (entry) =>
      (entry.event === 'pool-exhausted' || entry.event === 'queue-full') &&
      !entry.at.previous &&
      !OPEN_FILES.test(entry.at.quote) &&
      nearFailure(seen, entry.time),
  );
  const last = lines.at(-1);
  const limited = limitedAutoscaler(model, pod);
  const scarce =
    last?.subject ??
    SCARCE.find(([pattern]) => pattern.test(last?.at.quote ?? ''))?.[1] ??
    (limited === undefined ? 'a pool, queue or CPU of the app' : 'CPU or memory of its replicas');
  const evidence: Evidence[] = [];
  if (last !== undefined) evidence.push(logEvidence(last, `${scarce} is exhausted`, lines.length));
  if (limited !== undefined)
    evidence.push(
      citeField(
        limited,
        'spec.maxReplicas',
        `the autoscaler is at its maximum of ${limited.max} and wants more`,
        limited.max,
      ),
    );
  return { lines, scarce, limited, evidence };
}

/** `ScalingLimited=True, TooManyReplicas`: the metric asks for more replicas than maxReplicas (kube-controller-manager, horizontal.go). */
function limitedAutoscaler(model: ClusterModel, pod: Pod): Autoscaler | undefined {
  const [kind, , name] = model.controllerOf(pod).split('/');
  return model
    .listIn('HorizontalPodAutoscaler', pod.namespace)
    .find(
      (entry) =>
        entry.target.kind === kind &&
        entry.target.name === name &&
        entry.conditions.some(
          (condition) =>
            condition.type === 'ScalingLimited' &&
            condition.status === 'True' &&
            condition.reason === 'TooManyReplicas',
        ),
    );
}
