import type { Need } from '../../model/recording-model.ts';
import type { ObjectQuery } from '../../sources/cluster/query.ts';

/**
 * Kinds of which a large cluster has thousands: read in the namespaces of the path, never as a whole unless the evidence asks
 * for it. All others are configuration (routes, classes, policies of meshes) and few.
 */
const NUMEROUS: ReadonlySet<string> = new Set([
  'CiliumNode',
  'Certificate',
  'ConfigMap',
  'CronJob',
  'DaemonSet',
  'Deployment',
  'Endpoints',
  'EndpointSlice',
  'Event',
  'HorizontalPodAutoscaler',
  'Job',
  'LimitRange',
  'Namespace',
  'NetworkPolicy',
  'Node',
  'Pod',
  'PodDisruptionBudget',
  'ReplicaSet',
  'ReplicationController',
  'ResourceQuota',
  'Rollout',
  'ScaledObject',
  'Secret',
  'Service',
  'ServiceAccount',
  'StatefulSet',
  'VerticalPodAutoscaler',
]);

/** Large or confidential: only the objects that are named are asked for. */
const ONLY_BY_NAME: ReadonlySet<string> = new Set(['ConfigMap', 'Node', 'Secret']);

/** Of a numerous kind so many are read to see whether that is all there is: in a small cluster it is. */
const FEW = 100;

export function isNumerous(kind: string): boolean {
  return NUMEROUS.has(kind);
}

/** The least reading that answers a need, as far as that is cheap. */
export function queryFor({ kind, namespace, name, address, labels }: Need): ObjectQuery | undefined {
  if (!NUMEROUS.has(kind)) return { kind };
  if (labels !== undefined) return { kind, labelSelector: labels };
  if (address !== undefined) return queryForAddress(kind, address);
  if (name !== undefined) {
    if (kind === 'Node' || kind === 'Namespace') return { kind, name };
    if (namespace === undefined) return { kind, fieldSelector: `metadata.name=${name}` };
    // One by one only where the namespace's list would be too much; a list serves the next question too.
    return ONLY_BY_NAME.has(kind) ? { kind, namespace, name } : { kind, namespace };
  }
  if (ONLY_BY_NAME.has(kind) && kind !== 'Node') return undefined;
  return namespace === undefined || namespace === '' ? { kind, atMost: FEW } : { kind, namespace };
}

/** Field selectors: kubernetes pkg/apis/core/v1/conversion.go (AddFieldLabelConversionsForPod, …ForService). */
function queryForAddress(kind: string, address: string): ObjectQuery | undefined {
  if (kind === 'Pod') return { kind, fieldSelector: `status.podIP=${address}` };
  return kind === 'Service' ? { kind, fieldSelector: `spec.clusterIP=${address}` } : undefined;
}

export function keyOf({ kind, namespace, name, labelSelector, fieldSelector, atMost }: ObjectQuery): string {
  return [kind, namespace ?? '*', name ?? '*', labelSelector ?? '', fieldSelector ?? '', atMost ?? ''].join(' ');
}
