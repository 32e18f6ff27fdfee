import { idOf } from '../../base/object-id.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { ForeignObject } from '../../model/kinds/cluster.ts';
import { readBoolean, readNumber, readObject, readObjects, readString, readStrings } from '../../model/project/read.ts';
import type { JsonObject } from '../../sources/contract.ts';
import { coverAny, type Firewall, type FirewallAsk, type FirewallVerdict, inRange, readPorts } from './rule-set.ts';

/*
 * VPC firewall rules of Config Connector (ComputeFirewall) and Crossplane (Firewall, compute.gcp.upbound.io). GKE makes
 * rules of its own that are no objects in the cluster, so that a missing rule proves nothing: a rule that denies does, and
 * so does one that is plainly for this sender and leaves the port out.
 */

interface VpcRule {
  readonly object: ForeignObject;
  readonly spec: JsonObject;
  readonly pointer: string;
  readonly priority: number;
  readonly deny: boolean;
  readonly sources: readonly string[];
}

/** Where Google's load balancers and health checks come from (cloud.google.com/load-balancing/docs/health-check-concepts). */
export const GOOGLE_PROBES = ['130.211.0.0/22', '35.191.0.0/16'] as const;

export function vpcFirewalls(model: ClusterModel): readonly Firewall[] {
  const rules = [
    ...model.foreign('ComputeFirewall').map((object) => readRule(object, 'spec')),
    ...model
      .foreign('Firewall')
      .filter(({ apiVersion }) => apiVersion.includes('gcp'))
      .map((object) => readRule(object, 'spec.forProvider')),
  ].filter((rule) => rule !== undefined);
  if (rules.length === 0) return [];
  const ordered = rules.sort((left, right) => left.priority - right.priority || Number(right.deny) - Number(left.deny));
  return [(ask) => judge(ordered, ask)];
}

function readRule(object: ForeignObject, path: 'spec' | 'spec.forProvider'): VpcRule | undefined {
  const root = object.spec as JsonObject;
  const spec = path === 'spec' ? root : readObject(root, 'forProvider');
  if ((readString(spec, 'direction') ?? 'INGRESS') !== 'INGRESS' || readBoolean(spec, 'disabled') === true)
    return undefined;
  return {
    object,
    spec,
    pointer: `/${path.replace('.', '/')}`,
    priority: readNumber(spec, 'priority') ?? 1000,
    deny: readObjects(spec, 'deny').length > 0,
    sources: readStrings(spec, 'sourceRanges'),
  };
}

function judge(rules: readonly VpcRule[], ask: FirewallAsk): FirewallVerdict | undefined {
  const addresses =
    ask.sender === 'load-balancer' ? GOOGLE_PROBES.map((range) => range.replace(/\.0\/\d+$/, '.1')) : ask.addresses;
  const mine = rules.filter(({ sources }) => coverAny(sources.length === 0 ? ['0.0.0.0/0'] : sources, addresses));
  const first = mine.find((rule) => holdsPort(rule, ask.port));
  if (first !== undefined) return verdict(first, !first.deny, ask.port);
  // Rules for exactly this sender that name ports, and not this one.
  const meant = mine.find((rule) => !rule.deny && rule.sources.length > 0 && !rule.sources.includes('0.0.0.0/0'));
  return meant === undefined ? undefined : verdict(meant, false, ask.port);
}

function holdsPort({ spec, deny }: VpcRule, port: number): boolean {
  return readObjects(spec, deny ? 'deny' : 'allow').some((entry) => {
    const protocol = (readString(entry, 'protocol') ?? 'all').toLowerCase();
    if (protocol !== 'tcp' && protocol !== 'all' && protocol !== '6') return false;
    const ports = readStrings(entry, 'ports');
    return ports.length === 0 || ports.some((text) => inRange(port, readPorts(text) ?? { from: -1, to: -1 }));
  });
}

function verdict(rule: VpcRule, admits: boolean, port: number): FirewallVerdict {
  const { object, spec, pointer, deny } = rule;
  const field = deny ? 'deny' : 'allow';
  const entries = readObjects(spec, field);
  const named = entries.flatMap((entry) => readStrings(entry, 'ports')).join(', ') || 'every port';
  const at = entries.findIndex((entry) => (readString(entry, 'protocol') ?? '').toLowerCase() === 'tcp');
  const base = { admits, id: idOf(object), object, path: `${pointer.slice(1).replace('/', '.')}.${field}` };
  const from = rule.sources.length === 0 ? 'everywhere' : rule.sources.join(', ');
  if (deny || admits) return { ...base, text: `${deny ? 'denies' : 'admits'} ${named} from ${from}` };
  return {
    ...base,
    text: `admits ${named} from ${from}, not ${port}`,
    ...(at === -1 ? {} : { patch: [{ op: 'add', path: `${pointer}/allow/${at}/ports/-`, value: String(port) }] }),
  };
}
