import { idOf, objectId } from '../../../base/object-id.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { BackendTarget, RouteBackendRef, RouteBase } from '../../../model/kinds/gateway-api.ts';
import type { NotUnderstood, RouteBackend } from '../../route-table.ts';
import { permitsReference } from './grants.ts';
import type { Implementation } from './implementation.ts';
import { saysReferenceNotPermitted } from './status.ts';

/** Where a rule sends requests, with the references that the gateway must refuse marked as such. */
export function readBackends(
  model: ClusterModel,
  route: RouteBase,
  refs: readonly RouteBackendRef[],
  { backendKinds, invalidGrpcStatus }: Implementation,
): { readonly backends: readonly RouteBackend[]; readonly notUnderstood: readonly NotUnderstood[] } {
  const backends: RouteBackend[] = [];
  const notUnderstood: NotUnderstood[] = [];
  const judged = refs.map((ref) => ({ ref, verdict: judge(model, route, ref, backendKinds) }));
  const someUsable = judged.some(
    ({ ref, verdict }) => ref.weight > 0 && verdict?.refuse !== true && isThere(model, ref),
  );
  const grpcStatus = someUsable ? invalidGrpcStatus.some : invalidGrpcStatus.all;
  for (const { ref, verdict } of judged) {
    backends.push({
      ...toBackend(ref),
      weight: ref.weight,
      ...(verdict?.refuse === true ? refusal(route.kind === 'GRPCRoute' ? grpcStatus : 500, verdict) : {}),
    });
    if (verdict?.refuse === false) {
      const effect =
        verdict.mayAnswer === undefined ? {} : { effect: 'adds-status' as const, mayAnswer: verdict.mayAnswer };
      notUnderstood.push({ object: idOf(route), path: ref.field, why: verdict.why, ...effect });
    }
  }
  return { backends, notUnderstood };
}

/** Is the Service with that port there, for all that is known? */
function isThere(model: ClusterModel, { namespace, name, port }: BackendTarget): boolean {
  const service = model.get('Service', namespace, name);
  if (service.state !== 'found') return service.state === 'unknown';
  return port === undefined || service.value.ports.some((entry) => entry.port === port);
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

/** An invalid reference answers 500 for its share of the requests, or what the implementation gives gRPC clients. */
function refusal(status: number, { why, reason }: Verdict): Pick<RouteBackend, 'refused'> {
  return { refused: { why, status, mode: 'no-service', ...(reason === undefined ? {} : { reason }) } };
}

interface Verdict {
  readonly refuse: boolean;
  readonly why: string;
  readonly reason?: 'ungranted';
  readonly mayAnswer?: readonly number[];
}

/**
 * What makes a reference invalid (apis/v1/httproute_types.go, HTTPBackendRef): unknown kind, another namespace without a
 * grant, a Service without a port number. Whether the Service exists is for the trace to see.
 */
function judge(
  model: ClusterModel,
  route: RouteBase,
  ref: RouteBackendRef,
  kinds: ReadonlySet<string>,
): Verdict | undefined {
  const name = `${ref.kind} ${ref.namespace}/${ref.name}`;
  if (!kinds.has(`${ref.group}/${ref.kind}`)) {
    // Kinds of other groups may be the implementation's own; those of the core group are known.
    if (ref.group === '') return { refuse: true, why: `backend kind ${ref.kind} is not supported` };
    return { refuse: false, why: `backend ${name} is of a kind that is not modelled (${ref.group})` };
  }
  const permission = permitsReference(model, route, ref);
  const missing = `no ReferenceGrant in namespace ${ref.namespace} allows ${route.kind} ${route.namespace}/${route.name} to refer to ${name}`;
  if (permission === 'missing') return { refuse: true, why: missing, reason: 'ungranted' };
  if (permission === 'unknown') {
    if (saysReferenceNotPermitted(route))
      return { refuse: true, why: `${missing}, as the status of the route says`, reason: 'ungranted' };
    return { refuse: false, why: `the ReferenceGrants of namespace ${ref.namespace} were not read`, mayAnswer: [500] };
  }
  if (ref.group === '' && ref.kind === 'Service' && ref.port === undefined) {
    return { refuse: true, why: 'a Service reference needs a port number' };
  }
  return undefined;
}
