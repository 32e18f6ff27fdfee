import { idOf, type ObjectId, splitId } from '../../base/object-id.ts';
import { citeField } from '../../model/cite.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { JsonObject } from '../../sources/contract.ts';
import type { PodMaker } from './pod-makers.ts';

/** Who keeps a workload at zero: itself, or an autoscaler that would undo a change of the workload. */
export interface ZeroKeeper {
  readonly object: ObjectId;
  readonly patch: JsonObject;
  readonly evidence: Evidence;
}

const PAUSED = 'autoscaling.keda.sh/paused-replicas';

/** The KEDA ScaledObject or HorizontalPodAutoscaler that holds a workload at zero; undefined when it is the workload's own number. */
export function zeroKeeper(model: ClusterModel, maker: PodMaker): ZeroKeeper | undefined {
  const { namespace, name } = maker.meta;
  const { kind } = splitId(maker.object);
  for (const scaled of model.foreign('ScaledObject')) {
    const target = scaled.spec.scaleTargetRef as Readonly<Record<string, unknown>> | undefined;
    if (scaled.namespace !== namespace || target?.name !== name || (target.kind ?? 'Deployment') !== kind) continue;
    if (Object.hasOwn(scaled.annotations, PAUSED) && scaled.annotations[PAUSED] === '0')
      return {
        object: idOf(scaled),
        patch: { metadata: { annotations: { [PAUSED]: null } } },
        evidence: citeField(scaled, `metadata.annotations["${PAUSED}"]`, 'KEDA is paused at zero replicas', '0'),
      };
    const least = scaled.spec.minReplicaCount ?? 0;
    if (least === 0)
      return {
        object: idOf(scaled),
        patch: { spec: { minReplicaCount: 1 } },
        evidence: citeField(
          scaled,
          'spec.minReplicaCount',
          'KEDA may scale it to zero and does not wake it for requests',
          0,
        ),
      };
  }
  const scaler = model
    .listIn('HorizontalPodAutoscaler', namespace)
    .find((entry) => entry.target.kind === kind && entry.target.name === name && entry.min === 0);
  return scaler === undefined
    ? undefined
    : {
        object: idOf(scaler),
        patch: { spec: { minReplicas: 1 } },
        evidence: citeField(scaler, 'spec.minReplicas', 'the autoscaler may go down to zero', 0),
      };
}

/** How many Pods the workload is meant to have: its autoscaler's minimum, what an earlier revision had, else one. */
export function usualReplicas(model: ClusterModel, maker: PodMaker): number {
  const { namespace, name } = maker.meta;
  const scaler = model.listIn('HorizontalPodAutoscaler', namespace).find((entry) => entry.target.name === name);
  if (scaler !== undefined && scaler.min > 0) return scaler.min;
  const former = model
    .listIn('ReplicaSet', namespace)
    .filter((set) => model.controllerOf(set) === maker.object)
    .map((set) => Number(set.annotations['deployment.kubernetes.io/desired-replicas'] ?? 0))
    .filter((count) => Number.isInteger(count) && count > 0);
  return Math.max(1, ...former.slice(-1));
}
