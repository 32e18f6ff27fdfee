import { displayId, idOf, type ObjectId } from '../../base/object-id.ts';
import { citeField } from '../../model/cite.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import { DERIVED } from '../../model/derive.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { Pod } from '../../model/kinds/pod.ts';
import type { Service, ServicePort } from '../../model/kinds/service.ts';
import type { Workload } from '../../model/kinds/workload.ts';
import { podsBehind, usableEndpoints } from '../backend-path.ts';
import { logEvidence } from '../log-evidence.ts';
import type { PathObservations } from '../observed.ts';
import { failedStatus } from '../outcome.ts';
import { resolvedBackends, workloadOf } from '../path-queries.ts';
import type { BackendPath, EndpointPath, Trace } from '../trace.ts';
import { isLive, type PodTrouble, TROUBLES, type Trouble, troubleOf } from './trouble.ts';

/** What the questions below look at: the parts of a check's world that this layer knows. */
export interface PathFacts {
  readonly model: ClusterModel;
  readonly trace: Trace;
  readonly seen: PathObservations;
}

/** A backend whose Service and endpoints are known, and none of whose endpoints can serve. */
export interface Outage {
  readonly path: BackendPath;
  readonly service: Service;
  readonly port: ServicePort;
  /** Pods behind the Service that have not finished and are not being deleted. */
  readonly live: readonly Pod[];
  /** Another backend of the same rule does serve. */
  readonly partial: boolean;
}

/** Backends without a single endpoint that can serve, mirrors and weight 0 left out. */
export function outages(trace: Trace): readonly Outage[] {
  const used = resolvedBackends(trace).filter(
    ({ path, service }) => path.ref.weight > 0 && path.ref.role !== 'mirror' && service.type !== 'ExternalName',
  );
  const out = used.filter(({ path }) => path.slices.state === 'found' && servingEndpoints(path).length === 0);
  return out.map(({ path, service, port }) => ({
    path,
    service,
    port,
    live: livePods(path),
    partial: out.length < used.length,
  }));
}

/** Usable endpoints whose Pod is not known to be unready (publishNotReadyAddresses and late slices list those too). */
export function servingEndpoints(path: BackendPath): readonly EndpointPath[] {
  return usableEndpoints(path).filter(
    ({ pod }) => pod.state !== 'found' || pod.value.ready || !pod.value.hasStatus || pod.value.deleting !== undefined,
  );
}

export function livePods(path: BackendPath): readonly Pod[] {
  return (path.selected.length > 0 ? path.selected : podsBehind(path)).filter(isLive);
}

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
  /** Endpoint counts, or the failures seen at these Pods. */
  readonly evidence: readonly Evidence[];
}

/**
 * Workloads on the path whose Pods are in this trouble and therefore break it: where no endpoint serves, the trouble of most
 * of its Pods; where some do, only Pods at whose addresses requests were seen to fail.
 */
export function pathTroubles(facts: PathFacts, wanted: Trouble): readonly WorkloadTrouble[] {
  const broken = new Map(outages(facts.trace).map((outage) => [outage.path, outage]));
  return resolvedBackends(facts.trace).flatMap(({ path, service, port }) => {
    const outage = broken.get(path);
    const troubles = livePods(path).flatMap((pod) => troubleOf(facts.model, pod) ?? []);
    if (outage !== undefined) {
      if (dominant(troubles) !== wanted) return [];
      const own = troubles.filter((entry) => entry.trouble === wanted);
      return group(facts.model, own).map((entry) => ({
        ...entry,
        path,
        service,
        port,
        partial: outage.partial,
        evidence: [citeEndpoints(outage)],
      }));
    }
    const hit = troubles
      .filter((entry) => entry.trouble === wanted)
      .map((entry) => ({ entry, failures: failuresAt(facts, entry.pod) }))
      .filter((item) => item.failures.length > 0);
    return group(
      facts.model,
      hit.map((item) => item.entry),
    ).map((entry) => ({
      ...entry,
      path,
      service,
      port,
      partial: true,
      evidence: hit.flatMap((item) => item.failures).slice(-2),
    }));
  });
}

/** The trouble of most Pods; of equally many, the deeper one. */
export function dominant(troubles: readonly PodTrouble[]): Trouble | undefined {
  let best: Trouble | undefined;
  let most = 0;
  for (const trouble of TROUBLES) {
    const count = troubles.filter((entry) => entry.trouble === trouble).length;
    if (count > most) {
      best = trouble;
      most = count;
    }
  }
  return best;
}

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

/** Says that nothing of a Service can serve, at its EndpointSlice where there is one. */
export function citeEndpoints({ path, service, live }: Outage): Evidence {
  const slice =
    path.slices.state === 'found' ? path.slices.value.find((entry) => entry.managedBy !== DERIVED) : undefined;
  const total = path.endpoints.length;
  const name = `Service ${service.namespace}/${service.name}`;
  const text =
    total === 0
      ? `${name} has no endpoints (${live.length} Pods match)`
      : `none of the ${total} endpoints of ${name} can serve`;
  return slice === undefined ? citeField(service, 'spec.selector', text) : citeField(slice, 'endpoints', text);
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
