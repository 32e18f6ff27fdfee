import { idOf, type ObjectId, objectId } from '../../base/object-id.ts';
import { shellQuote } from '../../base/shell-quote.ts';
import { citeField } from '../../model/cite.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { JsonObject } from '../../sources/contract.ts';
import type { PodMaker } from '../intent/pod-makers.ts';
import { similarNames } from '../similar.ts';

/** Why the API server does not take a workload's Pods. */
export interface Refusal {
  /** The object to change: the quota, the webhook, or the workload whose Pods break a rule. */
  readonly object: ObjectId;
  readonly message: string;
  /** In a few words. */
  readonly short: string;
  readonly remedy: (object: string) => string;
  readonly patch?: JsonObject;
  readonly commands?: readonly string[];
  readonly sure: boolean;
  readonly evidence: readonly Evidence[];
}

type Reading = Pick<Refusal, 'object' | 'short' | 'remedy' | 'patch' | 'commands'> & {
  readonly evidence?: readonly Evidence[];
};

/** The API server's words: quota and limits (plugin/pkg/admission/resourcequota, limitranger), webhooks, Pod Security, service accounts. */
export function readRefusal(model: ClusterModel, maker: PodMaker, message: string): Reading {
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
      commands: raiseQuota(namespace, quota, message),
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
      ...existingAccount(model, namespace, account),
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

/** What would be enough, for the counted resources of the message (`requested: pods=1, used: pods=4, limited: pods=4`). */
function raiseQuota(namespace: string, quota: string, message: string): readonly string[] {
  const counts = (word: string): ReadonlyMap<string, number> => {
    const list = new RegExp(`${word}: ([^:]{1,300}?)(?:, [a-z]+:|$)`).exec(message)?.[1] ?? '';
    return new Map(
      [...list.matchAll(/([\w./-]{1,100})=(\d{1,9})(?=,|$)/g)].map(([, key, value]) => [key ?? '', Number(value)]),
    );
  };
  const used = counts('used');
  const hard = [...counts('requested')].flatMap(([key, more]) => {
    const now = used.get(key);
    return now === undefined ? [] : [[key, String(now + more)] as const];
  });
  if (hard.length === 0) return [];
  const patch = JSON.stringify({ spec: { hard: Object.fromEntries(hard) } });
  return [`kubectl patch resourcequota ${quota} -n ${namespace} --type merge -p ${shellQuote(patch)}`];
}

/** A ServiceAccount of the namespace with nearly the missing name. */
function existingAccount(model: ClusterModel, namespace: string, missing: string): Pick<Reading, 'patch' | 'evidence'> {
  const names = model.foreign('ServiceAccount').flatMap((entry) => (entry.namespace === namespace ? [entry.name] : []));
  const meant = similarNames(missing, names)[0];
  if (meant === undefined) return {};
  const account = model
    .foreign('ServiceAccount')
    .find((entry) => entry.namespace === namespace && entry.name === meant);
  return {
    patch: { spec: { template: { spec: { serviceAccountName: meant } } } },
    evidence:
      account === undefined ? [] : [citeField(account, 'metadata.name', `ServiceAccount ${meant} exists`, meant)],
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

/** What a quota has given out, resource by resource. */
export function usageText(used: Readonly<Record<string, string>>, hard: Readonly<Record<string, string>>): string {
  const parts = Object.entries(hard).map(([key, most]) => `${key} ${used[key] ?? '?'} of ${most}`);
  return `used: ${parts.slice(0, 6).join(', ')}`;
}
