import type { FieldPath } from '../../base/field-path.ts';
import type { NetworkPolicy, PolicyPeer } from '../../model/kinds/network-policy.ts';
import type { Labels, Requirement, Selector } from '../../model/meta.ts';
import { selects } from '../../model/selector.ts';
import { matchPeer, type Peer, type PeerRules, textOf } from './peer.ts';
import type { Cite } from './ruling.ts';
import { selectorText } from './selector-text.ts';

export interface PeerMiss extends Cite {
  readonly kind:
    | 'namespace-selector-missing'
    | 'namespace-label'
    | 'pod-label'
    | 'host-network'
    | 'outside-cluster'
    | 'address'
    | 'excepted-address'
    | 'invalid'
    | 'not-judged';
  readonly near: number;
}

export interface PeerPlace {
  readonly policy: NetworkPolicy;
  /** `ingress[0].from[0]` */
  readonly where: string;
  readonly path: FieldPath;
  readonly rules: PeerRules;
  /** For sentences: `the caller` or `the destination`. */
  readonly other: string;
}

/** Why a peer entry does not admit the other end; undefined when it does. */
export function missPeer(entry: PolicyPeer, peer: Peer, place: PeerPlace): PeerMiss | undefined {
  const match = matchPeer(entry, peer, place.policy.namespace, place.rules);
  if (match === true) return undefined;
  const miss = (kind: PeerMiss['kind'], text: string, near: number, path: FieldPath = place.path): PeerMiss => ({
    kind,
    object: place.policy,
    path,
    text: `${place.where} ${text}`,
    near,
  });
  if (match !== false) return miss('not-judged', `may admit it: ${match.doubt}`, 0.5);
  switch (entry.kind) {
    case 'invalid':
      return miss('invalid', `is refused by the API server: ${entry.why}`, 0);
    case 'block':
      return missBlock(entry, peer, miss, place);
    case 'pods':
      if (peer.kind === 'pod') return missPods(entry, peer, miss, place);
      return missHost(entry, peer, miss, place);
  }
}

type PodsPeer = Extract<PolicyPeer, { kind: 'pods' }>;
type MakeMiss = (kind: PeerMiss['kind'], text: string, near: number, path?: FieldPath) => PeerMiss;

function missBlock(
  entry: Extract<PolicyPeer, { kind: 'block' }>,
  peer: Peer,
  miss: MakeMiss,
  place: PeerPlace,
): PeerMiss {
  const without = matchPeer({ ...entry, except: [] }, peer, place.policy.namespace, place.rules);
  return without === true
    ? miss('excepted-address', `is ipBlock ${entry.cidr}, but its except takes ${textOf(peer)} out`, 0.6, [
        ...place.path,
        'ipBlock',
        'except',
      ])
    : miss('address', `is ipBlock ${entry.cidr}, which does not contain ${addressOf(peer)}`, 0.1, [
        ...place.path,
        'ipBlock',
        'cidr',
      ]);
}

function missPods(entry: PodsPeer, peer: Extract<Peer, { kind: 'pod' }>, miss: MakeMiss, place: PeerPlace): PeerMiss {
  const home = place.policy.namespace;
  const podFails = firstFailing(entry.pods, peer.pod.labels);
  const podNear = nearness(entry.pods, peer.pod.labels);
  if (entry.namespaces === undefined && peer.pod.namespace !== home) {
    const text = `is podSelector ${selectorText(entry.pods)} alone: Pods of namespace ${home} only, and ${place.other} is in ${peer.pod.namespace}`;
    return miss('namespace-selector-missing', text, podFails === undefined ? 0.7 : 0.35 * podNear);
  }
  const namespaceFails =
    entry.namespaces === undefined ? undefined : firstFailing(entry.namespaces, peer.namespace.labels);
  if (namespaceFails !== undefined) {
    const text = `wants namespaces with ${selectorText(entry.namespaces)}; namespace ${peer.pod.namespace} has ${labelText(namespaceFails, peer.namespace.labels)}`;
    const near = (podFails === undefined ? 0.6 : 0.2 * podNear) * (entry.pods === undefined ? 0.7 : 1);
    return miss('namespace-label', text, near, [...place.path, 'namespaceSelector']);
  }
  const text = `wants Pods with ${selectorText(entry.pods)}; ${peer.pod.name} has ${podFails === undefined ? 'other labels' : labelText(podFails, peer.pod.labels)}`;
  return miss('pod-label', text, 0.5 + 0.3 * podNear, [...place.path, 'podSelector']);
}

/** Selectors never see a node; say so when they plainly meant the Pod that runs on its network. */
function missHost(entry: PodsPeer, peer: Peer, miss: MakeMiss, place: PeerPlace): PeerMiss {
  const pod = peer.kind === 'address' ? peer.hostPod : undefined;
  if (pod === undefined) {
    return miss('outside-cluster', `selects Pods, and ${textOf(peer)} is none`, 0.05);
  }
  const selectors = [
    entry.namespaces === undefined ? '' : 'namespaceSelector',
    entry.pods === undefined ? '' : 'podSelector',
  ];
  const sameNamespace = entry.namespaces !== undefined || pod.namespace === place.policy.namespace;
  const meant = sameNamespace && (entry.pods === undefined || selects(entry.pods, pod.labels));
  const text = `selects by ${selectors.filter((name) => name !== '').join(' and ')}, which never matches ${pod.name}: it runs on the host network and comes from ${addressOf(peer)}`;
  return miss('host-network', text, meant ? (entry.pods === undefined ? 0.6 : 0.85) : 0.1);
}

function firstFailing(selector: Selector | undefined, labels: Labels): Requirement | undefined {
  return selector?.requirements.find((requirement) => !selects({ requirements: [requirement] }, labels));
}

/** Share of the requirements that hold. */
function nearness(selector: Selector | undefined, labels: Labels): number {
  if (selector === undefined || selector.requirements.length === 0) return 1;
  const holding = selector.requirements.filter((requirement) => selects({ requirements: [requirement] }, labels));
  return holding.length / selector.requirements.length;
}

function labelText(requirement: Requirement, labels: Labels): string {
  const { key } = requirement;
  return Object.hasOwn(labels, key) ? `${key}=${labels[key]}` : `no label ${key}`;
}

function addressOf(peer: Peer): string {
  return peer.address?.text ?? 'an address that is not known';
}
