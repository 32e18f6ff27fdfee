import type { ClusterModel } from '../model/cluster-model.ts';
import { DIALECTS } from './dialects/index.ts';
import type { RouteTable } from './route-table.ts';

/** Every dialect's routes in one table. Dialects are asked in a fixed order, so that the table is the same each time. */
export function buildRoutes(model: ClusterModel): RouteTable {
  const results = DIALECTS.map((dialect) => dialect.toRoutes(model));
  return {
    gateways: results.flatMap((result) => result.gateways),
    unattached: results.flatMap((result) => result.unattached),
    clashes: results.flatMap((result) => result.clashes),
    notUnderstood: results.flatMap((result) => result.notUnderstood),
  };
}
