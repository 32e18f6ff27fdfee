import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { Gateway, ListenerSet, ParentRef, RouteBase } from '../../../model/kinds/gateway-api.ts';
import { GATEWAY_GROUP } from '../../../model/project/gateway-api/reference.ts';
import { intersectHostnames } from './hostname.ts';
import type { EffectiveListener } from './listeners.ts';
import { type Admission, admitsNamespace } from './namespaces.ts';

/** A route on one listener, with the hostnames it answers for there. */
export interface Attachment {
  readonly listener: EffectiveListener;
  readonly parent: ParentRef;
  readonly hosts: readonly string[];
  /** Set when the listener could not be asked for certain. */
  readonly unsure?: string;
}

/** Why one listener does not take a route; several things may be wrong at once. */
export interface ListenerRefusal {
  readonly listener: EffectiveListener;
  readonly kind: boolean;
  readonly namespace: Admission;
  readonly hosts: readonly string[];
}

export interface AttachResult {
  readonly attachments: readonly Attachment[];
  /** Listeners that sectionName and port select but that refuse the route. */
  readonly refusals: readonly ListenerRefusal[];
  /** No listener has the name or port that the parentRef asks for. */
  readonly noSuchListener: boolean;
}

/**
 * Tries a route on the listeners that a parentRef selects. A route is attached when at least one takes it
 * (apis/v1/shared_types.go, ParentReference.SectionName); listeners ask for kind, namespace and a common hostname.
 */
export function attachRoute(
  model: ClusterModel,
  owner: Gateway | ListenerSet,
  listeners: readonly EffectiveListener[],
  route: RouteBase,
  parent: ParentRef,
  leftToOthers: ReadonlyMap<string, ReadonlySet<string>> = NOTHING_LEFT,
): AttachResult {
  const selected = listeners.filter(
    ({ owner: declares, listener }) =>
      declares === owner &&
      (parent.sectionName === undefined || listener.name === parent.sectionName) &&
      (parent.port === undefined || listener.port === parent.port),
  );
  const attachments: Attachment[] = [];
  const refusals: ListenerRefusal[] = [];
  for (const listener of selected) {
    const refusal = examine(model, listener, route, leftToOthers.get(listener.id));
    const { namespace } = refusal;
    if (!refusal.kind || namespace.state === 'no' || refusal.hosts.length === 0) refusals.push(refusal);
    else {
      const unsure = namespace.state === 'unknown' ? { unsure: namespace.why } : {};
      attachments.push({ listener, parent, hosts: refusal.hosts, ...unsure });
    }
  }
  return { attachments, refusals, noSuchListener: selected.length === 0 };
}

const NOTHING_LEFT: ReadonlyMap<string, ReadonlySet<string>> = new Map();

/** For each listener the hostnames that are exactly those of other listeners of its port. */
export function hostsOfOthers(listeners: readonly EffectiveListener[]): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    listeners.map(({ id, listener: { port } }) => {
      const others = listeners.filter((other) => other.id !== id && other.listener.port === port);
      return [id, new Set(others.map(({ listener }) => listener.hostname).filter((host) => host !== ''))] as const;
    }),
  );
}

function examine(
  model: ClusterModel,
  effective: EffectiveListener,
  route: RouteBase,
  leftToOthers: ReadonlySet<string> | undefined,
): ListenerRefusal {
  const { listener, owner } = effective;
  const hosts = hasHostnames(route) ? intersectHostnames(listener.hostname, route.hostnames) : [listener.hostname];
  return {
    listener: effective,
    kind: listener.kinds.some(({ group, kind }) => group === GATEWAY_GROUP && kind === route.kind),
    namespace: admitsNamespace(model, listener.namespaces, owner.namespace, route.namespace),
    hosts:
      route.hostnames.length === 0 || leftToOthers === undefined
        ? hosts
        : hosts.filter((host) => !leftToOthers.has(host)),
  };
}

/** TCPRoute and UDPRoute have no hostnames and sit on listeners without one. */
function hasHostnames(route: RouteBase): boolean {
  return route.kind !== 'TCPRoute' && route.kind !== 'UDPRoute';
}
