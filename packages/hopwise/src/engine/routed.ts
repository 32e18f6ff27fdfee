import type { ClusterModel } from '../model/cluster-model.ts';
import { buildRoutes } from '../routing/build.ts';
import { CompiledRoutes } from '../routing/compiled-routes.ts';
import type { RouteTable } from '../routing/route-table.ts';

/** A model's routes and their matchers. */
export interface Routed {
  readonly table: RouteTable;
  readonly compiled: CompiledRoutes;
}

const ROUTED = new WeakMap<ClusterModel, Routed>();

/** Routes are the same for every request of a snapshot: built once, when first asked. */
export function routesOf(model: ClusterModel): Routed {
  let routed = ROUTED.get(model);
  if (routed === undefined) {
    routed = { table: buildRoutes(model), compiled: new CompiledRoutes() };
    ROUTED.set(model, routed);
  }
  return routed;
}

/** For a model of the same objects as another whose table is known already. */
export function knowRoutes(model: ClusterModel, table: RouteTable): void {
  ROUTED.set(model, { table, compiled: new CompiledRoutes() });
}
