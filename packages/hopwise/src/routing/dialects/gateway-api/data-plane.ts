import { found, type Lookup, unknown } from '../../../base/lookup.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { Gateway } from '../../../model/kinds/gateway-api.ts';
import type { Pod } from '../../../model/kinds/pod.ts';
import type { Service } from '../../../model/kinds/service.ts';
import type { Labels } from '../../../model/meta.ts';

export interface DataPlane {
  readonly pods: Lookup<readonly Pod[]>;
  readonly services: readonly Service[];
}
export type DataPlaneFinder = (model: ClusterModel, gateway: Gateway) => DataPlane;

/** Label on what an implementation creates for a Gateway (GEP-1762, apis/v1/well_known_labels.go). */
export const GATEWAY_NAME_LABEL = 'gateway.networking.k8s.io/gateway-name';

/**
 * Works for every implementation that runs in the cluster and follows GEP-1762: Pods and Services with the gateway-name
 * label in the Gateway's namespace; failing that the Services that own the Gateway's status addresses, and their Pods.
 */
export function findByLabelsOrAddress(model: ClusterModel, gateway: Gateway): DataPlane {
  return (
    findByLabels(model, gateway.namespace, { [GATEWAY_NAME_LABEL]: gateway.name }) ??
    findByAddress(model, gateway) ??
    findBySameName(model, gateway) ??
    notFound(model, gateway)
  );
}

/** Pods and Services carrying all the labels; undefined when there are neither. */
export function findByLabels(model: ClusterModel, namespace: string, labels: Labels): DataPlane | undefined {
  const services = model.listIn('Service', namespace).filter((service) => carries(service.labels, labels));
  const pods = model.podsMatching(namespace, labels);
  if (pods.length > 0) return { pods: found(pods), services };
  return services.length > 0 ? behind(model, services) : undefined;
}

/** The Services that own an address of the Gateway's status, and the Pods they select. */
export function findByAddress(model: ClusterModel, gateway: Gateway): DataPlane | undefined {
  const services = new Set<Service>();
  for (const { ip, hostname } of gateway.addresses) {
    if (ip !== undefined) {
      const service = model.serviceByIP(ip);
      if (service.state === 'found') services.add(service.value);
    }
    if (hostname === undefined) continue;
    for (const service of model.list('Service')) {
      if (service.addresses.some((address) => address.hostname === hostname)) services.add(service);
    }
  }
  return services.size === 0 ? undefined : behind(model, [...services]);
}

/** Many implementations name the Service after the Gateway (and its class). */
function findBySameName(model: ClusterModel, gateway: Gateway): DataPlane | undefined {
  const names = new Set([gateway.name, `${gateway.name}-${gateway.className}`]);
  const services = model
    .listIn('Service', gateway.namespace)
    .filter((service) => names.has(service.name) && service.type === 'LoadBalancer');
  return services.length === 0 ? undefined : behind(model, services);
}

/** The Pods that Services select; Services without a selector lead to none that could be named. */
export function behind(model: ClusterModel, services: readonly Service[]): DataPlane {
  const pods = new Map<string, Pod>();
  for (const service of services) {
    if (service.selector === undefined) continue;
    for (const pod of model.podsMatching(service.namespace, service.selector))
      pods.set(`${pod.namespace}/${pod.name}`, pod);
  }
  const selecting = services.some(({ selector }) => selector !== undefined);
  if (pods.size === 0 && !selecting) {
    return {
      pods: unknown(
        `Service ${services.map(({ namespace, name }) => `${namespace}/${name}`).join(', ')} has no selector, so its Pods cannot be told`,
      ),
      services,
    };
  }
  const { state } = model.coverage('Pod');
  if (pods.size === 0 && state !== 'complete') return { pods: unknown(`Pods were not read (${state})`), services };
  return { pods: found([...pods.values()]), services };
}

export function notFound(model: ClusterModel, gateway: Gateway): DataPlane {
  const why = model.manifestsOnly
    ? 'manifests only: the data plane is created by the controller'
    : `no Pod or Service is labelled for Gateway ${gateway.namespace}/${gateway.name}, and none has its address`;
  return { pods: unknown(why), services: [] };
}

function carries(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
}
