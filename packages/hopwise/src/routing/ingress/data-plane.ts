import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Ingress } from '../../model/kinds/ingress.ts';
import type { Pod } from '../../model/kinds/pod.ts';
import type { LoadBalancerAddress, Service } from '../../model/kinds/service.ts';
import type { IngressController } from './controllers.ts';

/** Services through which clients reach the gateway's Pods, public ones first. */
export function servicesOf(model: ClusterModel, controller: IngressController): readonly Service[] {
  if (controller.pods.state !== 'found') return [];
  const pods = controller.pods.value;
  const namespaces = new Set(pods.map((pod) => pod.namespace));
  const labels = pods.length > 0 ? pods : [];
  const services: Service[] = [];
  for (const namespace of namespaces.size > 0 ? namespaces : [controller.namespace]) {
    for (const service of model.listIn('Service', namespace)) {
      if (service.selector === undefined || Object.keys(service.selector).length === 0) continue;
      if (labels.some((pod) => pod.namespace === namespace && carries(pod, service)) && servesWeb(service))
        services.push(service);
    }
  }
  return services.sort((left, right) => rank(left) - rank(right));
}

function carries(pod: Pod, service: Service): boolean {
  return Object.entries(service.selector ?? {}).every(([key, value]) => pod.labels[key] === value);
}

/** Leaves out the Services of the admission webhook and of metrics. */
function servesWeb(service: Service): boolean {
  return (
    service.ports.some(
      (port) =>
        port.port === 80 ||
        port.port === 443 ||
        /^(?:http|https|web|websecure|proxy|proxy-tls)$/.test(port.name ?? '') ||
        port.appProtocol === 'http',
    ) &&
    !service.ports.every(
      (port) =>
        port.targetPort === 'webhook' ||
        (port.targetPort === 8443 && port.port === 443 && service.ports.length === 1 && service.type === 'ClusterIP'),
    )
  );
}

function rank(service: Service): number {
  if (service.type === 'LoadBalancer') return 0;
  return service.type === 'NodePort' ? 1 : 2;
}

/** Addresses clients use: those of the Services, else those the controller wrote on its Ingresses. */
export function addressesOf(
  services: readonly Service[],
  ingresses: readonly Ingress[],
): readonly LoadBalancerAddress[] {
  const seen = new Map<string, LoadBalancerAddress>();
  const add = (address: LoadBalancerAddress): void => {
    seen.set(`${address.ip ?? ''}/${address.hostname ?? ''}`, address);
  };
  for (const service of services) for (const address of service.addresses) add(address);
  for (const service of services) for (const ip of service.externalIPs) add({ ip });
  if (seen.size === 0) for (const ingress of ingresses) for (const address of ingress.addresses) add(address);
  return [...seen.values()];
}
