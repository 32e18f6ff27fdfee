import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { Dialect, DialectResult } from '../../dialect.ts';
import { groupByDataPlane } from './data-plane.ts';
import { readDestinationRules } from './destination-rules.ts';
import { readGateways } from './gateways.ts';
import { buildInstance } from './instance.ts';
import { explainUnbound } from './unbound.ts';
import { readVirtualServices } from './virtual-services.ts';

/** Istio's own routing objects (networking.istio.io) on ingress gateways; Gateway API on Istio is the Gateway API dialect's. */
export const istio: Dialect = {
  id: 'istio',
  controllers: ['istio.io/gateway'],
  reads: ['Service', 'Pod'],
  toRoutes,
};

function toRoutes(model: ClusterModel): DialectResult {
  const gateways = readGateways(model);
  const virtualServices = readVirtualServices(model);
  if (gateways.length === 0 && virtualServices.length === 0) {
    return { gateways: [], unattached: [], clashes: [], notUnderstood: [] };
  }
  const planes = groupByDataPlane(model, gateways);
  const rules = readDestinationRules(model);
  return {
    gateways: planes.map((plane) => buildInstance(model, plane, virtualServices, rules)),
    unattached: explainUnbound(planes, virtualServices, gateways.length > 0),
    clashes: [],
    notUnderstood: [],
  };
}
