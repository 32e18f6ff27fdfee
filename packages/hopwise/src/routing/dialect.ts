import type { ClusterModel } from '../model/cluster-model.ts';
import type { Kind } from '../model/kind-map.ts';
import type { GatewayInstance, NotUnderstood, RouteClash, UnattachedRoute } from './route-table.ts';

/** One controller's way to read its objects into the neutral route table. */
export interface Dialect {
  readonly id: string;
  /** Values of IngressClass.spec.controller / GatewayClass.spec.controllerName it answers for; a trailing `*` is a prefix. */
  readonly controllers: readonly string[];
  readonly reads: readonly Kind[];
  toRoutes(model: ClusterModel): DialectResult;
}
export interface DialectResult {
  readonly gateways: readonly GatewayInstance[];
  readonly unattached: readonly UnattachedRoute[];
  readonly clashes: readonly RouteClash[];
  readonly notUnderstood: readonly NotUnderstood[];
}
