import { idOf, type ObjectId, objectId } from '../../base/object-id.ts';
import { citeEvent, citeField } from '../../model/cite.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { ClusterEvent } from '../../model/kinds/cluster.ts';
import type { JsonObject } from '../../sources/contract.ts';
import type { PodMaker } from '../intent/pod-makers.ts';

/** Why the API server does not take a workload's Pods. */
export interface Refusal {
  /** The object to change: the quota, the webhook, or the workload whose Pods break a rule. */
  readonly object: ObjectId;
  readonly message: string;
  /** In a few words. */
  readonly short: string;
  readonly remedy: (object: string) => string;
  readonly patch?: JsonObject;
  readonly sure: boolean;
  readonly evidence: readonly Evidence[];
}

type Reading = Pick<Refusal, 'object' | 'short' | 'remedy'> & { readonly evidence?: readonly Evidence[] };

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

/** The API server's words: quota and limits (plugin/pkg/admission/resourcequota, limitranger), webhooks, Pod Security, service accounts. */
function readRefusal(model: ClusterModel, maker: PodMaker, message: string): Reading {
  const workload = maker.object;
  const { namespace } = maker.meta;
  const quota = /exceeded quota: ([a-z0-9][a-z0-9.-]{0,252})/.exec(message)?.[1];
  if (quota !== undefined) {
    const found = model.get('ResourceQuota', namespace, quota);
    const evidence =
      found.state === 'found'
        ? [citeField(found.value, 'status.used', usageText(found.value.used, found.value.hard))]
        : [];
    return {
      object: objectId('ResourceQuota', namespace, quota),
      short: `quota ${quota} is exceeded`,
      remedy: (object) => `Raise the limits of ${object}, or lower what the namespace asks for`,
      evidence,
    };
  }
  const calling = /failed calling webhook "([^"]{1,253})"/.exec(message)?.[1];
  if (calling !== undefined)
    return {
      object: webhookOf(model, calling) ?? workload,
      short: `webhook ${calling} does not answer`,
      remedy: (object) => `Make webhook ${calling} of ${object} answer, or let it fail open (failurePolicy: Ignore)`,
    };
  const denied = /admission webhook "([^"]{1,253})" denied the request/.exec(message)?.[1];
  if (denied !== undefined)
    return {
      object: workload,
      short: `webhook ${denied} denies its Pods`,
      remedy: (object) => `Make the Pod template of ${object} keep the rule of webhook ${denied}`,
    };
  const account = /service ?account (?:[^\s/]{1,63}\/)?"?([a-z0-9][a-z0-9.-]{0,252})"?[^\n]{0,120}not found/i.exec(
    message,
  )?.[1];
  if (account !== undefined)
    return {
      object: workload,
      short: `ServiceAccount ${account} does not exist`,
      remedy: (object) => `Name an existing ServiceAccount in ${object}, or create ${account}`,
    };
  if (/being terminated/.test(message))
    return {
      object: objectId('Namespace', '', namespace),
      short: `namespace ${namespace} is being deleted`,
      remedy: () => 'Deploy into a namespace that is not being deleted',
    };
  if (/violates PodSecurity/.test(message))
    return {
      object: workload,
      short: 'its Pods violate Pod Security',
      remedy: (object) =>
        `Give the Pod template of ${object} the securityContext that the namespace's Pod Security level asks for`,
    };
  if (/failed quota|must specify/.test(message))
    return {
      object: workload,
      short: 'a quota wants requests and limits',
      remedy: (object) => `Set requests and limits in the Pod template of ${object}`,
    };
  return {
    object: workload,
    short: 'its Pods are refused',
    remedy: (object) => `Correct what is refused in the Pod template of ${object}`,
  };
}

/** The configuration that holds a webhook of this name. */
function webhookOf(model: ClusterModel, name: string): ObjectId | undefined {
  for (const kind of ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration']) {
    for (const object of model.foreign(kind)) {
      const webhooks = model.raw(idOf(object))?.webhooks;
      if (!Array.isArray(webhooks)) continue;
      if ((webhooks as readonly JsonObject[]).some((entry) => entry?.name === name)) return idOf(object);
    }
  }
  return undefined;
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

function usageText(used: Readonly<Record<string, string>>, hard: Readonly<Record<string, string>>): string {
  const parts = Object.entries(hard).map(([key, most]) => `${key} ${used[key] ?? '?'} of ${most}`);
  return `used: ${parts.slice(0, 6).join(', ')}`;
}
