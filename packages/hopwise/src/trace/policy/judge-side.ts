import type { PolicyDirection } from '../../model/kinds/network-policy.ts';
import type { Pod } from '../../model/kinds/pod.ts';
import type { Flow, FlowEnd } from './flow.ts';
import { judgeAdminTier } from './judge-admin.ts';
import { judgeMiddle } from './judge-middle.ts';
import { judgeUnread } from './judge-unread.ts';
import { type NameTarget, type Peer, textOf } from './peer.ts';
import { localNodeOf, plausibleDestinations, plausibleSources } from './plausible-peers.ts';
import type { PolicyIndex } from './policy-index.ts';
import { type Decided, NONE, type Ruling, undecided } from './ruling.ts';
import type { Side } from './side.ts';

const ENDED: ReadonlySet<string> = new Set(['Succeeded', 'Failed']);

/** What the policies of one end of a flow say about it. */
export function judgeSide(index: PolicyIndex, flow: Flow, direction: PolicyDirection): Ruling {
  const subject = direction === 'ingress' ? flow.to : flow.from;
  const special = judgeSpecial(flow, subject, direction);
  if (special !== undefined) return special;
  if (subject.kind !== 'pod') return subject.kind === 'unread' ? judgeUnread(index, subject, direction) : NONE;
  if (index.leavesAlone(subject.pod, direction)) return NONE;
  const rulings = listSides(index, flow, direction).map((side) => ({ peer: side.peer, ruling: judgeTiers(side) }));
  return tempered(index, flow, direction, agree(rulings));
}

/** One side of the flow in each shape that it may have; none where the end has no policies of its own. */
export function listSides(index: PolicyIndex, flow: Flow, direction: PolicyDirection): readonly Side[] {
  const end = direction === 'ingress' ? flow.to : flow.from;
  if (end.kind !== 'pod') return [];
  const peers = direction === 'ingress' ? plausibleSources(index, flow) : plausibleDestinations(index, flow);
  const ask = { port: flow.port, protocol: flow.protocol, target: nameTarget(flow.to) };
  return peers.map((peer) => ({ index, direction, subject: end.pod, peer, ask }));
}

/** Ends whose side no policy rules. */
function judgeSpecial(flow: Flow, subject: FlowEnd, direction: PolicyDirection): Ruling | undefined {
  // Policies select Pods of the Pod network: nodes, host-network Pods and the outside have none.
  if (subject.kind === 'node' || subject.kind === 'outside') return NONE;
  if (subject.kind === 'unread') return undefined;
  const ended = [flow.from, flow.to].find((end) => end.kind === 'pod' && ENDED.has(end.pod.phase));
  if (ended?.kind === 'pod')
    return undecided(
      `Pod ${ended.pod.namespace}/${ended.pod.name} has ended (${ended.pod.phase}): it sends and receives nothing`,
    );
  if (subject.pod.spec.hostNetwork) return NONE;
  const { from, to } = flow;
  if (from.kind === 'pod' && to.kind === 'pod' && samePod(from.pod, to.pod)) return NONE;
  // "Traffic to and from the node where a Pod is running is always allowed": kubelet probes depend on it.
  if (
    direction === 'ingress' &&
    isHost(from) &&
    localNodeOf(from) !== undefined &&
    localNodeOf(from) === subject.pod.nodeName
  ) {
    return {
      state: 'allowed',
      by: [],
      why: `traffic from a node to its own Pods (${localNodeOf(from)}) passes every policy`,
      cites: [],
    };
  }
  return undefined;
}

/** Admin tier, then what namespaces say, then the baseline; where nothing decides, Kubernetes lets everything pass. */
function judgeTiers(side: Side): Ruling {
  return judgeAdminTier(side, 'admin', () => {
    const ruling = judgeMiddle(side);
    return ruling.state === 'none' ? judgeAdminTier(side, 'baseline', () => NONE) : ruling;
  });
}

/** Sure only when the flow fares alike in every shape that it may have. */
function agree(rulings: readonly { readonly peer: Peer; readonly ruling: Ruling }[]): Ruling {
  const [first] = rulings;
  if (first === undefined) return NONE;
  const passes = (ruling: Ruling): boolean => ruling.state === 'none' || ruling.state === 'allowed';
  const unsure = rulings.find(({ ruling }) => ruling.state === 'unknown');
  const denied = rulings.find(({ ruling }) => ruling.state === 'denied');
  const passing = rulings.find(({ ruling }) => passes(ruling));
  if (denied === undefined && unsure === undefined)
    return rulings.find(({ ruling }) => ruling.state === 'allowed')?.ruling ?? NONE;
  if (denied !== undefined && unsure === undefined && passing === undefined) return denied.ruling;
  if (unsure !== undefined && denied === undefined && passing === undefined) return unsure.ruling;
  const refused = (denied ?? unsure) as { readonly peer: Peer; readonly ruling: Decided };
  const passed = passing ?? unsure;
  return undecided(
    `it depends on the source address: ${textOf(refused.peer)} is ${denied === undefined ? 'in doubt' : 'refused'}` +
      (passed === undefined ? '' : `, ${textOf(passed.peer)} is ${passing === undefined ? 'in doubt' : 'admitted'}`) +
      `; ${refused.ruling.why}`,
    refused.ruling.by,
    refused.ruling.cites,
  );
}

/** A denial that the cluster may not carry out is no certain denial. */
function tempered(index: PolicyIndex, flow: Flow, direction: PolicyDirection, ruling: Ruling): Ruling {
  if (ruling.state !== 'denied') return ruling;
  const { ignoresPolicies } = index.networking;
  if (ignoresPolicies !== undefined) return undecided(`${ruling.why}; but ${ignoresPolicies}`, ruling.by, ruling.cites);
  const subject = direction === 'ingress' ? flow.to : flow.from;
  const other = direction === 'ingress' ? flow.from : flow.to;
  if (subject.kind !== 'pod' || !isHost(other)) return ruling;
  const node = localNodeOf(other);
  if (direction === 'ingress' && (node === undefined || subject.pod.nodeName === undefined)) {
    return undecided(`${ruling.why}; but whether both run on one node is not known`, ruling.by, ruling.cites);
  }
  if (direction === 'egress' && node === subject.pod.nodeName) {
    return undecided(
      `${ruling.why}; but traffic to a Pod's own node passes in some implementations whatever policies say`,
      ruling.by,
      ruling.cites,
    );
  }
  return ruling;
}

function nameTarget(to: FlowEnd): NameTarget {
  if (to.kind === 'pod') {
    return to.pod.spec.hostNetwork
      ? { unread: `whether names of ports count for ${to.pod.name} on the host network is up to the implementation` }
      : { pod: to.pod };
  }
  return to.kind === 'unread' ? { unread: 'the destination Pod was not read' } : 'nobody';
}

function isHost(end: FlowEnd): boolean {
  return end.kind === 'node' || (end.kind === 'pod' && end.pod.spec.hostNetwork);
}

function samePod(left: Pod, right: Pod): boolean {
  return left === right || (left.namespace === right.namespace && left.name === right.name);
}
