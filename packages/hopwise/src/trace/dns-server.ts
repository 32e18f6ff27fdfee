import { idOf, type ObjectId } from '../base/object-id.ts';
import { citeField } from '../model/cite.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { ConfigMap } from '../model/kinds/cluster.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { JsonObject } from '../sources/contract.ts';
import { dnsSetupOf } from './dns/dns-setup.ts';
import type { DnsNeed } from './dns-need.ts';
import { logEvidence } from './log-evidence.ts';
import { type LookupFailure, lookupFailures } from './lookup-failures.ts';
import { workloadOf } from './path-queries.ts';
import { isServiceAddress } from './service-range.ts';

/** Pods ask a server at an address of the Service network that no Service has. */
export interface LostServer {
  readonly address: string;
  readonly object: ObjectId;
  readonly evidence: readonly Evidence[];
  readonly why: string;
  /** The address of cluster DNS as it is. */
  readonly now: string | undefined;
  readonly patch?: { readonly object: ObjectId; readonly type: 'merge'; readonly patch: JsonObject };
}

type Asked = Parameters<typeof lookupFailures>[0];

/** Where the Pods that need names look for cluster DNS and nobody is. */
export function lostServer(world: Asked, need: DnsNeed): LostServer | undefined {
  const { model } = world;
  for (const pod of need.pods) {
    const own = fromPod(model, pod);
    if (own !== undefined) return own;
  }
  return fromLines(model, lookupFailures(world));
}

/** dnsPolicy None names its servers itself. */
function fromPod(model: ClusterModel, pod: Pod): LostServer | undefined {
  if (pod.spec.dnsPolicy !== 'None') return undefined;
  const servers = pod.spec.dnsConfig?.nameservers ?? [];
  const [address] = servers;
  if (address === undefined || servers.some((server) => !nobodyHas(model, server))) return undefined;
  const workload = workloadOf(model, pod);
  const owner = workload ?? pod;
  const path = `${workload === undefined ? 'spec' : 'spec.template.spec'}.dnsConfig.nameservers`;
  const now = currentAddress(model);
  const dnsConfig: JsonObject = { nameservers: now === undefined ? [] : [now] };
  const spec: JsonObject = { dnsConfig };
  const patch: JsonObject = workload === undefined ? { spec } : { spec: { template: { spec } } };
  return {
    address,
    object: idOf(owner),
    why: `dnsPolicy None sends lookups to ${address}, which no Service has`,
    evidence: [citeField(owner, path, `nameservers are ${servers.join(', ')}`, servers.join(', '))],
    now,
    ...(now === undefined ? {} : { patch: { object: idOf(owner), type: 'merge', patch } }),
  };
}

/** Lookups name the server that they asked; kubelets hand out the address they were configured with. */
function fromLines(model: ClusterModel, failures: readonly LookupFailure[]): LostServer | undefined {
  const last = failures.findLast(({ server }) => server !== undefined && nobodyHas(model, server));
  const address = last?.server;
  if (last === undefined || address === undefined) return undefined;
  const [service] = dnsSetupOf(model).services;
  const config = kubeletConfig(model, address);
  const object = config ?? service;
  if (object === undefined) return undefined;
  const now = currentAddress(model);
  const evidence: Evidence[] = [logEvidence(last.line, `asks ${address} for names`)];
  if (config !== undefined)
    evidence.push(citeField(config, 'data.kubelet', `clusterDNS of the kubelets is ${address}`));
  if (service !== undefined)
    evidence.push(citeField(service, 'spec.clusterIP', `cluster DNS is at ${now ?? 'another address'}`, now ?? ''));
  return {
    address,
    object: idOf(object),
    why: `Pods send lookups to ${address}, which no Service has${now === undefined ? '' : `; cluster DNS is at ${now}`}`,
    evidence,
    now,
  };
}

/** The kubelet configuration of kubeadm that names the address as `clusterDNS`. */
function kubeletConfig(model: ClusterModel, address: string): ConfigMap | undefined {
  return model
    .listIn('ConfigMap', 'kube-system')
    .find((map) => map.name.startsWith('kubelet-config') && (map.data['kubelet'] ?? '').includes(`- ${address}\n`));
}

function nobodyHas(model: ClusterModel, address: string): boolean {
  return isServiceAddress(model, address) && model.serviceByIP(address).state === 'absent';
}

function currentAddress(model: ClusterModel): string | undefined {
  return dnsSetupOf(model).services.flatMap((service) => service.clusterIPs)[0];
}
