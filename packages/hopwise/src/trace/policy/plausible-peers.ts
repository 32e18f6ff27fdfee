import type { Node } from '../../model/kinds/cluster.ts';
import type { Pod } from '../../model/kinds/pod.ts';
import { type Address, parseAddress } from './address.ts';
import type { Flow, FlowEnd } from './flow.ts';
import { ownAddressesOf, sourceAddressesOf } from './node-addresses.ts';
import type { Peer } from './peer.ts';
import type { PolicyIndex } from './policy-index.ts';

/**
 * The shapes in which the policies of the destination may see the sender. More than one where the implementation or the
 * kernel's choice of source address decides; a verdict is sure only when all of them agree.
 */
export function plausibleSources(index: PolicyIndex, flow: Flow): readonly Peer[] {
  const family = familyOf(index, flow);
  const end = flow.from;
  switch (end.kind) {
    case 'pod':
      return end.pod.spec.hostNetwork
        ? hostSources(index, end.pod, family)
        : [podPeer(index, end.pod, end.address, family)];
    case 'node':
      return nodeSources(index, end.node, undefined, family);
    case 'outside': {
      const client = outsidePeer(end.address);
      if (end.throughNodes !== true) return [client];
      const local = localNodeOf(flow.to);
      const nodes = index.model.list('Node');
      if (nodes.length === 0) return [client, addressPeer(undefined, undefined, undefined)];
      const others = nodes.filter((node) => node.name !== local);
      return [client, ...others.flatMap((node) => nodeSources(index, node, undefined, family))];
    }
    case 'unread':
      return [unreadPeer(index, end)];
  }
}

/** What the policies of the sender see: the address that is really dialled. */
export function plausibleDestinations(index: PolicyIndex, flow: Flow): readonly Peer[] {
  const family = familyOf(index, flow);
  const end = flow.to;
  switch (end.kind) {
    case 'pod': {
      if (!end.pod.spec.hostNetwork) return [podPeer(index, end.pod, end.address, family)];
      const node = nodeOf(index, end.pod);
      const address = pickAddress(end.address, end.pod.ips.length > 0 ? end.pod.ips : end.pod.hostIPs, family);
      return [addressPeer(address, node, end.pod)];
    }
    case 'node': {
      const texts = end.address === undefined ? ownAddressesOf(end.node) : [end.address];
      const addresses = ofFamily(
        texts.flatMap((text) => parseAddress(text) ?? []),
        family,
      );
      return addresses.length === 0
        ? [addressPeer(undefined, end.node, undefined)]
        : addresses.map((address) => addressPeer(address, end.node, undefined));
    }
    case 'outside':
      return [outsidePeer(end.address)];
    case 'unread':
      return [unreadPeer(index, end)];
  }
}

/** The node that an end is on; its own traffic to its Pods passes every policy. */
export function localNodeOf(end: FlowEnd): string | undefined {
  if (end.kind === 'node') return end.node.name;
  return end.kind === 'pod' ? end.pod.nodeName : undefined;
}

function hostSources(index: PolicyIndex, pod: Pod, family: 4 | 6 | undefined): readonly Peer[] {
  const node = nodeOf(index, pod);
  if (node !== undefined) return nodeSources(index, node, pod, family);
  const own = ofFamily(
    [...pod.ips, ...pod.hostIPs].flatMap((text) => parseAddress(text) ?? []),
    family,
  );
  // Without the Node object its tunnel addresses stay unknown.
  return [...own.map((address) => addressPeer(address, undefined, pod)), addressPeer(undefined, undefined, pod)];
}

function nodeSources(index: PolicyIndex, node: Node, pod: Pod | undefined, family: 4 | 6 | undefined): readonly Peer[] {
  const peers: Peer[] = ofFamily(sourceAddressesOf(node, index.model), family).map((address) =>
    addressPeer(address, node, pod),
  );
  if (peers.length === 0 || index.networking.hidesNodeSources) peers.push(addressPeer(undefined, node, pod));
  return peers;
}

function nodeOf(index: PolicyIndex, pod: Pod): Node | undefined {
  if (pod.nodeName === undefined) return undefined;
  const node = index.model.get('Node', '', pod.nodeName);
  return node.state === 'found' ? node.value : undefined;
}

function podPeer(index: PolicyIndex, pod: Pod, wanted: string | undefined, family: 4 | 6 | undefined): Peer {
  const own = index.addressesOf(pod);
  const address = wanted === undefined ? (ofFamily(own, family)[0] as Address | undefined) : parseAddress(wanted);
  return { kind: 'pod', pod, namespace: index.namespace(pod.namespace), ...(address === undefined ? {} : { address }) };
}

function outsidePeer(text: string | undefined): Peer {
  const address = text === undefined ? undefined : parseAddress(text);
  if (address === undefined) return { kind: 'address', text: 'the client outside the cluster' };
  return { kind: 'address', address, text: `${address.text} outside the cluster` };
}

function addressPeer(address: Address | undefined, node: Node | undefined, hostPod: Pod | undefined): Peer {
  const owner =
    node !== undefined ? `Node ${node.name}` : hostPod !== undefined ? `the node of ${hostPod.name}` : 'a node';
  return {
    kind: 'address',
    ...(address === undefined ? {} : { address }),
    ...(node === undefined ? {} : { node }),
    ...(hostPod === undefined ? {} : { hostPod }),
    text: address === undefined ? `a further address of ${owner}` : `${address.text} of ${owner}`,
  };
}

function unreadPeer(index: PolicyIndex, end: Extract<FlowEnd, { kind: 'unread' }>): Peer {
  const address = end.address === undefined ? undefined : parseAddress(end.address);
  const name = end.name === undefined ? undefined : `Pod ${end.namespace ?? '?'}/${end.name}`;
  return {
    kind: 'unread',
    ...(end.namespace === undefined ? {} : { namespace: index.namespace(end.namespace) }),
    ...(address === undefined ? {} : { address }),
    text: name ?? (end.address === undefined ? 'the other end' : `the owner of ${end.address}`),
  };
}

/** Both ends of a connection speak one family: the one of an address that is given, else of the destination's first. */
function familyOf(index: PolicyIndex, { from, to }: Flow): 4 | 6 | undefined {
  return givenFamily(to) ?? givenFamily(from) ?? firstFamily(index, to) ?? firstFamily(index, from);
}

function givenFamily(end: FlowEnd): 4 | 6 | undefined {
  return end.address === undefined ? undefined : parseAddress(end.address)?.family;
}

function firstFamily(index: PolicyIndex, end: FlowEnd): 4 | 6 | undefined {
  if (end.kind === 'pod') return index.addressesOf(end.pod)[0]?.family;
  return end.kind === 'node'
    ? ownAddressesOf(end.node).flatMap((text) => parseAddress(text) ?? [])[0]?.family
    : undefined;
}

function pickAddress(
  wanted: string | undefined,
  own: readonly string[],
  family: 4 | 6 | undefined,
): Address | undefined {
  if (wanted !== undefined) return parseAddress(wanted);
  return ofFamily(
    own.flatMap((text) => parseAddress(text) ?? []),
    family,
  )[0];
}

function ofFamily(addresses: readonly Address[], family: 4 | 6 | undefined): readonly Address[] {
  if (family === undefined || addresses.every((address) => address.family === family)) return addresses;
  return addresses.filter((address) => address.family === family);
}
