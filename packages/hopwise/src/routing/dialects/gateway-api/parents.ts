import { type ObjectId, objectId } from '../../../base/object-id.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { ParentRef } from '../../../model/kinds/gateway-api.ts';
import { GATEWAY_GROUP } from '../../../model/project/gateway-api/reference.ts';
import type { AnyRoute } from './rules.ts';

export interface RouteAndParent {
  readonly route: AnyRoute;
  readonly parent: ParentRef;
}

const ROUTE_KINDS = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'] as const;

/** All routes of the cluster, kind by kind, each ordered by namespace and name. */
export function listRoutes(model: ClusterModel): readonly AnyRoute[] {
  return ROUTE_KINDS.flatMap((kind): readonly AnyRoute[] => model.list(kind));
}

/** Routes by the Gateway or ListenerSet they name. Service parents belong to a mesh and are left out. */
export function indexByParent(routes: readonly AnyRoute[]): ReadonlyMap<ObjectId, readonly RouteAndParent[]> {
  const index = new Map<ObjectId, RouteAndParent[]>();
  for (const route of routes) {
    for (const parent of route.parents) {
      if (!isGatewayParent(parent)) continue;
      // XListenerSet is ListenerSet before it graduated; the model keeps both under one kind.
      const id = objectId(parent.kind === 'Gateway' ? 'Gateway' : 'ListenerSet', parent.namespace, parent.name);
      const entries = index.get(id);
      if (entries === undefined) index.set(id, [{ route, parent }]);
      else entries.push({ route, parent });
    }
  }
  return index;
}

export function isGatewayParent({ group, kind }: ParentRef): boolean {
  if (group === GATEWAY_GROUP) return kind === 'Gateway' || kind === 'ListenerSet';
  return group === 'gateway.networking.x-k8s.io' && kind === 'XListenerSet';
}
