import { idOf, type ObjectId } from '../base/object-id.ts';
import { citeField } from '../model/cite.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { ControllerEntry, Observations } from '../sources/observations.ts';
import { dnsSetupOf } from './dns/dns-setup.ts';
import { examineClusterDns } from './dns/examine.ts';
import { logEvidence } from './log-evidence.ts';

/** Cluster DNS answers nobody, and what to look at. */
export interface DnsOutage {
  readonly object: ObjectId;
  readonly why: string;
  readonly evidence: readonly Evidence[];
}

/** What the input says about cluster DNS being down; undefined when it answers, or nobody can tell. */
export function dnsOutage({
  model,
  observations,
}: {
  readonly model: ClusterModel;
  readonly observations: Observations;
}): DnsOutage | undefined {
  const health = examineClusterDns(model);
  if (health.state !== 'broken' || health.object === undefined) return undefined;
  const loop = loopLine(model, observations);
  const { config } = dnsSetupOf(model);
  if (loop === undefined || config === undefined)
    return { object: health.object, why: health.why, evidence: health.evidence };
  // CoreDNS stops on purpose when its own question comes back to it: the forward of its Corefile (or the resolv.conf that
  // it names) leads back to it. coredns/coredns plugin/loop/README.md
  return {
    object: idOf(config),
    why: `${health.why}; CoreDNS finds that it forwards to itself`,
    evidence: [
      logEvidence(loop, 'the loop plugin stops CoreDNS'),
      citeField(config, 'data.Corefile', 'the forward of this Corefile leads back to cluster DNS'),
      ...health.evidence,
    ],
  };
}

/** The Pods that serve cluster DNS. */
export function dnsPods(model: ClusterModel): readonly Pod[] {
  return dnsSetupOf(model).services.flatMap((service) =>
    service.selector === undefined ? [] : model.podsMatching(service.namespace, service.selector),
  );
}

function loopLine(model: ClusterModel, { entries }: Observations): ControllerEntry | undefined {
  const pods = new Set(dnsPods(model).map(({ namespace, name }) => `${namespace}/${name}`));
  return entries.findLast(
    (entry): entry is ControllerEntry =>
      entry.type === 'controller' &&
      entry.event === 'config-rejected' &&
      entry.message.startsWith('plugin/loop') &&
      pods.has(`${entry.at.namespace}/${entry.at.pod}`),
  );
}

/** The workload of the DNS Pods, else their Service. */
export function dnsWorkload(model: ClusterModel): ObjectId | undefined {
  const [pod] = dnsPods(model);
  if (pod !== undefined) return model.controllerOf(pod);
  const [service] = dnsSetupOf(model).services;
  return service === undefined ? undefined : idOf(service);
}

/** NodeLocal DNSCache on a Pod's node, when it is not ready there. */
export function brokenNodeCache(model: ClusterModel, nodeName: string | undefined): Pod | undefined {
  if (nodeName === undefined) return undefined;
  const cache = model
    .listIn('DaemonSet', 'kube-system')
    .find(({ name }) => name === 'node-local-dns' || name === 'nodelocaldns');
  if (cache === undefined) return undefined;
  const own = model.podsOf(idOf(cache)).find((pod) => pod.nodeName === nodeName);
  return own === undefined || own.ready || !own.hasStatus ? undefined : own;
}
