import { idOf } from '../../base/object-id.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { Hop } from '../trace.ts';
import { type HopFacts, reachedGateway } from './facts.ts';

/** What stands between the Internet and the gateway: the LoadBalancer or NodePort Service, host network, a cloud balancer. */
export function edgeHop(facts: HopFacts): Hop {
  const { gateway, inside, seen } = facts;
  const made = seen.generatedBy;
  if (made?.hop === 'edge') {
    return {
      hop: 'edge',
      state: 'suspect',
      detail: `${made.component} made the answer`,
      evidence: made.evidence,
      ...(made.object === undefined ? {} : { object: made.object }),
    };
  }
  const service =
    inside?.entry ?? gateway?.services.find((entry) => entry.type === 'LoadBalancer') ?? gateway?.services[0];
  if (reachedGateway(facts)) {
    const address = service?.addresses[0];
    return {
      hop: 'edge',
      state: 'ok',
      ...(service === undefined ? {} : { object: idOf(service) }),
      detail: address === undefined ? 'requests reach the gateway' : `load balancer ${address.ip ?? address.hostname}`,
      evidence: [],
    };
  }
  if (service === undefined)
    return { hop: 'edge', state: 'unknown', detail: 'no Service of the gateway is in the input', evidence: [] };
  if (
    service.type === 'LoadBalancer' &&
    service.hasStatus &&
    service.addresses.length === 0 &&
    service.externalIPs.length === 0
  ) {
    const evidence: Evidence[] = [
      {
        type: 'field',
        text: 'the load balancer has no address yet',
        object: idOf(service),
        path: 'status.loadBalancer',
      },
    ];
    return {
      hop: 'edge',
      state: 'suspect',
      mode: 'gateway-unreachable',
      object: idOf(service),
      detail: 'the LoadBalancer Service has no address',
      evidence,
    };
  }
  return {
    hop: 'edge',
    state: 'ok',
    object: idOf(service),
    detail: `${service.type} Service ${service.namespace}/${service.name}`,
    evidence: [],
  };
}
