import type { Lookup } from '../../base/lookup.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Pod } from '../../model/kinds/pod.ts';
import type { Request } from '../../routing/request.ts';
import type { GatewayInstance, RouteTable, Rule } from '../../routing/route-table.ts';
import type { InClusterWalk } from '../in-cluster.ts';
import type { PathObservations } from '../observed.ts';
import type { BackendPath, Decision, Leaving } from '../trace.ts';

/** What every hop is judged by. */
export interface HopFacts {
  readonly model: ClusterModel;
  readonly table: RouteTable;
  readonly request: Request;
  readonly gateway: GatewayInstance | undefined;
  readonly decision: Decision;
  readonly rule: Rule | undefined;
  readonly backends: readonly BackendPath[];
  readonly callers: Lookup<readonly Pod[]>;
  readonly seen: PathObservations;
  readonly inside: InClusterWalk | undefined;
  readonly leaving: Leaving | undefined;
}

/** The request was seen to get an answer through the gateway: what lies before it works. */
export function reachedGateway(facts: HopFacts): boolean {
  return facts.seen.response?.status !== undefined || facts.seen.access.length > 0 || facts.seen.errors.length > 0;
}

/** Requests of this path were answered by the app and are not failing now. */
export function answeredByApp(facts: HopFacts): boolean {
  return !facts.seen.failing && (facts.seen.now === 'none' || facts.seen.now === 'recovered');
}
