import { idOf, type ObjectId, splitId } from '../base/object-id.ts';
import { citeEvent, citeField } from '../model/cite.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { Workload } from '../model/kinds/workload.ts';
import { ownersOf } from '../routing/ingress/ownership.ts';
import { troubleOf } from './lifecycle/trouble.ts';
import type { Trace } from './trace.ts';

/** No Pod of the gateway can take a connection. */
export interface GatewayOutage {
  /** What runs the gateway. */
  readonly object: ObjectId;
  readonly why: string;
  /** It is asked to run nothing at all. */
  readonly scaledToZero: boolean;
  readonly evidence: readonly Evidence[];
}

/** Undefined while a Pod of the gateway is ready, or when its Pods were not read. */
export function gatewayOutage(model: ClusterModel, trace: Trace): GatewayOutage | undefined {
  const { gateway } = trace;
  if (gateway === undefined || gateway.pods.state !== 'found' || model.manifestsOnly) return undefined;
  const pods = gateway.pods.value.filter((pod) => pod.hasStatus && pod.deleting === undefined);
  if (pods.length !== gateway.pods.value.filter((pod) => pod.deleting === undefined).length) return undefined;
  if (pods.some((pod) => pod.ready)) return undefined;
  const [first] = pods;
  return first === undefined ? withoutPods(model, trace) : unready(model, first, pods);
}

function unready(model: ClusterModel, first: Pod, pods: readonly Pod[]): GatewayOutage {
  const trouble = troubleOf(model, first);
  const why = trouble?.message ?? WORDS[trouble?.trouble ?? 'unknown'] ?? 'its Pods are not ready';
  return {
    object: model.controllerOf(first),
    why: why.slice(0, 160),
    scaledToZero: false,
    evidence: [
      ...pods.slice(0, 3).map((pod) => citeField(pod, 'status.conditions', `Pod ${pod.name} is not ready`)),
      ...(trouble?.evidence ?? []),
      ...lastWarning(model, idOf(first)),
    ],
  };
}

const WORDS: Readonly<Record<string, string>> = {
  unscheduled: 'its Pods fit on no node',
  image: 'its image cannot be pulled',
  config: 'its container cannot be created',
  oom: 'it runs out of memory',
  liveness: 'its liveness probe restarts it',
  crash: 'it crashes',
  node: 'its node is not ready',
  readiness: 'its readiness probe fails',
  gate: 'a readiness gate is not met',
};

/** The workload is there and has made no Pod: scaled to zero, no node wants it, or the Pods may not be created. */
function withoutPods(model: ClusterModel, { gateway }: Trace): GatewayOutage | undefined {
  const name = gateway?.object === undefined ? '' : splitId(gateway.object).name;
  const id = ownersOf(model).controllers.find(({ controller }) =>
    controller.classes.some((entry) => entry.name === name),
  )?.controller.workload;
  const object = id === undefined ? undefined : model.object(id);
  if (id === undefined || object === undefined || !('template' in object)) return undefined;
  const workload = object as Workload;
  const zero = workload.kind !== 'DaemonSet' && workload.replicas === 0;
  // Pods that its own status counts were only not read.
  if (!zero && (!workload.status.known || workload.status.ready > 0)) return undefined;
  const why = zero ? 'it is scaled to zero' : 'it has no Pod';
  return {
    object: id,
    why,
    scaledToZero: zero,
    evidence: [
      citeField(workload, zero ? 'spec.replicas' : 'status', `${workload.kind} ${workload.name}: ${why}`),
      ...lastWarning(model, id),
    ],
  };
}

function lastWarning(model: ClusterModel, id: ObjectId): readonly Evidence[] {
  const event = model.eventsAbout(id).findLast((entry) => entry.type === 'Warning');
  return event === undefined ? [] : [citeEvent(event)];
}
