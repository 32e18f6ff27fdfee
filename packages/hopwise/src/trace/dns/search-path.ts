import type { ClusterModel } from '../../model/cluster-model.ts';
import { type DnsCaller, isPod } from './answer.ts';
import type { DnsSetup } from './dns-setup.ts';

/** A Pod's /etc/resolv.conf. */
export interface ResolverConfig {
  /** Who is asked: cluster DNS, the resolver of the node, or servers that nobody knows. */
  readonly server: 'cluster' | 'node' | 'other';
  readonly searches: readonly string[];
  readonly ndots: number;
  /** For sentences: why cluster DNS is not asked. */
  readonly why: string;
}

/**
 * What the kubelet writes into a Pod's resolv.conf (kubernetes/kubernetes pkg/kubelet/network/dns/dns.go). The node's
 * own search domains, which come behind these, are not known.
 */
export function resolverConfigOf(model: ClusterModel, setup: DnsSetup, caller: DnsCaller): ResolverConfig {
  const { domain } = setup;
  const cluster = [`${caller.namespace}.svc.${domain}`, `svc.${domain}`, domain];
  if (!isPod(caller)) return { server: 'cluster', searches: cluster, ndots: 5, why: '' };
  const { dnsConfig, dnsPolicy, hostNetwork } = caller.spec;
  const extra = dnsConfig?.searches ?? [];
  const ndots = dnsConfig?.ndots;
  const name = `Pod ${caller.namespace}/${caller.name}`;
  if (dnsPolicy === 'None') {
    const servers = dnsConfig?.nameservers ?? [];
    const known = servers.every((server) => setup.services.some((service) => service.clusterIPs.includes(server)));
    const byIP = servers.length > 0 && (known || servers.every((server) => isClusterDnsAddress(model, server)));
    return {
      server: byIP ? 'cluster' : 'other',
      searches: extra,
      ndots: ndots ?? 1,
      why: `${name} has dnsPolicy None and asks ${servers.join(', ') || 'nobody'}`,
    };
  }
  // ClusterFirst on the host network means the node's resolver; ClusterFirstWithHostNet exists for that.
  if (dnsPolicy === 'Default' || (dnsPolicy === 'ClusterFirst' && hostNetwork)) {
    const why =
      dnsPolicy === 'Default'
        ? `${name} has dnsPolicy Default and asks its node's resolver`
        : `${name} is on the host network with dnsPolicy ClusterFirst, which means its node's resolver; ClusterFirstWithHostNet asks cluster DNS`;
    return { server: 'node', searches: extra, ndots: ndots ?? 1, why };
  }
  return {
    server: 'cluster',
    searches: [...cluster, ...extra.filter((search) => !cluster.includes(search))],
    ndots: ndots ?? 5,
    why: '',
  };
}

function isClusterDnsAddress(model: ClusterModel, address: string): boolean {
  const service = model.serviceByIP(address);
  return service.state === 'found' && service.value.ports.some((port) => port.port === 53);
}

/**
 * The names a resolver asks one after the other (glibc resolver: with at least ndots dots the name itself goes first,
 * else last). A trailing dot means the name itself only.
 */
export function candidatesOf(name: string, config: ResolverConfig): readonly string[] {
  const lower = name.toLowerCase();
  if (lower.endsWith('.')) return [lower.slice(0, -1)];
  const searched = config.searches.map((search) =>
    `${lower}.${search.toLowerCase().replace(/\.$/, '')}`.replace(/\.$/, ''),
  );
  const dots = lower.split('.').length - 1;
  return dots >= config.ndots ? [lower, ...searched] : [...searched, lower];
}
