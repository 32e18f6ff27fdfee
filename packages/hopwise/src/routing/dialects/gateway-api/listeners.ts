import { idOf } from '../../../base/object-id.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { Gateway, GatewayListener, ListenerSet, ListenerStatus } from '../../../model/kinds/gateway-api.ts';
import type { Condition } from '../../../model/kinds/pod.ts';
import type { NotUnderstood } from '../../route-table.ts';
import { compareByAge } from './age.ts';
import { admitsNamespace } from './namespaces.ts';
import { describeCondition } from './status.ts';

/** Protocols of the specification; implementations have their own besides. */
export const PROTOCOLS: ReadonlySet<string> = new Set(['HTTP', 'HTTPS', 'TLS', 'TCP', 'UDP']);

/** A listener as the data plane has it, with the object that declares it. */
export interface EffectiveListener {
  /** Unique in the Gateway; listeners of a ListenerSet are prefixed with its namespace and name. */
  readonly id: string;
  readonly owner: Gateway | ListenerSet;
  readonly listener: GatewayListener;
  readonly status?: ListenerStatus;
  /** Why it serves nothing: it cannot be told from another one, or the controller refuses it. */
  readonly unserved?: string;
}

export interface GatewayListeners {
  readonly all: readonly EffectiveListener[];
  /** ListenerSets that name this Gateway and are not let in. */
  readonly refusedSets: readonly { readonly set: ListenerSet; readonly why: string; readonly certain: boolean }[];
  readonly notUnderstood: readonly NotUnderstood[];
}

/**
 * The Gateway's own listeners followed by those of its ListenerSets, oldest first and then by name
 * (apis/v1/listenerset_types.go, ListenerSetSpec.Listeners). ListenerSets attach only where spec.allowedListeners says so.
 */
export function collectListeners(model: ClusterModel, gateway: Gateway): GatewayListeners {
  const sets = model
    .list('ListenerSet')
    .filter(
      ({ parent }) =>
        parent.kind === 'Gateway' && parent.namespace === gateway.namespace && parent.name === gateway.name,
    )
    .toSorted(compareByAge);
  const all: EffectiveListener[] = [];
  const refusedSets: { set: ListenerSet; why: string; certain: boolean }[] = [];
  const notUnderstood: NotUnderstood[] = [];
  addListeners(all, gateway, '');
  for (const set of sets) {
    const admitted = admitsNamespace(model, gateway.allowedListeners, gateway.namespace, set.namespace);
    if (admitted.state === 'no') refusedSets.push({ set, why: admitted.why, certain: true });
    else {
      if (admitted.state === 'unknown') {
        notUnderstood.push({ object: idOf(gateway), path: 'spec.allowedListeners.namespaces', why: admitted.why });
      }
      addListeners(all, set, `${set.namespace}/${set.name}/`);
    }
  }
  return { all: markUnserved(all), refusedSets, notUnderstood };
}

function addListeners(all: EffectiveListener[], owner: Gateway | ListenerSet, prefix: string): void {
  for (const listener of owner.listeners) {
    const status = owner.listenerStatuses.find(({ name }) => name === listener.name);
    all.push({ id: `${prefix}${listener.name}`, owner, listener, ...(status === undefined ? {} : { status }) });
  }
}

/**
 * Listeners must differ in port, and for HTTP, HTTPS and TLS in port or hostname (GatewaySpec.Listeners, "Distinct
 * Listeners"). Two of one Gateway that do not differ are both out; between a Gateway and its sets the earlier one keeps
 * its place (ListenerSetSpec.Listeners, conformance listenerset-hostname-conflict). Implementations may tell apart more
 * than that, and may refuse for reasons of their own: what the controller says about a listener counts.
 */
function markUnserved(all: readonly EffectiveListener[]): readonly EffectiveListener[] {
  return all.map((candidate, index) => {
    if (isAccepted(candidate)) return candidate;
    const rival = all.find(
      (other, at) =>
        other !== candidate && isIndistinct(candidate, other) && (other.owner === candidate.owner || at < index),
    );
    if (rival !== undefined) return { ...candidate, unserved: `it cannot be told from listener ${rival.id}` };
    const refused = refusalOf(candidate);
    return refused === undefined
      ? candidate
      : { ...candidate, unserved: `the controller says ${describeCondition(refused)}` };
  });
}

function isAccepted(listener: EffectiveListener): boolean {
  const conditions = listener.status?.conditions ?? [];
  const has = (type: string, status: string) =>
    conditions.some((condition) => condition.type === type && condition.status === status);
  return has('Accepted', 'True') && !has('Conflicted', 'True');
}

/** Conflicts are worked out above, whatever an older status says of them. */
function refusalOf({ status }: EffectiveListener): Condition | undefined {
  return status?.conditions.find(
    ({ type, status: value, reason }) =>
      type === 'Accepted' && value === 'False' && reason !== 'HostnameConflict' && reason !== 'ProtocolConflict',
  );
}

function isIndistinct(one: EffectiveListener, other: EffectiveListener): boolean {
  const [a, b] = [one.listener, other.listener];
  if (a.port !== b.port) return false;
  const [left, right] = [transportOf(a), transportOf(b)];
  if (left !== right) return false;
  if (left === 'udp') return true;
  // A TCP listener takes the whole port; plain HTTP and TLS on one port cannot be told apart by hostname.
  if (a.protocol === 'TCP' || b.protocol === 'TCP') return true;
  return a.protocol !== b.protocol ? isPlain(a) !== isPlain(b) : a.hostname === b.hostname;
}

function transportOf(listener: GatewayListener): 'tcp' | 'udp' {
  return listener.protocol === 'UDP' ? 'udp' : 'tcp';
}

function isPlain(listener: GatewayListener): boolean {
  return listener.protocol === 'HTTP';
}
