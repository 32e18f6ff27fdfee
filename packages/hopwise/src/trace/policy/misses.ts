import type { FieldPath } from '../../base/field-path.ts';
import type { NetworkPolicy, PolicyPort, PolicyRule } from '../../model/kinds/network-policy.ts';
import { anyOf } from './match.ts';
import { matchPort, type PortAsk, portsNamed } from './peer.ts';
import { missPeer, type PeerMiss } from './peer-misses.ts';
import type { Cite } from './ruling.ts';
import type { Side } from './side.ts';

/** One way in which a policy fails to admit a flow. */
export interface Miss extends Cite {
  readonly kind: PeerMiss['kind'] | 'no-rules' | 'port' | 'protocol' | 'named-port';
  /** 0 to 1: how little would have to change. */
  readonly near: number;
  /** Index of the rule, where there is one. */
  readonly rule?: number;
  /** The rule's peers admit the other end, only its ports do not. */
  readonly peerMatches: boolean;
  readonly portMatches: boolean;
}

/** Why each rule of a policy does not admit the flow, the nearest first; one entry for a policy without rules. */
export function missesOf(policy: NetworkPolicy, side: Side): readonly Miss[] {
  const rules = policy[side.direction];
  // A policy for certain Pods was meant to say more about them than one for the whole namespace.
  const meant = policy.podSelector.requirements.length > 0 ? 0.05 : 0;
  if (rules.length === 0) return [noRules(policy, side, meant)];
  const misses = rules.flatMap((rule, index) => missRule(policy, rule, index, side));
  return misses.map((miss) => ({ ...miss, near: miss.near + meant })).sort((a, b) => b.near - a.near);
}

function noRules(policy: NetworkPolicy, side: Side, near: number): Miss {
  const text =
    side.direction === 'ingress'
      ? 'there is no ingress rule, so nothing may connect to the Pods it selects'
      : 'there is no egress rule, so the Pods it selects may connect nowhere';
  return {
    kind: 'no-rules',
    object: policy,
    path: ['spec', 'policyTypes'],
    text,
    near,
    peerMatches: false,
    portMatches: false,
  };
}

function missRule(policy: NetworkPolicy, rule: PolicyRule, index: number, side: Side): readonly Miss[] {
  const { direction, peer, ask } = side;
  const port = rule.ports.length === 0 ? true : anyOf(rule.ports, (entry) => matchPort(entry, ask));
  const portMatches = port !== false;
  const peersKey = direction === 'ingress' ? 'from' : 'to';
  const other = direction === 'ingress' ? 'the caller' : 'the destination';
  const misses: PeerMiss[] = [];
  for (const [at, entry] of rule.peers.entries()) {
    const where = `${direction}[${index}].${peersKey}[${at}]`;
    const path: FieldPath = ['spec', direction, index, peersKey, at];
    const miss = missPeer(entry, peer, { policy, where, path, rules: side.index.rules, other });
    if (miss === undefined) return portMatches ? [] : [missPorts(policy, rule, index, side)];
    misses.push(miss);
  }
  if (rule.peers.length === 0) return portMatches ? [] : [missPorts(policy, rule, index, side)];
  return misses.map((miss) => ({
    ...miss,
    near: portMatches ? miss.near : miss.near / 2,
    rule: index,
    peerMatches: false,
    portMatches,
  }));
}

function missPorts(policy: NetworkPolicy, rule: PolicyRule, index: number, side: Side): Miss {
  const { ask, direction } = side;
  const named = rule.ports.find((port) => typeof port.port === 'string' && port.invalid === undefined);
  const sameProtocol = rule.ports.some((port) => port.protocol === undefined || port.protocol === ask.protocol);
  const text =
    `${direction}[${index}].ports admits ${rule.ports.map(portText).join(', ')}, not ${ask.protocol} ${ask.port}` +
    (named === undefined ? '' : `: ${namedText(named, ask)}`);
  return {
    kind: named !== undefined ? 'named-port' : sameProtocol ? 'port' : 'protocol',
    object: policy,
    path: ['spec', direction, index, 'ports'],
    text,
    near: 0.9,
    rule: index,
    peerMatches: true,
    portMatches: false,
  };
}

export function portText(port: PolicyPort): string {
  const protocol = port.protocol ?? 'port';
  if (port.port === undefined) return `every ${protocol} port`;
  return `${protocol} ${port.port}${port.endPort === undefined ? '' : `-${port.endPort}`}`;
}

function namedText(named: PolicyPort, ask: PortAsk): string {
  if (ask.target === 'nobody' || 'unread' in ask.target) return `the name ${named.port} is looked up on Pods only`;
  const { pod } = ask.target;
  const ports = portsNamed(pod, String(named.port));
  if (ports.length === 0) return `no container of ${pod.name} declares a port named ${named.port}`;
  return `port ${named.port} of ${pod.name} is ${ports.map((port) => `${port.protocol} ${port.port}`).join(' and ')}`;
}
