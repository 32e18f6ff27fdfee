import type { Lookup } from '../../../base/lookup.ts';
import { ABSENT, found } from '../../../base/lookup.ts';
import { type ObjectId, objectId } from '../../../base/object-id.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { IngressBackend } from '../../../model/kinds/ingress.ts';
import type { Service, ServicePort } from '../../../model/kinds/service.ts';
import type { CanaryPolicy } from './features/canary.ts';
import type { ParsedIngress } from './parsed-ingress.ts';

export const DEFAULT_UPSTREAM = 'upstream-default-backend';

/** A Service and port that Ingresses name; shared by every location that names the same. */
export interface Upstream {
  readonly name: string;
  readonly service: ObjectId;
  readonly port: number | string | undefined;
  /** Of the Ingress that named it first: its annotations decide about the upstream. */
  readonly owner: ParsedIngress;
  readonly field: string;
  /** Set for the backend of a canary Ingress: it gets traffic only through the main one. */
  readonly canary?: CanaryPolicy;
  /** Names of canaries attached to it; the data plane uses the first one only (balancer.lua). */
  readonly alternatives: string[];
}

export type NamedService = NonNullable<IngressBackend['service']>;

/** `namespace-service-port` with the port as the Ingress names it (controller.go: upstreamName). */
export function upstreamName(namespace: string, service: NamedService): string {
  return `${namespace}-${service.name}-${portOf(service) ?? 0}`;
}

export function portOf(service: NamedService): number | string | undefined {
  if (service.port.number !== undefined && service.port.number > 0) return service.port.number;
  return service.port.name === undefined || service.port.name === '' ? undefined : service.port.name;
}

/**
 * The upstreams of all Ingresses (controller.go: createUpstreams). The first Ingress to name a path's Service decides; a
 * spec.defaultBackend replaces what stood there before.
 */
export function createUpstreams(ingresses: readonly ParsedIngress[]): Map<string, Upstream> {
  const upstreams = new Map<string, Upstream>();
  for (const owner of ingresses) {
    const { ingress } = owner;
    const put = (service: NamedService, field: string): void => {
      const name = upstreamName(ingress.namespace, service);
      upstreams.set(name, {
        name,
        service: objectId('Service', ingress.namespace, service.name),
        port: portOf(service),
        owner,
        field,
        ...(owner.canary.enabled ? { canary: owner.canary } : {}),
        alternatives: [],
      });
    };
    if (ingress.defaultBackend?.service !== undefined) put(ingress.defaultBackend.service, 'spec.defaultBackend');
    for (const [r, rule] of ingress.rules.entries()) {
      for (const [p, path] of (rule.paths ?? []).entries()) {
        const service = path.backend.service;
        if (service === undefined || upstreams.has(upstreamName(ingress.namespace, service))) continue;
        put(service, `spec.rules[${r}].http.paths[${p}]`);
      }
    }
  }
  return upstreams;
}

/** Whether a Service port has an address to send to, as the controller sees it (endpointslices.go: ready endpoints of TCP ports). */
export function hasEndpoints(model: ClusterModel, service: Service, port: ServicePort): Lookup<true> {
  const slices = model.slicesOf(service);
  if (slices.state !== 'found') return slices;
  const usable = slices.value.some(
    (slice) =>
      slice.endpoints.some((endpoint) => endpoint.ready && endpoint.addresses.length > 0) &&
      slice.ports.some(
        (entry) => entry.protocol === 'TCP' && (entry.name === (port.name ?? '') || service.ports.length === 1),
      ),
  );
  return usable ? found(true) : ABSENT;
}
