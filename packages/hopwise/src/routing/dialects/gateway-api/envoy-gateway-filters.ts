import { valueOf } from '../../../base/lookup.ts';
import type { BackendTarget, RouteBase, RouteFilter } from '../../../model/kinds/gateway-api.ts';
import { permitsReference } from './grants.ts';
import type { FilterFault } from './implementation.ts';
import type { GatewayContext } from './rule-context.ts';

/**
 * What makes Envoy Gateway answer 500 to every request of a rule: a filter that it cannot process fails the rule
 * (internal/gatewayapi/filters.go ProcessHTTPFilters, route.go processHTTPRouteRules). Undefined when all are in order or
 * what they name is not known.
 */
export function envoyGatewayFilterFault(
  context: GatewayContext,
  route: RouteBase,
  filters: readonly RouteFilter[],
): FilterFault | undefined {
  const redirects = filters.some(({ kind }) => kind === 'RequestRedirect');
  for (const filter of filters) {
    if (filter.kind === 'RequestMirror') {
      const why = redirects ? 'a rule that redirects cannot mirror' : mirrorFault(context, route, filter.backend);
      if (why !== undefined) return { why, at: filter.field };
    }
    if (filter.kind === 'RequestHeaderModifier' || filter.kind === 'ResponseHeaderModifier') {
      const why = headerFault(filter.changes);
      if (why !== undefined) return { why, at: filter.field };
    }
  }
  return undefined;
}

/** The specification leaves out a mirror that cannot be resolved, and nothing else (HTTPRequestMirrorFilter.BackendRef). */
function mirrorFault({ model }: GatewayContext, route: RouteBase, mirror: BackendTarget): string | undefined {
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

/** isModifiableHeader; the API itself takes no `/` or `:` in a header name. */
function headerFault({ set, add, remove }: Extract<RouteFilter, { changes: unknown }>['changes']): string | undefined {
  const names = [...set, ...add].map(({ name }) => name).concat(remove);
  const name = names.find((entry) => entry.toLowerCase() === 'host');
  return name === undefined ? undefined : `Envoy Gateway lets no filter change header ${name}`;
}
