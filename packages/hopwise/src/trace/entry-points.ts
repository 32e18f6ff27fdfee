import type { ClusterModel } from '../model/cluster-model.ts';
import type { Service } from '../model/kinds/service.ts';

/** A Service by which clients outside the cluster come in without a gateway, and the port of it that they reach. */
export interface Entry {
  readonly service: Service;
  readonly port: number;
}

/** A node's address with a node port, or a Service's load-balancer or external address. */
export function entryByAddress(model: ClusterModel, address: string, port: number): Entry | undefined {
  if (model.nodeByIP(address).state === 'found') {
    for (const service of model.list('Service')) {
      const entry = service.ports.find((candidate) => candidate.nodePort === port);
      if (entry !== undefined) return { service, port: entry.port };
    }
  }
  const service = model.serviceByIP(address);
  return service.state === 'found' ? { service: service.value, port } : undefined;
}

/** What external-dns is told to publish for a Service (kubernetes-sigs/external-dns docs/annotations). */
const NAMES = ['external-dns.alpha.kubernetes.io/hostname'] as const;

/** A load balancer's own host name, or a name that external-dns publishes for a Service. */
export function entryByName(model: ClusterModel, host: string, port: number): Entry | undefined {
  const services = model.list('Service').filter((service) => service.type === 'LoadBalancer' && has(service, host));
  const service = services.find((candidate) => candidate.ports.some((entry) => entry.port === port)) ?? services[0];
  return service === undefined ? undefined : { service, port };
}

function has(service: Service, host: string): boolean {
  if (service.addresses.some((address) => address.hostname?.toLowerCase() === host)) return true;
  return NAMES.some((name) =>
    (service.annotations[name] ?? '')
      .split(',')
      .some((entry) => entry.trim().toLowerCase().replace(/\.$/, '') === host),
  );
}
