import { idOf } from '../../../base/object-id.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { Gateway } from '../../../model/kinds/gateway-api.ts';
import type { Dialect, DialectResult } from '../../dialect.ts';
import type { UnattachedRoute } from '../../route-table.ts';
import { explainHostsWithoutListener, explainMissingParents, explainUnclaimed } from './detached.ts';
import { type GatewayResult, readGateway } from './gateway.ts';
import { PROTOCOLS } from './listeners.ts';
import { indexByParent, listRoutes } from './parents.ts';

/** Gateway API as its specification defines it, for any implementation. */
export const gatewayApi: Dialect = {
  id: 'gateway-api',
  controllers: ['*'],
  reads: [
    'GatewayClass',
    'Gateway',
    'ListenerSet',
    'HTTPRoute',
    'GRPCRoute',
    'TLSRoute',
    'TCPRoute',
    'UDPRoute',
    'ReferenceGrant',
    'BackendTLSPolicy',
    'Namespace',
    'Service',
    'Pod',
    'ConfigMap',
  ],
  toRoutes,
};

/** Waypoints of a mesh are Gateways with listeners of a protocol of their own (HBONE): no client sends to them. */
function isIngress({ listeners }: Gateway): boolean {
  return listeners.length === 0 || listeners.some(({ protocol }) => PROTOCOLS.has(protocol));
}

function toRoutes(model: ClusterModel): DialectResult {
  const routes = listRoutes(model);
  const routesOf = indexByParent(routes);
  const results: GatewayResult[] = [];
  const unattached: UnattachedRoute[] = [];
  for (const gateway of model.list('Gateway').filter(isIngress)) {
    const unclaimed = explainUnclaimed(model, gateway, routesOf.get(idOf(gateway)) ?? []);
    if (unclaimed === undefined) results.push(readGateway(model, gateway, routesOf));
    else unattached.push(...unclaimed);
  }
  return {
    gateways: results.map(({ instance }) => instance),
    unattached: [
      ...unattached,
      ...results.flatMap((result) => result.unattached),
      ...explainMissingParents(model, routes),
      ...explainHostsWithoutListener(results.flatMap(({ attached }) => attached)),
    ],
    clashes: results.flatMap(({ clashes }) => clashes),
    notUnderstood: [],
  };
}
