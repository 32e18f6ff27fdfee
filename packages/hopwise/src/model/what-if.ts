import { idOf } from '../base/object-id.ts';
import type { JsonObject } from '../sources/contract.ts';
import type { Origin } from '../sources/origin.ts';
import type { ModelData } from './builder.ts';
import type { ClusterModel } from './cluster-model.ts';
import { deriveSlices } from './derive.ts';
import { IndexedModel } from './indexed-model.ts';
import type { Kind } from './kind-map.ts';
import type { ForeignObject } from './kinds/cluster.ts';
import type { Pod } from './kinds/pod.ts';
import type { Workload } from './kinds/workload.ts';
import type { Meta } from './meta.ts';
import { foreignKind, ownKind, projectOther, projectOwn } from './project/index.ts';
import { projectMeta } from './project/meta.ts';
import { projectPodSpec } from './project/pod.ts';
import { readObject, readString } from './project/read.ts';

const NOWHERE: Origin = { file: 'patch' };
const POD_MAKERS: ReadonlySet<string> = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
]);

/**
 * The cluster as it would be with these objects in place of the old ones, after its controllers have caught up: Pods
 * follow their workload's new template and are taken to run, and the EndpointSlices of the namespaces touched are made
 * anew from selectors and Pods. Undefined when the model was not built from projected data.
 */
export function withObjects(model: ClusterModel, objects: readonly JsonObject[]): ClusterModel | undefined {
  if (!(model instanceof IndexedModel)) return undefined;
  const data = model.data;
  // Kinds that stay as they are keep their maps, by which their indexes are known to hold still.
  const own = new Map<Kind, ReadonlyMap<string, readonly Meta[]>>(data.own);
  const foreign = new Map(data.foreign);
  const raws = new Map(data.raws);
  const touched = new Set<string>();
  for (const raw of objects) {
    const kind = ownKind(readString(raw, 'apiVersion') ?? '', readString(raw, 'kind') ?? '');
    const meta = projectMeta(raw, NOWHERE, kind);
    if (meta === undefined) continue;
    raws.set(idOf(meta), { raw, origin: NOWHERE });
    if (kind === undefined) {
      replaceForeign(foreign, raw, meta);
      continue;
    }
    const records = projectOwn(kind, raw, meta, (podRaw) => projectPodSpec(readObject(podRaw, 'spec')));
    const byName = new Map(own.get(kind));
    byName.set(`${meta.namespace}/${meta.name}`, records as readonly Meta[]);
    own.set(kind, byName);
    if (POD_MAKERS.has(kind)) followTemplate(model, own, records[0] as Workload);
    if (POD_MAKERS.has(kind) || kind === 'Service') touched.add(meta.namespace);
  }
  const changed: ModelData = { ...data, own, foreign, raws };
  const next = new IndexedModel(changed, model);
  return touched.size === 0 ? next : new IndexedModel(refillEndpoints(next, touched), next);
}

function replaceForeign(foreign: Map<string, readonly ForeignObject[]>, raw: JsonObject, meta: Meta): void {
  const kind = foreignKind(meta.apiVersion, meta.kind);
  const others = (foreign.get(kind) ?? []).filter(
    (object) => object.namespace !== meta.namespace || object.name !== meta.name,
  );
  foreign.set(kind, [...others, projectOther(raw, meta)]);
}

/** Addresses for Pods that do not exist yet: 198.18.0.0/15 is set aside for benchmarks (RFC 2544) and used by nobody. */
const NEW_POD_NETWORK = '198.18.0.';

function followTemplate(
  model: ClusterModel,
  own: Map<Kind, ReadonlyMap<string, readonly Meta[]>>,
  workload: Workload,
): void {
  const pods = new Map(own.get('Pod'));
  const id = idOf(workload);
  const existing = model.podsOf(id).filter((pod) => pod.deleting === undefined);
  const wanted = workload.suspended ? 0 : Math.max(workload.replicas, 0);
  for (const pod of existing) pods.delete(`${pod.namespace}/${pod.name}`);
  for (let index = 0; index < Math.min(wanted, Math.max(existing.length, 1)); index += 1) {
    const pod = rolledOut(workload, existing[index], index);
    pods.set(`${pod.namespace}/${pod.name}`, [pod]);
  }
  own.set('Pod', pods);
}

/** The Pod as the new template makes it; it keeps its node and address, since those decide about policies. */
function rolledOut(workload: Workload, old: Pod | undefined, index: number): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    namespace: workload.namespace,
    name: old?.name ?? `${workload.name}-new-${index}`,
    labels: workload.template.labels,
    annotations: workload.template.annotations,
    owner: { kind: workload.kind, name: workload.name },
    origin: workload.origin,
    spec: workload.template.spec,
    ...(old?.nodeName === undefined ? {} : { nodeName: old.nodeName }),
    phase: 'Running',
    ips: old !== undefined && old.ips.length > 0 ? old.ips : [`${NEW_POD_NETWORK}${index + 1}`],
    hostIPs: old?.hostIPs ?? [],
    conditions: [{ type: 'Ready', status: 'True' }],
    ready: true,
    statuses: workload.template.spec.containers
      .filter((container) => container.role !== 'init')
      .map((container) => ({
        name: container.name,
        ready: true,
        started: true,
        restarts: 0,
        image: container.image,
        state: { kind: 'running' as const },
      })),
    hasStatus: true,
  };
}

/** Slices of Services with selectors are what the controller would write; those written by hand stay. */
function refillEndpoints(model: IndexedModel, namespaces: ReadonlySet<string>): ModelData {
  const { data } = model;
  const slices = new Map(data.own.get('EndpointSlice'));
  const endpoints = new Map(data.own.get('Endpoints'));
  for (const namespace of namespaces) {
    for (const service of model.listIn('Service', namespace)) {
      if (service.selector === undefined || service.type === 'ExternalName') continue;
      for (const [key, records] of slices) {
        if (
          (records[0] as { service?: string } | undefined)?.service === service.name &&
          records[0]?.namespace === namespace
        )
          slices.delete(key);
      }
      endpoints.delete(`${namespace}/${service.name}`);
      for (const slice of deriveSlices(service, model.podsMatching(namespace, service.selector), data.manifestsOnly)) {
        slices.set(`${namespace}/${slice.name}`, [slice]);
      }
    }
  }
  const own = new Map(data.own);
  own.set('EndpointSlice', slices);
  own.set('Endpoints', endpoints);
  return { ...data, own };
}
