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
/** Undefined when this way of looking finds nothing, so that another one may be tried. */
export type DataPlaneFinder = (model: ClusterModel, gateway: Gateway) => DataPlane | undefined;

/** Label on what an implementation creates for a Gateway (GEP-1762, apis/v1/well_known_labels.go). */
export const GATEWAY_NAME_LABEL = 'gateway.networking.k8s.io/gateway-name';

/** Services and Pods with the gateway-name label in the Gateway's namespace. */
export const byGatewayName: DataPlaneFinder = (model, gateway) =>
  labelled(model, gateway, [gateway.namespace], { [GATEWAY_NAME_LABEL]: gateway.name });

/** Services and Pods with labels of the implementation's own, in the Gateway's namespace. */
export function byLabels(labels: (gateway: Gateway) => Labels): DataPlaneFinder {
  return (model, gateway) => labelled(model, gateway, [gateway.namespace], labels(gateway));
}

/** The same where the data plane may be in any namespace; told by its Service. */
export function byLabelsAnywhere(labels: (gateway: Gateway) => Labels): DataPlaneFinder {
  return (model, gateway) => {
    const wanted = labels(gateway);
    const services = model.list('Service').filter((service) => carries(service.labels, wanted));
    const namespaces = [...new Set(services.map(({ namespace }) => namespace))];
    return services.length === 0 ? undefined : labelled(model, gateway, namespaces, wanted);
  };
}

/** The Services that own an address of the Gateway's status, and the Pods they select. */
export const byAddress: DataPlaneFinder = (model, gateway) => {
  const services = new Set<Service>();
  for (const { ip, hostname } of gateway.addresses) {
    const service = model.serviceByIP(ip ?? hostname ?? '');
    if (service.state === 'found') services.add(service.value);
    else if (hostname !== undefined) addByClusterName(model, hostname, services);
  }
  return services.size === 0 ? undefined : behind(model, [...services]);
};

/** Istio and others name a Service of the cluster as the Gateway's address: `edge.infra.svc.cluster.local`. */
function addByClusterName(model: ClusterModel, hostname: string, services: Set<Service>): void {
  const [name = '', namespace = '', svc] = hostname.split('.');
  if (svc !== 'svc') return;
  const service = model.get('Service', namespace, name);
  if (service.state === 'found') services.add(service.value);
}

/** A Service named after the Gateway, in the Gateway's namespace. */
export function byServiceName(nameOf: (gateway: Gateway) => readonly string[]): DataPlaneFinder {
  return (model, gateway) => {
    const services = nameOf(gateway).flatMap((name) => {
      const service = model.get('Service', gateway.namespace, name);
      return service.state === 'found' ? [service.value] : [];
    });
    return services.length === 0 ? undefined : behind(model, services);
  };
}

/** A Service that an annotation of the Gateway names, as `namespace/name`. */
export function byAnnotation(annotation: string): DataPlaneFinder {
  return (model, gateway) => {
    const value = Object.hasOwn(gateway.annotations, annotation) ? gateway.annotations[annotation] : undefined;
    const services = (value ?? '').split(',').flatMap((id) => {
      const [namespace = '', name = ''] = id.trim().split('/');
      const service = model.get('Service', namespace, name);
      return service.state === 'found' ? [service.value] : [];
    });
    return services.length === 0 ? undefined : behind(model, services);
  };
}

/** One data plane for all Gateways, told by the Service that its usual installation labels. */
export function bySharedService(...labels: readonly Labels[]): DataPlaneFinder {
  return (model) => {
    const services = model
      .list('Service')
      .filter((service) => labels.some((wanted) => carries(service.labels, wanted)));
    // Beside the Service for traffic there may be others for metrics or administration.
    const exposed = services.filter(({ type }) => type === 'LoadBalancer' || type === 'NodePort');
    if (exposed.length > 0) return behind(model, exposed);
    return services.length === 0 ? undefined : behind(model, services);
  };
}

/** The proxy is one per node and shared with everything else; only the Service belongs to the Gateway. */
export function byNodeProxy(service: DataPlaneFinder, ...daemons: readonly Labels[]): DataPlaneFinder {
  return (model, gateway) => {
    const own = service(model, gateway);
    for (const labels of daemons) {
      const namespaces = model
        .list('DaemonSet')
        .filter(({ template }) => carries(template.labels, labels))
        .map(({ namespace }) => namespace);
      const pods = [...new Set([...namespaces, 'kube-system'])].flatMap((namespace) =>
        model.podsMatching(namespace, labels),
      );
      if (pods.length > 0) return { pods: found(pods), services: own?.services ?? [] };
    }
    return own;
  };
}

/** A load balancer of the cloud provider: no Pod of the cluster takes part. */
export const inTheCloud: DataPlaneFinder = () => ({
  pods: unknown(
    'the data plane is a cloud load balancer outside the cluster',
    'the load balancer’s own logs and health',
  ),
  services: [],
});

/** Tries one way after the other. */
export function firstOf(...finders: readonly DataPlaneFinder[]): DataPlaneFinder {
  return (model, gateway) => {
    for (const find of finders) {
      const answer = find(model, gateway);
      if (answer !== undefined) return answer;
    }
    return undefined;
  };
}

/** What holds for any implementation that runs in the cluster, in the order of how much it tells. */
export const byConvention: DataPlaneFinder = firstOf(
  byGatewayName,
  byAddress,
  byServiceName(({ name, className }) => [name, `${name}-${className}`]),
);

export function findDataPlane(find: DataPlaneFinder, model: ClusterModel, gateway: Gateway): DataPlane {
  return find(model, gateway) ?? notFound(model, gateway);
}

/**
 * Implementations label what belongs to a Gateway, and that may include a control plane of its own: the Services that expose
 * a listener's port lead to the Pods that serve it.
 */
function labelled(
  model: ClusterModel,
  gateway: Gateway,
  namespaces: readonly string[],
  labels: Labels,
): DataPlane | undefined {
  const services = namespaces
    .flatMap((namespace) => model.listIn('Service', namespace))
    .filter((service) => carries(service.labels, labels));
  const ports = new Set(gateway.listeners.map(({ port }) => port));
  const exposing = services.filter((service) => service.ports.some(({ port }) => ports.has(port)));
  if (exposing.length > 0) return behind(model, exposing);
  const pods = namespaces.flatMap((namespace) => model.podsMatching(namespace, labels));
  if (pods.length > 0) return { pods: found(pods), services };
  return services.length > 0 ? behind(model, services) : undefined;
}

/** The Pods that Services select; Services without a selector lead to none that could be named. */
function behind(model: ClusterModel, services: readonly Service[]): DataPlane {
  const pods = new Map<string, Pod>();
  for (const { namespace, selector } of services) {
    if (selector === undefined) continue;
    for (const pod of model.podsMatching(namespace, selector)) pods.set(`${pod.namespace}/${pod.name}`, pod);
  }
  if (pods.size > 0) return { pods: found([...pods.values()]), services };
  const names = services.map(({ namespace, name }) => `${namespace}/${name}`).join(', ');
  if (services.every(({ selector }) => selector === undefined)) {
    return { pods: unknown(`Service ${names} has no selector, so its Pods cannot be told`), services };
  }
  const { state } = model.coverage('Pod');
  return { pods: state === 'complete' ? found([]) : unknown(`Pods were not read (${state})`), services };
}

function notFound(model: ClusterModel, gateway: Gateway): DataPlane {
  const why = model.manifestsOnly
    ? 'manifests only: the data plane is created by the controller'
    : `no Pod or Service is labelled for Gateway ${gateway.namespace}/${gateway.name}, and none has its address`;
  return { pods: unknown(why), services: [] };
}

function carries(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
}
