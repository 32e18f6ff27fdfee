import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Node } from '../../model/kinds/cluster.ts';
import { type Address, parseAddress, parseBlock, sameAddress } from './address.ts';

/**
 * Annotations that hold an address from which a node's own traffic reaches Pods of other nodes: the tunnel interface's
 * address is the source that the kernel picks for routes through the tunnel.
 * Calico: projectcalico/calico libcalico-go/lib/backend/k8s/conversion constants; Cilium: pkg/annotation.
 */
const SOURCE_ANNOTATIONS = [
  'projectcalico.org/IPv4Address',
  'projectcalico.org/IPv6Address',
  'projectcalico.org/IPv4IPIPTunnelAddr',
  'projectcalico.org/IPv4VXLANTunnelAddr',
  'projectcalico.org/IPv6VXLANTunnelAddr',
  'projectcalico.org/IPv4WireguardInterfaceAddr',
  'projectcalico.org/IPv6WireguardInterfaceAddr',
  'network.cilium.io/ipv4-cilium-host',
  'network.cilium.io/ipv6-cilium-host',
  'io.cilium.network.ipv4-cilium-host',
  'io.cilium.network.ipv6-cilium-host',
] as const;

/** flannel back ends whose interface carries the first address of the node's Pod range (flannel backend/vxlan, backend/wireguard). */
const FLANNEL_TUNNELS: ReadonlySet<string> = new Set(['vxlan', 'wireguard', 'ipip']);

/** Every address that a node's own traffic may carry when it reaches a Pod of another node; each address once. */
export function sourceAddressesOf(node: Node, model: ClusterModel): readonly Address[] {
  const found: Address[] = [];
  const add = (text: string | undefined): void => {
    const address = text === undefined ? undefined : parseAddress(text.split('/')[0] ?? '');
    if (address !== undefined && !found.some((other) => sameAddress(other, address))) found.push(address);
  };
  for (const text of ownAddressesOf(node)) add(text);
  for (const name of SOURCE_ANNOTATIONS) if (Object.hasOwn(node.annotations, name)) add(node.annotations[name]);
  if (FLANNEL_TUNNELS.has(node.annotations['flannel.alpha.coreos.com/backend-type'] ?? '')) {
    for (const range of node.podCIDRs) if (parseBlock(range) !== undefined) add(range);
  }
  for (const address of ciliumAddressesOf(node, model)) add(address);
  return found;
}

/** InternalIPs; where a node has none, whatever addresses it has. */
export function ownAddressesOf(node: Node): readonly string[] {
  const internal = node.addresses.filter((entry) => entry.type === 'InternalIP');
  return (internal.length > 0 ? internal : node.addresses).map((entry) => entry.address);
}

/** The router address of Cilium's agent, from its CiliumNode object. */
function ciliumAddressesOf(node: Node, model: ClusterModel): readonly string[] {
  const own = model.foreign('CiliumNode').find((object) => object.name === node.name);
  const addresses = own?.spec.addresses;
  if (!Array.isArray(addresses)) return [];
  return addresses.flatMap((entry: unknown) =>
    typeof entry === 'object' &&
    entry !== null &&
    'type' in entry &&
    entry.type === 'CiliumInternalIP' &&
    'ip' in entry &&
    typeof entry.ip === 'string'
      ? [entry.ip]
      : [],
  );
}
