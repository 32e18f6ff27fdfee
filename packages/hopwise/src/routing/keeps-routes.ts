import { type ObjectId, splitId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { JsonObject } from '../sources/contract.ts';
import type { RouteTable } from './route-table.ts';

/** Dialects that look at the selector of a Service only where their own Pods are. */
const BY_PORT_ONLY: ReadonlySet<string> = new Set(['ingress-nginx', 'plain-ingress']);
/** Annotations that make ingress-nginx look whether a Service has endpoints (location-rules.ts). */
const BY_ENDPOINTS = /default-backend|canary/;

/**
 * Whether a change of this object surely leaves every route as it is, so that thousands need not be built anew to try it:
 * true only for another selector of a Service that no gateway looks behind.
 */
export function keepsRoutes(model: ClusterModel, table: RouteTable, id: ObjectId, after: JsonObject): boolean {
  const before = model.raw(id);
  const { kind, namespace } = splitId(id);
  if (before === undefined || kind !== 'Service' || !differsInSelectorOnly(before, after)) return false;
  if (model.foreignKinds().includes('DestinationRule') || model.list('Gateway').length > 0) return false;
  const elsewhere = table.gateways.every(
    (gateway) =>
      BY_PORT_ONLY.has(gateway.dialect) &&
      gateway.pods.state === 'found' &&
      gateway.pods.value.length > 0 &&
      gateway.pods.value.every((pod) => pod.namespace !== namespace) &&
      gateway.services.every((service) => service.namespace !== namespace),
  );
  return (
    elsewhere &&
    !model
      .listIn('Ingress', namespace)
      .some((ingress) => Object.keys(ingress.annotations).some((key) => BY_ENDPOINTS.test(key)))
  );
}

function differsInSelectorOnly(before: JsonObject, after: JsonObject): boolean {
  return JSON.stringify(withoutSelector(before)) === JSON.stringify(withoutSelector(after));
}

function withoutSelector(object: JsonObject): unknown {
  const { spec, ...rest } = object;
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) return object;
  const { selector: _, ...others } = spec as JsonObject;
  return [rest, others];
}
