import { idOf, type ObjectId } from '../../base/object-id.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import { DERIVED } from '../../model/derive.ts';
import type { Pod, PodSpec } from '../../model/kinds/pod.ts';
import type { Workload } from '../../model/kinds/workload.ts';
import type { Labels, Meta } from '../../model/meta.ts';
import type { BackendPath } from '../trace.ts';

/** Anything a Service's selector may be meant for: a workload, another controller's object with a Pod template, a bare Pod. */
export interface PodMaker {
  readonly object: ObjectId;
  readonly meta: Meta;
  /** Labels of the Pods it makes. */
  readonly labels: Labels;
  /** Wanted Pods; DaemonSets and bare Pods count as one. */
  readonly replicas: number;
  readonly spec?: PodSpec;
  readonly workload?: Workload;
}

const TEMPLATED = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicationController', 'ReplicaSet'] as const;

/** Makers of long-running Pods in a namespace; Jobs are none, and what another maker owns is not listed twice. */
export function podMakers(model: ClusterModel, namespace: string): readonly PodMaker[] {
  const workloads = TEMPLATED.flatMap((kind) => model.listIn(kind, namespace)).filter(
    (workload) => workload.kind !== 'ReplicaSet' || workload.owner === undefined,
  );
  // Bare Pods, and one Pod for each controller that is not in the input.
  const orphans = new Map<ObjectId, Pod>();
  for (const pod of model.listIn('Pod', namespace)) {
    if (pod.deleting !== undefined || /^(?:Succeeded|Failed)$/.test(pod.phase) || !pod.hasStatus) continue;
    const controller = model.controllerOf(pod);
    if (pod.owner === undefined || model.object(controller) === undefined) orphans.set(controller, pod);
  }
  // A ReplicaSet speaks for a Deployment that is not in the input; of several revisions the one that has Pods.
  const sets = new Map<ObjectId, Workload>();
  for (const set of model.listIn('ReplicaSet', namespace)) {
    const controller = model.controllerOf(set);
    if (set.owner === undefined || model.object(controller) !== undefined) continue;
    if ((sets.get(controller)?.replicas ?? 0) <= set.replicas) sets.set(controller, set);
  }
  return [
    ...workloads.map((workload) => ({
      object: idOf(workload),
      meta: workload,
      labels: workload.template.labels,
      replicas: workload.suspended ? 0 : workload.replicas,
      spec: workload.template.spec,
      workload,
    })),
    ...model.foreignKinds().flatMap((kind) => model.foreign(kind).flatMap((object) => foreignMaker(object, namespace))),
    ...[...sets].map(([object, set]) => ({
      object,
      meta: set,
      labels: set.template.labels,
      replicas: set.replicas,
      spec: set.template.spec,
    })),
    ...[...orphans]
      .filter(([object]) => !sets.has(object))
      .map(([object, pod]) => ({ object, meta: pod, labels: pod.labels, replicas: 1, spec: pod.spec })),
  ];
}

/** Controllers of their own kind (Argo Rollout, OpenKruise CloneSet, …) keep the Pod template where Deployments do. */
function foreignMaker(
  object: Meta & { readonly spec: Readonly<Record<string, unknown>> },
  namespace: string,
): readonly PodMaker[] {
  if (object.namespace !== namespace) return [];
  const labels = readLabels(record(record(object.spec.template)?.metadata)?.labels);
  if (labels === undefined) return [];
  const replicas = typeof object.spec.replicas === 'number' ? object.spec.replicas : 1;
  return [{ object: idOf(object), meta: object, labels, replicas }];
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

function readLabels(value: unknown): Labels | undefined {
  const map = record(value);
  if (map === undefined) return undefined;
  const pairs = Object.entries(map).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
}

export function satisfies(labels: Labels, selector: Labels): boolean {
  // Asked for every Pod and Service of a namespace by each target of a scan: no list of pairs.
  for (const key in selector)
    if (Object.hasOwn(selector, key) && !(Object.hasOwn(labels, key) && labels[key] === selector[key])) return false;
  return true;
}

/** `app=web,tier=front`: how kubectl takes a selector. */
export function labelText(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/** Something of the namespace ran: its Pods, or what controllers wrote about the backend, are in the input. */
export function sawRunning(model: ClusterModel, { slices }: BackendPath, namespace: string): boolean {
  if (!model.isRead('Pod', namespace)) return false;
  const written = slices.state === 'found' && slices.value.some((slice) => slice.managedBy !== DERIVED);
  return written || model.listIn('Pod', namespace).length > 0;
}
