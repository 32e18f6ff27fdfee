import type { ClusterModel } from '../model/cluster-model.ts';
import { parseAddress } from './policy/address.ts';

const KNOWN = new WeakMap<ClusterModel, ReadonlySet<string>>();

/**
 * Is the address one that only a Service can have? The range of ClusterIPs is in no object; addresses that share their
 * first 16 bits (of IPv6: 64) with a known ClusterIP are taken for it, unless nodes or Pods have such addresses too.
 */
export function isServiceAddress(model: ClusterModel, address: string): boolean {
  const prefix = prefixOf(address);
  return prefix !== undefined && prefixesOf(model).has(prefix);
}

function prefixesOf(model: ClusterModel): ReadonlySet<string> {
  let prefixes = KNOWN.get(model);
  if (prefixes === undefined) {
    const own = model.list('Service').flatMap((service) => service.clusterIPs.flatMap((ip) => prefixOf(ip) ?? []));
    const nodes = model
      .list('Node')
      .flatMap((node) => node.addresses.flatMap(({ address }) => prefixOf(address) ?? []));
    const pods = model
      .list('Pod')
      .flatMap((pod) => (pod.spec.hostNetwork ? [] : pod.ips.flatMap((ip) => prefixOf(ip) ?? [])));
    const shared = new Set([...nodes, ...pods]);
    prefixes = new Set(own.filter((prefix) => !shared.has(prefix)));
    KNOWN.set(model, prefixes);
  }
  return prefixes;
}

function prefixOf(text: string): string | undefined {
  const address = parseAddress(text);
  if (address === undefined) return undefined;
  const [first = 0, second = 0] = address.words;
  return address.family === 4 ? `4 ${first >>> 16}` : `6 ${first} ${second}`;
}
