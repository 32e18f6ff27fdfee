import { idOf, type ObjectId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import { resolvedBackends } from './path-queries.ts';
import type { Trace } from './trace.ts';

export interface TrustPlace {
  readonly object: ObjectId;
  /** It is where this controller is told; false: nothing better is in the input. */
  readonly known: boolean;
}

const TRAEFIK_TRANSPORT = 'traefik.ingress.kubernetes.io/service.serverstransport';

/**
 * The object that says whom the gateway trusts behind this path: what set the backend's TLS (a BackendTLSPolicy, a
 * DestinationRule, an annotated Ingress), for Traefik the ServersTransport that the Service names, for controllers that are
 * told by the Service that Service, else the route.
 */
export function trustPlace({
  model,
  trace,
}: {
  readonly model: ClusterModel;
  readonly trace: Trace;
}): TrustPlace | undefined {
  const { rule, gateway } = trace;
  const from = rule?.settings.backendTls?.from;
  if (from?.kind === 'field') return { object: from.object, known: true };
  const service = resolvedBackends(trace)[0]?.service;
  const controller = gateway?.controller ?? '';
  if (/traefik/.test(controller) && service !== undefined) {
    const named = /^(.{1,63})-(.{1,253})@kubernetescrd$/.exec(service.annotations[TRAEFIK_TRANSPORT] ?? '');
    const transport = model
      .foreign('ServersTransport')
      .find((entry) => `${entry.namespace}-${entry.name}` === `${named?.[1]}-${named?.[2]}`);
    return { object: idOf(transport ?? service), known: true };
  }
  if (/kong|projectcontour|gce|gke/.test(controller) && service !== undefined)
    return { object: idOf(service), known: true };
  // Whoever originates TLS by another object (a DestinationRule that was not read) is told there, not by the route.
  const object = rule?.object ?? (service === undefined ? undefined : idOf(service));
  return object === undefined
    ? undefined
    : { object, known: /nginx|haproxy|azure|aws/.test(`${controller} ${gateway?.dialect ?? ''}`) };
}
