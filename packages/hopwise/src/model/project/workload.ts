import type { JsonObject } from '../../sources/contract.ts';
import type { Autoscaler, DisruptionBudget, Workload, WorkloadKind } from '../kinds/workload.ts';
import type { Meta, Selector } from '../meta.ts';
import { selectorOf } from '../selector.ts';
import { projectTemplate } from './pod.ts';
import {
  defined,
  hasField,
  readBoolean,
  readConditions,
  readIntOrString,
  readNumber,
  readObject,
  readSelector,
  readString,
  readStringMap,
} from './read.ts';

export function projectWorkload(kind: WorkloadKind, raw: JsonObject, meta: Meta): Workload {
  const spec = readObject(raw, 'spec');
  // A CronJob's Pods come from the Job template inside it.
  const inner = kind === 'CronJob' ? readObject(readObject(spec, 'jobTemplate'), 'spec') : spec;
  const status = readObject(raw, 'status');
  const template = projectTemplate(readObject(inner, 'template'));
  const strategy = readObject(spec, kind === 'Deployment' ? 'strategy' : 'updateStrategy');
  const rolling = readObject(strategy, 'rollingUpdate');
  const wanted =
    kind === 'DaemonSet'
      ? readNumber(status, 'desiredNumberScheduled')
      : (readNumber(spec, 'replicas') ?? readNumber(spec, 'parallelism'));
  return defined({
    ...meta,
    kind,
    template,
    selector: readWorkloadSelector(kind, spec, inner) ?? selectorOf(template.labels),
    replicas: wanted ?? 1,
    status: {
      known: hasField(raw, 'status') && Object.keys(status).length > 0,
      replicas: readNumber(status, kind === 'DaemonSet' ? 'currentNumberScheduled' : 'replicas') ?? 0,
      ready: readNumber(status, kind === 'DaemonSet' ? 'numberReady' : 'readyReplicas') ?? 0,
      available: readNumber(status, kind === 'DaemonSet' ? 'numberAvailable' : 'availableReplicas') ?? 0,
      updated: readNumber(status, kind === 'DaemonSet' ? 'updatedNumberScheduled' : 'updatedReplicas') ?? 0,
      unavailable: readNumber(status, kind === 'DaemonSet' ? 'numberUnavailable' : 'unavailableReplicas') ?? 0,
    },
    strategy: defined({
      type: readString(strategy, 'type') ?? 'RollingUpdate',
      maxUnavailable: readIntOrString(rolling, 'maxUnavailable'),
      maxSurge: readIntOrString(rolling, 'maxSurge'),
    }),
    suspended: readBoolean(spec, 'suspend') ?? false,
    conditions: readConditions(status),
    minReadySeconds: readNumber(spec, 'minReadySeconds') ?? 0,
    serviceName: readString(spec, 'serviceName'),
    paused: readBoolean(spec, 'paused') ?? false,
    revision: meta.annotations['deployment.kubernetes.io/revision'],
  });
}

/** A ReplicationController's selector is a plain map; every other workload has a LabelSelector. */
function readWorkloadSelector(kind: WorkloadKind, spec: JsonObject, inner: JsonObject): Selector | undefined {
  if (kind !== 'ReplicationController') return readSelector(inner, 'selector');
  return hasField(spec, 'selector') ? selectorOf(readStringMap(spec, 'selector')) : undefined;
}

export function projectAutoscaler(raw: JsonObject, meta: Meta): Autoscaler {
  const spec = readObject(raw, 'spec');
  const target = readObject(spec, 'scaleTargetRef');
  const status = readObject(raw, 'status');
  return defined({
    ...meta,
    kind: 'HorizontalPodAutoscaler' as const,
    target: { kind: readString(target, 'kind') ?? '', name: readString(target, 'name') ?? '' },
    min: readNumber(spec, 'minReplicas') ?? 1,
    max: readNumber(spec, 'maxReplicas') ?? 1,
    current: readNumber(status, 'currentReplicas'),
    desired: readNumber(status, 'desiredReplicas'),
    conditions: readConditions(status),
  });
}

export function projectDisruptionBudget(raw: JsonObject, meta: Meta): DisruptionBudget {
  const spec = readObject(raw, 'spec');
  return defined({
    ...meta,
    kind: 'PodDisruptionBudget' as const,
    selector: readSelector(spec, 'selector'),
    minAvailable: readIntOrString(spec, 'minAvailable'),
    maxUnavailable: readIntOrString(spec, 'maxUnavailable'),
  });
}
