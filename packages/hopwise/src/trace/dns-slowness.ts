import { idOf, type ObjectId } from '../base/object-id.ts';
import { citeField } from '../model/cite.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Workload } from '../model/kinds/workload.ts';
import type { BackendErrorEntry, Observations } from '../sources/observations.ts';
import { dnsSetupOf } from './dns/dns-setup.ts';
import { examineClusterDns } from './dns/examine.ts';
import { brokenNodeCache, dnsPods, dnsWorkload } from './dns-outage.ts';
import { logEvidence } from './log-evidence.ts';
import { answerIn, type LookupFailure } from './lookup-failures.ts';

/** Why cluster DNS answers only now and then, as far as the input shows. */
export interface DnsSlowness {
  readonly object: ObjectId;
  readonly why: string;
  readonly evidence: readonly Evidence[];
  /** Cluster DNS itself, its status or its log, says so. */
  readonly shown: boolean;
  readonly kind: 'upstream' | 'memory' | 'node-cache' | 'pods' | 'unexplained';
}

interface Asked {
  readonly model: ClusterModel;
  readonly observations: Observations;
}

/** A restart this long ago does not explain what fails now. */
const RECENT_MS = 60 * 60_000;

/** Undefined when there is no cluster DNS in the input to blame. */
export function dnsSlowness(world: Asked, failures: readonly LookupFailure[]): DnsSlowness | undefined {
  const { model } = world;
  const object = dnsWorkload(model);
  if (object === undefined) return undefined;
  return (
    nodeCache(model, failures) ??
    memory(model, object) ??
    health(model, object) ??
    upstream(world, object) ?? {
      object,
      why: 'lookups get no answer in time',
      evidence: [],
      shown: false,
      kind: 'unexplained',
    }
  );
}

function nodeCache(model: ClusterModel, failures: readonly LookupFailure[]): DnsSlowness | undefined {
  for (const { pod } of failures) {
    const cache = brokenNodeCache(model, pod?.nodeName);
    if (cache === undefined) continue;
    return {
      object: model.controllerOf(cache),
      why: `NodeLocal DNSCache on ${cache.nodeName} is not ready, and Pods there ask it`,
      evidence: [citeField(cache, 'status.conditions', `${cache.name} on ${cache.nodeName} is not ready`)],
      shown: true,
      kind: 'node-cache',
    };
  }
  return undefined;
}

function memory(model: ClusterModel, object: ObjectId): DnsSlowness | undefined {
  const killed = dnsPods(model).filter((pod) =>
    pod.statuses.some(
      ({ last }) =>
        last?.reason === 'OOMKilled' && (last.finished === undefined || model.now - last.finished <= RECENT_MS),
    ),
  );
  const [first] = killed;
  if (first === undefined) return undefined;
  return {
    object,
    why: `${killed.length} of ${dnsPods(model).length} cluster DNS Pods were killed for memory`,
    evidence: [citeField(first, 'status.containerStatuses', `${first.name}: last state OOMKilled`)],
    shown: true,
    kind: 'memory',
  };
}

function health(model: ClusterModel, object: ObjectId): DnsSlowness | undefined {
  const dns = examineClusterDns(model);
  if (dns.state !== 'suspect' && dns.state !== 'broken') return undefined;
  return { object: dns.object ?? object, why: dns.why, evidence: dns.evidence, shown: true, kind: 'pods' };
}

/** CoreDNS's own complaints: the resolver that it forwards to does not answer it. */
function upstream({ model, observations }: Asked, object: ObjectId): DnsSlowness | undefined {
  const pods = new Set(dnsPods(model).map(({ namespace, name }) => `${namespace}/${name}`));
  const own = observations.entries.filter(
    (entry): entry is BackendErrorEntry =>
      entry.type === 'backend-error' &&
      entry.format === 'coredns' &&
      pods.has(`${entry.at.namespace}/${entry.at.pod}`) &&
      answerIn(entry.phrase) === 'no-answer',
  );
  const last = own.at(-1);
  if (last === undefined) return undefined;
  const address = last.address?.replace(/:\d+$/, '');
  const { config } = dnsSetupOf(model);
  const line =
    address === undefined ? undefined : config?.data['Corefile']?.split('\n').find((text) => text.includes(address));
  const said = logEvidence(last, `cluster DNS gets no answer from ${last.address ?? 'its resolver'}`, own.length);
  const why = `the resolver that cluster DNS forwards to${address === undefined ? '' : ` (${address})`} does not answer`;
  if (config === undefined || line === undefined)
    return { object, why, evidence: [said], shown: true, kind: 'upstream' };
  return {
    object: idOf(config),
    why,
    evidence: [said, citeField(config, 'data.Corefile', line.trim())],
    shown: true,
    kind: 'upstream',
  };
}

/** The DNS workload's memory limit, as a JSON pointer and the doubled value; undefined when it has none. */
export function moreMemory(
  model: ClusterModel,
  object: ObjectId,
): { readonly path: string; readonly value: string } | undefined {
  const workload = model.object(object) as Workload | undefined;
  const containers = workload !== undefined && 'template' in workload ? workload.template.spec.containers : [];
  const mains = containers.filter((container) => container.role === 'main');
  for (const [index, { limits }] of mains.entries()) {
    const match = /^(\d{1,7})(Mi|Gi)$/.exec(limits['memory'] ?? '');
    if (match === null) continue;
    const path = `/spec/template/spec/containers/${index}/resources/limits/memory`;
    return { path, value: `${Number(match[1]) * 2}${match[2]}` };
  }
  return undefined;
}
