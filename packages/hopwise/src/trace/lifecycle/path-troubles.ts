import { displayId, idOf, type ObjectId } from '../../base/object-id.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { Pod } from '../../model/kinds/pod.ts';
import type { Service, ServicePort } from '../../model/kinds/service.ts';
import type { Workload } from '../../model/kinds/workload.ts';
import type { FailureMode } from '../../sources/failure.ts';
import { logEvidence } from '../log-evidence.ts';
import { failedStatus } from '../outcome.ts';
import { resolvedBackends, workloadOf } from '../path-queries.ts';
import type { BackendPath } from '../trace.ts';
import type { Dependency } from './dependency-outages.ts';
import { brokenPaths, citeEndpoints, DIRECT, dominant, livePods, outages } from './outages.ts';
import type { PathFacts } from './path-facts.ts';
import { type PodTrouble, type Trouble, troubleOf } from './trouble.ts';

/** One workload whose Pods on the path are in the same trouble. */
export interface WorkloadTrouble {
  /** The object to change. */
  readonly object: ObjectId;
  /** The workload with the template, when it is in the model. */
  readonly workload: Workload | undefined;
  readonly troubles: readonly PodTrouble[];
  /** The one that is quoted. */
  readonly first: PodTrouble;
  readonly path: BackendPath;
  readonly service: Service;
  readonly port: ServicePort;
  /** Only some requests fail. */
  readonly partial: boolean;
  readonly via?: Dependency;
  readonly modes: readonly FailureMode[];
  readonly ending: readonly string[];
  /** Endpoint counts, or the failures seen at these Pods. */
  readonly evidence: readonly Evidence[];
}

/**
 * Workloads on the path whose Pods are in this trouble and therefore break it: where no endpoint serves, the trouble of most
 * of its Pods; where some do, only Pods at whose addresses requests were seen to fail.
 */
export function pathTroubles(facts: PathFacts, wanted: Trouble): readonly WorkloadTrouble[] {
  const broken = brokenPaths(facts).flatMap((outage): readonly WorkloadTrouble[] => {
    const troubles = outage.live.flatMap((pod) => troubleOf(facts.model, pod) ?? []);
    if (dominant(troubles) !== wanted) return [];
    const { path, service, port, partial, modes, ending, via } = outage;
    const shared = { path, service, port, partial, modes, ending, ...(via === undefined ? {} : { via }) };
    const evidence = [citeEndpoints(outage), ...(via?.evidence ?? [])];
    return group(
      facts.model,
      troubles.filter((entry) => entry.trouble === wanted),
    ).map((entry) => ({ ...entry, ...shared, evidence }));
  });
  return [...broken, ...hitTroubles(facts, wanted)];
}

/** Where endpoints serve, only Pods at whose addresses requests were seen to fail. */
function hitTroubles(facts: PathFacts, wanted: Trouble): readonly WorkloadTrouble[] {
  const down = new Set(outages(facts.trace).map((outage) => outage.path));
  return resolvedBackends(facts.trace).flatMap(({ path, service, port }) => {
    if (down.has(path)) return [];
    const hit = livePods(path)
      .flatMap((pod) => troubleOf(facts.model, pod) ?? [])
      .filter((entry) => entry.trouble === wanted)
      .map((entry) => ({ entry, failures: failuresAt(facts, entry.pod) }))
      .filter((item) => item.failures.length > 0);
    const shared = { path, service, port, partial: true, modes: DIRECT, ending: PARTIAL_ENDING };
    const evidence = hit.flatMap((item) => item.failures).slice(-2);
    return group(
      facts.model,
      hit.map((item) => item.entry),
    ).map((entry) => ({ ...entry, ...shared, evidence }));
  });
}

/** How a path ends that fails at some of its Pods only. */
export const PARTIAL_ENDING = ['requests that reach this Pod fail'];

function group(
  model: ClusterModel,
  troubles: readonly PodTrouble[],
): readonly Pick<WorkloadTrouble, 'object' | 'workload' | 'troubles' | 'first'>[] {
  const groups = new Map<ObjectId, PodTrouble[]>();
  for (const entry of troubles) {
    const owner = model.controllerOf(entry.pod);
    groups.set(owner, [...(groups.get(owner) ?? []), entry]);
  }
  return [...groups].flatMap(([object, list]) => {
    const first =
      list.find((entry) => entry.sure && entry.evidence.length > 1) ?? list.find((entry) => entry.sure) ?? list[0];
    return first === undefined ? [] : [{ object, workload: workloadOf(model, first.pod), troubles: list, first }];
  });
}

/** Failing gateway lines that name an address of this Pod, oldest first. */
export function failuresAt({ trace, seen }: PathFacts, pod: Pod): readonly Evidence[] {
  if (!seen.failing) return [];
  const isOwn = (address: string | undefined): boolean =>
    address !== undefined &&
    pod.ips.some((ip) => address === ip || address.startsWith(`${ip}:`) || address.startsWith(`[${ip}]`));
  const errors = seen.errors.filter((entry) => isOwn(entry.address));
  const access = seen.access.filter(
    (entry) =>
      entry.status !== undefined &&
      failedStatus(trace.request, entry.status) &&
      entry.attempts.some(
        (attempt) => isOwn(attempt.address) && (attempt.status === undefined || attempt.status >= 500),
      ),
  );
  return [
    ...access
      .slice(-1)
      .map((entry) => logEvidence(entry, `status ${entry.status} from ${podText(pod)}`, access.length)),
    ...errors.slice(-1).map((entry) => logEvidence(entry, `${entry.phrase} at ${podText(pod)}`, errors.length)),
  ];
}

function podText(pod: Pod): string {
  return displayId(idOf(pod));
}
