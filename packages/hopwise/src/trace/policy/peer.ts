import type { Node } from '../../model/kinds/cluster.ts';
import type { PolicyPeer, PolicyPort } from '../../model/kinds/network-policy.ts';
import type { Pod, Protocol } from '../../model/kinds/pod.ts';
import { selects } from '../../model/selector.ts';
import { type Address, contains, knownBlock } from './address.ts';
import { anyOf, both, doubt, type Match } from './match.ts';
import { type NamespaceView, selectsNamespace } from './namespace-labels.ts';

/** The other end of a flow in one of the shapes it may have on the wire. */
export type Peer =
  | { readonly kind: 'pod'; readonly pod: Pod; readonly namespace: NamespaceView; readonly address?: Address }
  | AddressPeer
  | {
      readonly kind: 'unread';
      readonly namespace?: NamespaceView;
      readonly address?: Address;
      readonly text: string;
    };

/** Seen only as an address: a node, a Pod on the host network, or something outside the cluster. */
export interface AddressPeer {
  readonly kind: 'address';
  /** Undefined: nobody knows which. */
  readonly address?: Address;
  readonly node?: Node;
  readonly hostPod?: Pod;
  /** For sentences: `172.18.0.3 of Node worker-2`. */
  readonly text: string;
}

/** The port a flow goes to, and whose container ports its names are looked up in. */
export interface PortAsk {
  readonly port: number;
  readonly protocol: Protocol;
  readonly target: NameTarget;
}
export type NameTarget = { readonly pod: Pod } | 'nobody' | { readonly unread: string };

/** What a policy implementation does differently from the API's text; everything off is the text itself. */
export interface PeerRules {
  /** Set where ipBlock may not see addresses of the cluster: the sentence that says so. */
  readonly blockSkipsCluster?: string;
  /** Namespaces that stand for the host network: selectors of whole namespaces find host traffic there. */
  readonly hostNamespaces: readonly NamespaceView[];
}

export const PLAIN_RULES: PeerRules = { hostNamespaces: [] };

/** Does a NetworkPolicy peer admit the other end? `home` is the policy's namespace. */
export function matchPeer(rule: PolicyPeer, peer: Peer, home: string, rules: PeerRules): Match {
  switch (rule.kind) {
    case 'invalid':
      return doubt(`the API server refuses this peer (${rule.why})`);
    case 'block':
      return matchBlock(rule.cidr, rule.except, peer, rules);
    case 'pods':
      // Selectors know Pods of the Pod network only: on the host network a Pod is its node
      // (kubernetes.io/docs/concepts/services-networking/network-policies, "NetworkPolicy and hostNetwork pods").
      if (peer.kind === 'address') return matchHost(rule, peer, rules);
      if (peer.kind === 'unread') return matchUnread(rule, peer, home);
      return both(
        rule.namespaces === undefined ? peer.pod.namespace === home : selectsNamespace(rule.namespaces, peer.namespace),
        rule.pods === undefined || selects(rule.pods, peer.pod.labels),
      );
  }
}

/** OpenShift's network puts host traffic into a namespace of its own, to be admitted by that namespace's labels. */
function matchHost(rule: Extract<PolicyPeer, { kind: 'pods' }>, peer: AddressPeer, rules: PeerRules): Match {
  const { namespaces, pods } = rule;
  if (peer.node === undefined && peer.hostPod === undefined) return false;
  if (namespaces === undefined || (pods !== undefined && pods.requirements.length > 0)) return false;
  return anyOf(rules.hostNamespaces, (namespace) => selectsNamespace(namespaces, namespace));
}

function matchUnread(
  rule: Extract<PolicyPeer, { kind: 'pods' }>,
  peer: Extract<Peer, { kind: 'unread' }>,
  home: string,
): Match {
  const why = doubt(`${peer.text} was not read`);
  if (peer.namespace === undefined) return why;
  const inNamespace: Match =
    rule.namespaces === undefined ? peer.namespace.name === home : selectsNamespace(rule.namespaces, peer.namespace);
  return both(inNamespace, rule.pods === undefined || rule.pods.requirements.length === 0 ? true : why);
}

/** CIDR peers see the address alone, whoever has it. */
export function matchBlock(cidr: string, except: readonly string[], peer: Peer, rules: PeerRules): Match {
  const block = knownBlock(cidr);
  if (block === undefined) return doubt(`"${cidr}" is not a CIDR block`);
  const address = peer.address;
  if (address === undefined) {
    return block.prefix === 0 && except.length === 0 ? true : doubt(`the address of ${textOf(peer)} is not known`);
  }
  if (!contains(block, address)) return false;
  const excluded = anyOf(except, (text) => {
    const hole = knownBlock(text);
    return hole === undefined ? doubt(`"${text}" is not a CIDR block`) : contains(hole, address);
  });
  if (excluded !== false) return excluded === true ? false : excluded;
  const inCluster = peer.kind !== 'address' || peer.node !== undefined || peer.hostPod !== undefined;
  return inCluster && rules.blockSkipsCluster !== undefined ? doubt(rules.blockSkipsCluster) : true;
}

export function matchPort(rule: PolicyPort, ask: PortAsk): Match {
  if (rule.invalid !== undefined) return doubt(`the API server refuses this port (${rule.invalid})`);
  if (rule.protocol !== undefined && rule.protocol !== ask.protocol) return false;
  if (rule.port === undefined) return true;
  if (typeof rule.port === 'number') {
    return rule.endPort === undefined ? ask.port === rule.port : ask.port >= rule.port && ask.port <= rule.endPort;
  }
  if (ask.target === 'nobody') return false;
  if ('unread' in ask.target) return doubt(ask.target.unread);
  return portsNamed(ask.target.pod, rule.port).some((port) => port.port === ask.port && port.protocol === ask.protocol);
}

/** Container ports of that name; init containers only when they keep running as sidecars. */
export function portsNamed(pod: Pod, name: string): readonly { readonly port: number; readonly protocol: Protocol }[] {
  return pod.spec.containers
    .filter((container) => container.role !== 'init')
    .flatMap((container) => container.ports.filter((port) => port.name === name));
}

/** How sentences call the other end. */
export function textOf(peer: Peer): string {
  return peer.kind === 'pod' ? `Pod ${peer.pod.namespace}/${peer.pod.name}` : peer.text;
}
