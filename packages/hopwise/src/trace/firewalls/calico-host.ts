import { idOf } from '../../base/object-id.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { ForeignObject } from '../../model/kinds/cluster.ts';
import { readBoolean, readNumber, readObject, readObjects, readString, readStrings } from '../../model/project/read.ts';
import type { JsonObject } from '../../sources/contract.ts';
import { parseSelector } from '../policy/calico/selector.ts';
import { coverAny, type Firewall, type FirewallAsk, type FirewallVerdict, inRange, readPorts } from './rule-set.ts';

/*
 * Calico's host endpoints: GlobalNetworkPolicies that select them decide about traffic that a node forwards to its Pods only
 * with applyOnForward, and what no rule of theirs allows is dropped (docs.tigera.io, "Protect hosts", "Apply on forwarded
 * traffic").
 */

export function hostEndpointPolicies(model: ClusterModel): readonly Firewall[] {
  const hosts = model.foreign('HostEndpoint').filter(({ apiVersion }) => apiVersion.includes('projectcalico.org'));
  if (hosts.length === 0) return [];
  const policies = model
    .foreign('GlobalNetworkPolicy')
    .filter((policy) => {
      const spec = policy.spec as JsonObject;
      return readBoolean(spec, 'applyOnForward') === true && isIngress(spec) && selectsHosts(spec, hosts);
    })
    .sort((left, right) => orderOf(left) - orderOf(right) || (left.name < right.name ? -1 : 1));
  return policies.length === 0 ? [] : [(ask) => judge(policies, ask)];
}

function orderOf({ spec }: ForeignObject): number {
  return readNumber(spec as JsonObject, 'order') ?? Number.POSITIVE_INFINITY;
}

function isIngress(spec: JsonObject): boolean {
  const types = readStrings(spec, 'types');
  return types.length === 0 ? readObjects(spec, 'ingress').length > 0 : types.some((type) => /^ingress$/i.test(type));
}

function selectsHosts(spec: JsonObject, hosts: readonly ForeignObject[]): boolean {
  const selector = parseSelector(readString(spec, 'selector') ?? '');
  return selector !== undefined && hosts.some(({ labels }) => selector({ labels, uncertain: () => false }) === true);
}

function judge(policies: readonly ForeignObject[], ask: FirewallAsk): FirewallVerdict | undefined {
  for (const object of policies) {
    for (const [index, rule] of readObjects(object.spec as JsonObject, 'ingress').entries()) {
      const match = matches(rule, ask);
      if (match === undefined) return undefined;
      const action = readString(rule, 'action') ?? '';
      if (!match || action === 'Log') continue;
      if (action === 'Pass') return undefined;
      const path = `spec.ingress[${index}]`;
      return {
        admits: action === 'Allow',
        id: idOf(object),
        object,
        path,
        text: `ingress[${index}] is ${action} for it`,
      };
    }
  }
  const [first] = policies;
  if (first === undefined) return undefined;
  const text = `selects the nodes' host endpoints (applyOnForward) and no rule allows TCP ${ask.port}`;
  return { admits: false, id: idOf(first), object: first, path: 'spec.ingress', text, patch: patchOf(first, ask) };
}

function patchOf({ spec }: ForeignObject, ask: FirewallAsk): readonly JsonObject[] {
  const rule: JsonObject = { action: 'Allow', protocol: 'TCP', destination: { ports: [ask.port] } };
  return readObjects(spec as JsonObject, 'ingress').length > 0
    ? [{ op: 'add', path: '/spec/ingress/-', value: rule }]
    : [{ op: 'add', path: '/spec/ingress', value: [rule] }];
}

/** Undefined: the rule looks at something that is not followed here. */
function matches(rule: JsonObject, ask: FirewallAsk): boolean | undefined {
  const protocol = rule['protocol'];
  if (protocol !== undefined && protocol !== 'TCP' && protocol !== 6) return false;
  const destination = readObject(rule, 'destination');
  const ports = [...readStrings(destination, 'ports'), ...numbersOf(destination).map(String)];
  if (
    ports.length > 0 &&
    !ports.some((text) => inRange(ask.port, readPorts(text.replace(':', '-')) ?? { from: -1, to: -1 }))
  )
    return false;
  const source = readObject(rule, 'source');
  const known = new Set(['nets', 'ports']);
  const strange = [...Object.keys(source), ...Object.keys(destination)].some((key) => !known.has(key));
  if (strange || rule['icmp'] !== undefined || rule['http'] !== undefined || rule['notProtocol'] !== undefined)
    return undefined;
  const nets = readStrings(source, 'nets');
  return nets.length === 0 || coverAny(nets, ask.addresses);
}

function numbersOf(end: JsonObject): readonly number[] {
  const list = end['ports'];
  return Array.isArray(list) ? list.filter((item): item is number => typeof item === 'number') : [];
}
