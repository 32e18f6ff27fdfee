import { type ObjectId, splitId } from '../../base/object-id.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Pod } from '../../model/kinds/pod.ts';
import type { ChurnDocument } from '../../report/diagnosis.ts';

/** Pods and endpoints have new names after every rollout: what counts is how many there are and how they do. */
export function churnOf(before: ClusterModel, after: ClusterModel, ids: Iterable<ObjectId>): readonly ChurnDocument[] {
  return [...ids].sort().flatMap((object) => {
    const [old, young] = [conditionOf(before, object), conditionOf(after, object)];
    return old === young || old === undefined || young === undefined ? [] : [{ object, before: old, after: young }];
  });
}

/** Undefined for what has neither Pods nor endpoints, or of which nobody read them. */
function conditionOf(model: ClusterModel, id: ObjectId): string | undefined {
  const { kind, namespace, name } = splitId(id);
  if (kind === 'Service') return endpointsOf(model, namespace, name);
  if (kind !== 'Deployment' && kind !== 'StatefulSet' && kind !== 'DaemonSet') return undefined;
  if (model.object(id) === undefined || !model.isRead('Pod', namespace)) return undefined;
  return podsText(model.podsOf(id));
}

function endpointsOf(model: ClusterModel, namespace: string, name: string): string | undefined {
  const service = model.get('Service', namespace, name);
  if (service.state !== 'found') return undefined;
  const slices = model.slicesOf(service.value);
  if (slices.state !== 'found') return undefined;
  const endpoints = slices.value.flatMap((slice) => slice.endpoints);
  const ports = [...new Set(slices.value.flatMap((slice) => slice.ports.map(({ port }) => port ?? 'any')))].sort();
  const ready = endpoints.filter((endpoint) => endpoint.ready).length;
  return `${ready} of ${endpoints.length} endpoints ready${ports.length === 0 ? '' : `, port ${ports.join(', ')}`}`;
}

function podsText(pods: readonly Pod[]): string {
  const ready = pods.filter((pod) => pod.ready).length;
  const restarts = pods.reduce((sum, pod) => sum + pod.statuses.reduce((all, status) => all + status.restarts, 0), 0);
  const reasons = new Set<string>();
  for (const { reason, statuses } of pods) {
    if (reason !== undefined) reasons.add(reason);
    for (const { state, last } of statuses) {
      if (state.kind === 'waiting' && state.reason !== undefined) reasons.add(state.reason);
      if (last?.reason !== undefined) reasons.add(`last ${last.reason}`);
    }
  }
  return [
    `${ready} of ${pods.length} Pods ready`,
    ...(restarts === 0 ? [] : [`${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`]),
    ...[...reasons].sort(),
  ].join(', ');
}
