import { valueOf } from '../../../base/lookup.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { Gateway } from '../../../model/kinds/gateway-api.ts';
import { ANY_IMPLEMENTATION, type Implementation } from './implementation.ts';

/** Implementations with known differences, by the controller names of their GatewayClasses. */
const IMPLEMENTATIONS: readonly Implementation[] = [];

export function implementationOf(controller: string): Implementation {
  return (
    IMPLEMENTATIONS.find((entry) => entry.controllers.some((name) => names(name, controller))) ?? ANY_IMPLEMENTATION
  );
}

function names(pattern: string, controller: string): boolean {
  return pattern.endsWith('*') ? controller.startsWith(pattern.slice(0, -1)) : pattern === controller;
}

/**
 * The controller of a Gateway: its class's, or, where the class was not read, the one that writes the statuses of the routes
 * on it. '' when neither says.
 */
export function controllerOf(model: ClusterModel, gateway: Gateway): string {
  const gatewayClass = valueOf(model.get('GatewayClass', '', gateway.className));
  if (gatewayClass !== undefined) return gatewayClass.controller;
  for (const route of model.list('HTTPRoute')) {
    const status = route.parentStatuses.find(
      ({ parent }) =>
        parent.kind === 'Gateway' && parent.namespace === gateway.namespace && parent.name === gateway.name,
    );
    if (status !== undefined) return status.controller;
  }
  return '';
}
