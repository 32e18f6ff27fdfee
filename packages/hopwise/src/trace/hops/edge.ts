import { idOf } from '../../base/object-id.ts';
import type { Evidence } from '../../model/evidence.ts';
import { gatewayProbes, mainProbe, probeEvidence, tellProbe } from '../probed.ts';
import type { Hop } from '../trace.ts';
import { type HopFacts, reachedGateway } from './facts.ts';

/** What stands between the Internet and the gateway: the LoadBalancer or NodePort Service, host network, a cloud balancer. */
export function edgeHop(facts: HopFacts): Hop {
  const hop = configuredEdge(facts);
  const probed = probedEdge(facts);
  if (probed === undefined) return hop;
  const { object } = hop;
  return object === undefined ? probed : { ...probed, object };
}

/** What connecting showed: by the URL's name, and at the gateway's own addresses. */
function probedEdge({ request, seen }: HopFacts): Hop | undefined {
  const main = mainProbe(request, seen.probes);
  const refused = main?.attempts.filter((attempt) => attempt.failure?.phase === 'connect') ?? [];
  const last = refused.at(-1);
  if (main === undefined || last?.failure === undefined) return undefined;
  const own = gatewayProbes(request, seen.probes);
  const good = own.find((probe) => probe.attempts.some((attempt) => attempt.failure?.phase !== 'connect'));
  const every = refused.length === main.attempts.length;
  const beside =
    good === undefined
      ? own.length === 0
        ? ''
        : "; neither do the gateway's own addresses take a connection from here"
      : `; the gateway's own address ${good.target.name} does take connections`;
  return {
    hop: 'edge',
    // Somebody else got an answer: this machine may merely not be allowed where they are.
    state:
      every && seen.response?.clientError !== undefined && seen.response.status === undefined ? 'broken' : 'suspect',
    mode: 'gateway-unreachable',
    detail: `${every ? 'no connection' : `${refused.length} of ${main.attempts.length} without a connection`}: ${last.failure.message}${beside}`,
    evidence: [main, ...own].map((probe) => probeEvidence(`${probe.target.name}: ${tellProbe(request, probe)}`)),
  };
}

function configuredEdge(facts: HopFacts): Hop {
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
