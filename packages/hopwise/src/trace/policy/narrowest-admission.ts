import { idOf, type ObjectId, splitId } from '../../base/object-id.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { NetworkPolicy, PolicyDirection } from '../../model/kinds/network-policy.ts';
import type { Json, JsonObject } from '../../sources/contract.ts';
import { dnsSetupOf } from '../dns/dns-setup.ts';
import { missesOn, type SidedMiss } from './explain-denial.ts';
import type { Flow } from './flow.ts';
import { judgeFlow } from './judge.ts';
import { listSides } from './judge-side.ts';
import { NAME_LABEL } from './namespace-labels.ts';
import type { Peer } from './peer.ts';
import { policyIndexOf } from './policy-index.ts';
import { selectorText } from './selector-text.ts';
import { stableLabelsOf } from './stable-labels.ts';

export interface JsonPatchOp {
  readonly op: 'add';
  readonly path: string;
  readonly value: Json;
}

/** A change of one policy after which it admits a flow. */
export interface PolicyAdmission {
  readonly policy: ObjectId;
  readonly side: PolicyDirection;
  /** RFC 6902. */
  readonly patch: readonly JsonPatchOp[];
  /** What passes afterwards that did not before. */
  readonly admits: string;
  /** The other end denies the flow as well: what it needs. */
  readonly further?: PolicyAdmission;
}

/** A policy that lists more node addresses than this should be written for ranges by somebody who knows them. */
const MOST_ADDRESSES = 64;

/**
 * The smallest change to the deciding policy so that the flow passes; `also` are flows of the same callers that should
 * pass with it (the other endpoints of a Service). Undefined when the flow is not denied, when the deciding policy is no
 * NetworkPolicy, or when nothing stable identifies the other end.
 */
export function narrowestAdmission(
  model: ClusterModel,
  flow: Flow,
  also: readonly Flow[] = [],
): PolicyAdmission | undefined {
  const verdict = judgeFlow(model, flow);
  const admissions = (['egress', 'ingress'] as const).flatMap((side): PolicyAdmission[] => {
    if (verdict[side].state === 'allowed') return [];
    const admission = admitOn(model, [flow, ...also], side, verdict[side].by);
    return admission === undefined ? [] : [admission];
  });
  const closed = (['egress', 'ingress'] as const).filter((side) => verdict[side].state !== 'allowed');
  const [first, second] = admissions;
  if (first === undefined || admissions.length < closed.length) return undefined;
  return second === undefined ? first : { ...first, further: second };
}

function admitOn(
  model: ClusterModel,
  flows: readonly Flow[],
  direction: PolicyDirection,
  by: readonly ObjectId[],
): PolicyAdmission | undefined {
  const [flow] = flows as [Flow, ...Flow[]];
  const nearest = missesOn(model, flow, direction, by)[0];
  if (nearest === undefined) return undefined;
  const { policy, miss } = nearest;
  const port: JsonObject = { protocol: flow.protocol, port: flow.port };
  const portName = `${flow.protocol} ${flow.port}`;
  const subject = `Pods ${selectorText(policy.podSelector)} of namespace ${policy.namespace}`;
  const base = { policy: idOf(policy), side: direction };
  if (miss.peerMatches && miss.rule !== undefined) {
    const way = direction === 'ingress' ? `to ${subject}` : `from ${subject}`;
    const patch: JsonPatchOp = { op: 'add', path: `/spec/${direction}/${miss.rule}/ports/-`, value: port };
    return { ...base, patch: [patch], admits: `the peers of ${direction}[${miss.rule}] ${way} on ${portName}` };
  }
  const peers = peersToAdmit(model, flows, nearest);
  if (peers === undefined) return undefined;
  const admits =
    direction === 'ingress'
      ? `${peers.text} to ${subject} on ${portName}`
      : `${subject} to ${peers.text} on ${portName}`;
  const peersKey = direction === 'ingress' ? 'from' : 'to';
  const rule: JsonObject = { [peersKey]: peers.values, ports: [port] };
  const rules = policy[direction];
  if (rules.length === 0) return { ...base, ...firstRule(model, direction, rule, flow, admits) };
  if (miss.rule !== undefined && opensOnly(policy, direction, miss.rule, flow)) {
    const path = `/spec/${direction}/${miss.rule}/${peersKey}/-`;
    return { ...base, patch: peers.values.map((value) => ({ op: 'add', path, value })), admits };
  }
  return { ...base, patch: [{ op: 'add', path: `/spec/${direction}/-`, value: rule }], admits };
}

/** A Pod that may connect nowhere may not even ask DNS: its first egress rule comes with one for that. */
function firstRule(
  model: ClusterModel,
  direction: PolicyDirection,
  rule: JsonObject,
  flow: Flow,
  admits: string,
): Pick<PolicyAdmission, 'patch' | 'admits'> {
  const path = `/spec/${direction}`;
  if (direction === 'ingress' || flow.port === 53) return { patch: [{ op: 'add', path, value: [rule] }], admits };
  return { patch: [{ op: 'add', path, value: [rule, dnsRule(model)] }], admits: `${admits}, and cluster DNS` };
}

function dnsRule(model: ClusterModel): JsonObject {
  const [service] = dnsSetupOf(model).services;
  const target = service?.ports.find((port) => port.port === 53 && port.protocol === 'UDP')?.targetPort;
  const port = typeof target === 'number' ? target : 53;
  const ports: JsonObject[] = [
    { protocol: 'UDP', port },
    { protocol: 'TCP', port },
  ];
  if (service?.selector === undefined) return { ports };
  const to: JsonObject = {
    namespaceSelector: { matchLabels: { [NAME_LABEL]: service.namespace } },
    podSelector: { matchLabels: { ...service.selector } },
  };
  return { to: [to], ports };
}

/** The rule has ports, and they are the flow's alone: a further peer there gets nothing else. */
function opensOnly(policy: NetworkPolicy, direction: PolicyDirection, index: number, flow: Flow): boolean {
  const ports = policy[direction][index]?.ports ?? [];
  return (
    ports.length > 0 &&
    ports.every((entry) => entry.protocol === flow.protocol && entry.port === flow.port && entry.endPort === undefined)
  );
}

interface PeersToAdmit {
  readonly values: readonly JsonObject[];
  readonly text: string;
}

function peersToAdmit(
  model: ClusterModel,
  flows: readonly Flow[],
  { policy, side }: SidedMiss,
): PeersToAdmit | undefined {
  const { peer } = side;
  if (peer.kind === 'pod') return podPeer(model, peer, policy.namespace);
  if (peer.kind === 'unread') return undefined;
  const index = policyIndexOf(model);
  const wanted = side.direction === 'ingress' ? [...flows, ...otherCallers(model, flows)] : flows;
  const addresses = new Set<string>();
  for (const flow of wanted) {
    for (const { peer: shape } of listSides(index, flow, side.direction)) {
      if (shape.kind !== 'address' || shape.address === undefined) return undefined;
      addresses.add(`${shape.address.text}/${shape.address.family === 4 ? 32 : 128}`);
    }
  }
  if (addresses.size === 0 || addresses.size > MOST_ADDRESSES) return undefined;
  const values = [...addresses].sort().map((cidr): JsonObject => ({ ipBlock: { cidr } }));
  const owner =
    peer.hostPod === undefined
      ? ''
      : ` (node and tunnel addresses of ${peer.hostPod.namespace}/${splitId(model.controllerOf(peer.hostPod)).name})`;
  return { values, text: `${[...addresses].sort().join(', ')}${owner}` };
}

function podPeer(model: ClusterModel, peer: Extract<Peer, { kind: 'pod' }>, home: string): PeersToAdmit | undefined {
  const labels = stableLabelsOf(model, peer.pod);
  if (labels === undefined) return undefined;
  const { namespace } = peer.pod;
  const value: JsonObject = {
    ...(namespace === home ? {} : { namespaceSelector: { matchLabels: { [NAME_LABEL]: namespace } } }),
    podSelector: { matchLabels: { ...labels } },
  };
  const text = Object.entries(labels)
    .map(([key, label]) => `${key}=${label}`)
    .join(',');
  return { values: [value], text: `Pods ${text} of namespace ${namespace}` };
}

/** Host-network Pods of the same workload come from other nodes, and belong to what should pass. */
function otherCallers(model: ClusterModel, flows: readonly Flow[]): readonly Flow[] {
  return flows.flatMap((flow) => {
    if (flow.from.kind !== 'pod' || !flow.from.pod.spec.hostNetwork) return [];
    return model
      .podsOf(model.controllerOf(flow.from.pod))
      .map((pod): Flow => ({ ...flow, from: { kind: 'pod', pod } }));
  });
}
