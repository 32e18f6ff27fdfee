import { valueOf } from '../../../base/lookup.ts';
import type { BackendTarget, RouteBase } from '../../../model/kinds/gateway-api.ts';
import { permitsReference } from './grants.ts';
import type { GatewayContext } from './rule-context.ts';

/**
 * Why Envoy Gateway answers 500 to every request of a rule with this mirror: a mirror that it cannot resolve fails the
 * rule's filters (internal/gatewayapi/filters.go processRequestMirrorFilter, route.go processHTTPRouteRules), where the
 * specification leaves out the mirror alone (HTTPRequestMirrorFilter.BackendRef). Undefined when it is in order or unknown.
 */
export function envoyGatewayMirrorFault(
  { model }: GatewayContext,
  route: RouteBase,
  mirror: BackendTarget,
): string | undefined {
  if (mirror.group !== '' || mirror.kind !== 'Service') return undefined;
  const name = `Service ${mirror.namespace}/${mirror.name}`;
  if (permitsReference(model, route, mirror) === 'missing') return `no ReferenceGrant allows the mirror to ${name}`;
  const service = model.get('Service', mirror.namespace, mirror.name);
  if (service.state === 'absent') return `the mirror ${name} does not exist`;
  const ports = valueOf(service)?.ports;
  return ports === undefined || ports.some(({ port }) => port === mirror.port)
    ? undefined
    : `the mirror ${name} has no port ${mirror.port}`;
}
