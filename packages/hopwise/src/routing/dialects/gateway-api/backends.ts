import { objectId } from '../../../base/object-id.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { BackendTarget, RouteBackendRef, RouteBase } from '../../../model/kinds/gateway-api.ts';
import type { RouteBackend } from '../../route-table.ts';
import { permitsReference } from './grants.ts';

/** Where a rule sends requests, with the references that the gateway must refuse marked as such. */
export function readBackends(
  model: ClusterModel,
  route: RouteBase,
  refs: readonly RouteBackendRef[],
  kinds: ReadonlySet<string>,
): readonly RouteBackend[] {
  return refs.map((ref) => ({
    ...toBackend(ref),
    weight: ref.weight,
    ...refusalOf(model, route, ref, kinds),
  }));
}

/** A mirror receives copies only: it has no share of the requests and never answers. */
export function mirrorBackend(target: BackendTarget): RouteBackend {
  return { ...toBackend(target), weight: 0, role: 'mirror' };
}

function toBackend(target: BackendTarget): Omit<RouteBackend, 'weight'> {
  return {
    object: objectId(target.kind, target.namespace, target.name),
    ...(target.port === undefined ? {} : { port: target.port }),
    field: target.field,
  };
}

/**
 * An invalid reference answers 500 for its share of the requests (apis/v1/httproute_types.go, HTTPRouteRule.BackendRefs
 * and HTTPBackendRef): unknown kind, another namespace without a grant, a Service without a port number. Whether the
 * Service exists is for the trace to see.
 */
function refusalOf(
  model: ClusterModel,
  route: RouteBase,
  ref: RouteBackendRef,
  kinds: ReadonlySet<string>,
): Pick<RouteBackend, 'refused'> {
  // GRPCRoute asks for the gRPC status UNAVAILABLE instead, which is what clients make of a 503.
  const status = route.kind === 'GRPCRoute' ? 503 : 500;
  const refuse = (why: string) => ({ refused: { why, status, mode: 'no-service' as const } });
  if (!kinds.has(`${ref.group}/${ref.kind}`)) {
    // Kinds of other groups may be the implementation's own; kinds of the core group are known.
    return ref.group === '' ? refuse(`backend kind ${ref.kind} is not supported`) : {};
  }
  if (permitsReference(model, route, ref) === 'missing') {
    return refuse(
      `${route.kind} ${route.namespace}/${route.name} may not refer to ${ref.kind} ${ref.namespace}/${ref.name}: no ReferenceGrant in namespace ${ref.namespace} allows it`,
    );
  }
  if (ref.group === '' && ref.kind === 'Service' && ref.port === undefined) {
    return refuse('a Service reference needs a port number');
  }
  return {};
}
