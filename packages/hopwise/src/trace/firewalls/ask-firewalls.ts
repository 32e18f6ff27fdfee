import type { ClusterModel } from '../../model/cluster-model.ts';
import { securityGroups } from './aws.ts';
import { networkSecurityGroups } from './azure.ts';
import { hostEndpointPolicies } from './calico-host.ts';
import { vpcFirewalls } from './gcp.ts';
import { ingressNodeFirewalls } from './node-firewall.ts';
import type { Firewall, FirewallAsk, FirewallVerdict } from './rule-set.ts';

const READERS: readonly ((model: ClusterModel) => readonly Firewall[])[] = [
  securityGroups,
  vpcFirewalls,
  networkSecurityGroups,
  ingressNodeFirewalls,
  hostEndpointPolicies,
];

/** What the firewalls that are kept as objects in the cluster say about a connection; each is a hurdle of its own. */
export function askFirewalls(model: ClusterModel, ask: FirewallAsk): readonly FirewallVerdict[] {
  return READERS.flatMap((read) => read(model)).flatMap((firewall) => firewall(ask) ?? []);
}

/** The first that does not let it pass. */
export function blockingFirewall(model: ClusterModel, ask: FirewallAsk): FirewallVerdict | undefined {
  return askFirewalls(model, ask).find(({ admits }) => !admits);
}
