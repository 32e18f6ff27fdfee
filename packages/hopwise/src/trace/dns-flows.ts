import type { ClusterModel } from '../model/cluster-model.ts';
import type { Pod } from '../model/kinds/pod.ts';
import { dnsSetupOf } from './dns/dns-setup.ts';
import { type Flow, flowEndAt } from './policy/flow.ts';
import { judgeFlow } from './policy/judge.ts';
import { portsNamed } from './policy/peer.ts';

/** What is asked of cluster DNS: UDP, and TCP for answers that do not fit. */
const PROTOCOLS = ['UDP', 'TCP'] as const;
/** Endpoints of one Service have the same labels and ports: one stands for all, a second shows it. */
const MOST_ENDPOINTS = 2;

/** A Pod's connections to cluster DNS that policies deny. */
export function deniedLookups(model: ClusterModel, pod: Pod): readonly Flow[] {
  return lookupFlows(model, pod).filter((flow) => judgeFlow(model, flow).state === 'denied');
}

function lookupFlows(model: ClusterModel, pod: Pod): readonly Flow[] {
  return dnsSetupOf(model).services.flatMap((service) => {
    const slices = model.slicesOf(service);
    if (slices.state !== 'found') return [];
    const addresses = slices.value.flatMap((slice) =>
      slice.endpoints.filter((entry) => entry.ready).flatMap((entry) => entry.addresses),
    );
    return PROTOCOLS.flatMap((protocol) =>
      [...new Set(addresses)].slice(0, MOST_ENDPOINTS).map((address): Flow => {
        const to = flowEndAt(model, address);
        const target = service.ports.find((entry) => entry.port === 53 && entry.protocol === protocol)?.targetPort;
        const named = typeof target === 'string' && to.kind === 'pod' ? portsNamed(to.pod, target)[0]?.port : undefined;
        const port = typeof target === 'number' ? target : (named ?? 53);
        return { from: { kind: 'pod', pod }, to, port, protocol };
      }),
    );
  });
}
