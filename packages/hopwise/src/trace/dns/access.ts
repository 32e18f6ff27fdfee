import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Pod } from '../../model/kinds/pod.ts';
import type { Service } from '../../model/kinds/service.ts';
import type { FlowVerdict } from '../policy/flow.ts';
import { flowEndAt } from '../policy/flow.ts';
import { judgeFlow } from '../policy/judge.ts';
import { portsNamed } from '../policy/peer.ts';
import { dnsSetupOf } from './dns-setup.ts';
import { resolverConfigOf } from './search-path.ts';

/**
 * Do policies let a Pod ask cluster DNS (UDP 53)? The best verdict of its endpoints; undefined when the Pod does not ask
 * cluster DNS itself, or DNS has no endpoints.
 */
export function judgeDnsAccess(model: ClusterModel, caller: Pod): FlowVerdict | undefined {
  const setup = dnsSetupOf(model);
  if (resolverConfigOf(model, setup, caller).server !== 'cluster' || hasNodeCache(model)) return undefined;
  const verdicts = setup.services.flatMap((service) => judgeService(model, caller, service));
  return (
    verdicts.find((verdict) => verdict.state === 'allowed') ??
    verdicts.find((verdict) => verdict.state === 'unknown') ??
    verdicts[0]
  );
}

/** NodeLocal DNSCache answers on the Pod's own node; policies see that instead of the DNS Pods. */
function hasNodeCache(model: ClusterModel): boolean {
  return model
    .listIn('DaemonSet', 'kube-system')
    .some(({ name }) => name === 'node-local-dns' || name === 'nodelocaldns');
}

/** One verdict for each ready endpoint; a few tell the story. */
function judgeService(model: ClusterModel, caller: Pod, service: Service): readonly FlowVerdict[] {
  const slices = model.slicesOf(service);
  if (slices.state !== 'found') return [];
  const addresses = slices.value
    .flatMap((slice) => slice.endpoints.filter((endpoint) => endpoint.ready).flatMap((endpoint) => endpoint.addresses))
    .slice(0, 6);
  const port = service.ports.find((entry) => entry.port === 53 && entry.protocol === 'UDP');
  if (port === undefined) return [];
  return [...new Set(addresses)].map((address) => {
    const to = flowEndAt(model, address);
    const named =
      typeof port.targetPort === 'string' && to.kind === 'pod'
        ? portsNamed(to.pod, port.targetPort).find((entry) => entry.protocol === 'UDP')?.port
        : undefined;
    const number = typeof port.targetPort === 'number' ? port.targetPort : (named ?? 53);
    return judgeFlow(model, { from: { kind: 'pod', pod: caller }, to, port: number, protocol: 'UDP' });
  });
}
