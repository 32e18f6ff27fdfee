import { idOf } from '../../base/object-id.ts';
import { citeEvent, citeField } from '../../model/cite.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { ClusterEvent } from '../../model/kinds/cluster.ts';
import type { PodMaker } from '../intent/pod-makers.ts';
import { type Refusal, readRefusal, usageText } from './refusal.ts';

/** A refusal by its message, else what the objects of the namespace make likely; undefined when nothing says. */
export function refusalOf(model: ClusterModel, maker: PodMaker): Refusal | undefined {
  const said = refusalMessage(model, maker);
  if (said !== undefined) {
    const reading = readRefusal(model, maker, said.message);
    return { ...reading, message: said.message, sure: true, evidence: [said.evidence, ...(reading.evidence ?? [])] };
  }
  return pausedBeforeFirstRollout(model, maker) ?? exhaustedQuota(model, maker);
}

function refusalMessage(model: ClusterModel, maker: PodMaker): { message: string; evidence: Evidence } | undefined {
  const sets = model
    .listIn('ReplicaSet', maker.meta.namespace)
    .filter((set) => model.controllerOf(set) === maker.object && set.replicas > 0);
  for (const owner of [maker.workload, ...sets]) {
    const condition = owner?.conditions.find((entry) => entry.type === 'ReplicaFailure' && entry.status === 'True');
    if (owner !== undefined && condition?.message !== undefined)
      return {
        message: condition.message,
        evidence: citeField(owner, 'status.conditions', `ReplicaFailure: ${condition.message}`, condition.reason),
      };
  }
  const events = [maker.object, ...sets.map((set) => idOf(set))].flatMap((id) => model.eventsAbout(id));
  const event = events
    .filter((entry) => entry.reason === 'FailedCreate')
    .reduce<ClusterEvent | undefined>(
      (best, entry) => ((entry.last ?? 0) >= (best?.last ?? 0) ? entry : best),
      undefined,
    );
  return event === undefined ? undefined : { message: event.message, evidence: citeEvent(event) };
}

/** A Deployment that was paused before its first rollout makes no ReplicaSet (pkg/controller/deployment/sync.go). */
function pausedBeforeFirstRollout(model: ClusterModel, maker: PodMaker): Refusal | undefined {
  const { workload } = maker;
  if (workload?.kind !== 'Deployment' || !workload.paused || workload.status.replicas > 0) return undefined;
  const sets = model.listIn('ReplicaSet', workload.namespace).filter((set) => model.controllerOf(set) === maker.object);
  if (sets.length > 0 || !workload.status.known) return undefined;
  const message = 'the Deployment is paused and has never rolled out';
  return {
    object: maker.object,
    message,
    short: 'it is paused',
    remedy: (object) => `Resume ${object}`,
    patch: { spec: { paused: false } },
    sure: true,
    evidence: [citeField(workload, 'spec.paused', message, 'true')],
  };
}

/** No message was read, but a quota of the namespace has no room left. */
function exhaustedQuota(model: ClusterModel, maker: PodMaker): Refusal | undefined {
  for (const quota of model.listIn('ResourceQuota', maker.meta.namespace)) {
    const full = Object.keys(quota.hard).find(
      (key) =>
        /^(?:pods|count\/pods|(?:requests\.|limits\.)?(?:cpu|memory))$/.test(key) &&
        quota.used[key] === quota.hard[key],
    );
    if (full === undefined) continue;
    const message = `quota ${quota.name} has no ${full} left`;
    return {
      object: idOf(quota),
      message,
      short: message,
      remedy: (object) => `Raise the limits of ${object}`,
      sure: false,
      evidence: [citeField(quota, 'status.used', usageText(quota.used, quota.hard))],
    };
  }
  return undefined;
}
