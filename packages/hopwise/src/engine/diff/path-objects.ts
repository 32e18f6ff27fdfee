import { type ObjectId, objectId, splitId } from '../../base/object-id.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import { isRestricting } from '../../model/coverage.ts';
import type { PodSpec } from '../../model/kinds/pod.ts';
import type { Workload } from '../../model/kinds/workload.ts';
import type { DiagnosisDocument, TraceDocument } from '../../report/diagnosis.ts';

const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;

/**
 * The objects that decide about one request: all that the trace and the diagnosis name, the workloads behind its Services,
 * what those take their configuration from, and the policies of the namespaces it passes.
 */
export function objectsOnPath(
  model: ClusterModel,
  trace: TraceDocument,
  diagnosis: DiagnosisDocument,
): ReadonlySet<ObjectId> {
  const found = new Set<ObjectId>();
  collect([trace.decision, trace.hops, diagnosis.hops, diagnosis.verdict, diagnosis.causes.slice(0, 1)], '', found);
  for (const id of [...found]) {
    const { kind, namespace, name } = splitId(id);
    if (kind === 'Service') for (const owner of ownersBehind(model, namespace, name)) found.add(owner);
    if (kind === 'Pod' || kind === 'ReplicaSet') {
      const object = model.object(id);
      if (object !== undefined) found.add(model.controllerOf(object));
    }
  }
  for (const id of [...found]) for (const source of configurationOf(model, id)) found.add(source);
  const namespaces = namespacesOf(found);
  for (const { kind } of model.coverages()) {
    if (!isRestricting(kind)) continue;
    for (const id of idsOfKind(model, kind)) if (namespaces.has(splitId(id).namespace)) found.add(id);
  }
  return found;
}

export function namespacesOf(ids: Iterable<ObjectId>): ReadonlySet<string> {
  const namespaces = new Set<string>();
  for (const id of ids) namespaces.add(splitId(id).namespace);
  return namespaces;
}

function collect(value: unknown, key: string, found: Set<ObjectId>): void {
  if (typeof value === 'string') {
    const [, kind = '', namespace = '', name = ''] =
      (key === 'object' && /^([^/]+)\/([^/]*)\/([^/]+)$/.exec(value)) || [];
    if (name !== '') found.add(objectId(kind, namespace, name));
  } else if (Array.isArray(value)) for (const item of value) collect(item, key, found);
  else if (typeof value === 'object' && value !== null) {
    // A gateway is named as what it is: `gateway: Deployment/…`.
    for (const [name, item] of Object.entries(value)) collect(item, name === 'gateway' ? 'object' : name, found);
  }
}

function ownersBehind(model: ClusterModel, namespace: string, name: string): readonly ObjectId[] {
  const service = model.get('Service', namespace, name);
  if (service.state !== 'found' || service.value.selector === undefined) return [];
  const pods = model.podsMatching(namespace, service.value.selector);
  const { selector } = service.value;
  // A workload scaled to nothing has no Pods to lead to it.
  const idle = workloads(model).filter(
    (workload) =>
      workload.namespace === namespace &&
      Object.entries(selector).every(([key, value]) => workload.template.labels[key] === value),
  );
  return [
    ...pods.map((pod) => model.controllerOf(pod)),
    ...idle.map((each) => objectId(each.kind, each.namespace, each.name)),
  ];
}

function configurationOf(model: ClusterModel, id: ObjectId): readonly ObjectId[] {
  const workload = workloads(model).find((each) => objectId(each.kind, each.namespace, each.name) === id);
  if (workload === undefined) return [];
  const { namespace } = workload;
  return sourcesOf(workload.template.spec).map(({ kind, name }) => objectId(kind, namespace, name));
}

function sourcesOf({ containers, volumes }: PodSpec): readonly { readonly kind: string; readonly name: string }[] {
  return [
    ...containers.flatMap(({ env, envFrom }) => [...env.flatMap(({ from }) => from ?? []), ...envFrom]),
    ...volumes.flatMap(({ kind, source }) => (source === undefined ? [] : [{ kind, name: source }])),
  ].filter(({ kind }) => kind === 'ConfigMap' || kind === 'Secret');
}

function workloads(model: ClusterModel): readonly Workload[] {
  return WORKLOADS.flatMap((kind) => model.list(kind));
}

function idsOfKind(model: ClusterModel, kind: string): readonly ObjectId[] {
  const own =
    kind === 'NetworkPolicy' ||
    kind === 'AdminNetworkPolicy' ||
    kind === 'BaselineAdminNetworkPolicy' ||
    kind === 'ResourceQuota' ||
    kind === 'HorizontalPodAutoscaler' ||
    kind === 'PodDisruptionBudget';
  const objects = own ? model.list(kind) : model.foreign(kind);
  return objects.map(({ namespace, name }) => objectId(kind, namespace, name));
}
