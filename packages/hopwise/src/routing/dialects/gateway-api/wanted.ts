import { idOf } from '../../../base/object-id.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { Gateway, GatewayListener, ListenerSet, ParentRef, RouteBase } from '../../../model/kinds/gateway-api.ts';
import type { WantedChange } from '../../route-table.ts';
import type { EffectiveListener } from './listeners.ts';
import { NAME_LABEL } from './namespaces.ts';

/*
 * The smallest change that lets a refused route in. Only where the objects leave one way: a selector over labels that people
 * give to namespaces can be met on either side, and that is for people to decide.
 */

/** Lets one more namespace attach to a listener and keeps all that may already. */
export function admitNamespace(
  owner: Gateway | ListenerSet,
  listener: GatewayListener,
  route: RouteBase,
): WantedChange | undefined {
  const names = namesAdmitted(owner, listener);
  if (names === undefined) return undefined;
  const values = [...new Set([...names, route.namespace])].toSorted();
  return {
    object: idOf(owner),
    path: `${listener.field}.allowedRoutes.namespaces`,
    value: { from: 'Selector', selector: { matchExpressions: [{ key: NAME_LABEL, operator: 'In', values }] } },
  };
}

/** Undefined when the listener selects by other labels than the namespace's name. */
function namesAdmitted(owner: Gateway | ListenerSet, { namespaces }: GatewayListener): readonly string[] | undefined {
  if (namespaces.from === 'Same') return [owner.namespace];
  if (namespaces.from !== 'Selector') return [];
  const [only, ...others] = namespaces.selector?.requirements ?? [];
  if (only === undefined || others.length > 0 || only.key !== NAME_LABEL || only.operator !== 'In') return undefined;
  return only.values;
}

/** Names the listener that would take the route, when there is exactly one. */
export function nameListener(
  route: RouteBase,
  parent: ParentRef,
  accepting: readonly EffectiveListener[],
): WantedChange | undefined {
  const [only, ...others] = accepting;
  if (only === undefined || others.length > 0) return undefined;
  return parent.sectionName === undefined
    ? { object: idOf(route), path: `${parent.field}.port`, value: only.listener.port }
    : { object: idOf(route), path: `${parent.field}.sectionName`, value: only.listener.name };
}

/** The namespace of the only Gateway of that name. */
export function nameNamespace(
  route: RouteBase,
  parent: ParentRef,
  namespaces: readonly string[],
): WantedChange | undefined {
  const [only, ...others] = namespaces;
  if (only === undefined || others.length > 0) return undefined;
  return { object: idOf(route), path: `${parent.field}.namespace`, value: only };
}

/** The only class there is. */
export function nameClass(model: ClusterModel, gateway: Gateway): WantedChange | undefined {
  const [only, ...others] = model.list('GatewayClass');
  if (only === undefined || others.length > 0) return undefined;
  return { object: idOf(gateway), path: 'spec.gatewayClassName', value: only.name };
}
