import { idOf } from '../../base/object-id.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { ForeignObject } from '../../model/kinds/cluster.ts';
import { readNumber, readObject, readObjects, readString, readStrings } from '../../model/project/read.ts';
import type { JsonObject } from '../../sources/contract.ts';
import { coverAny, type Firewall, type FirewallAsk, type FirewallVerdict, inRange, readPorts } from './rule-set.ts';

/*
 * OpenShift's Ingress Node Firewall (ingressnodefirewall.openshift.io): per source range, rules by order, the first that
 * matches decides, and what matches nothing passes.
 */

export function ingressNodeFirewalls(model: ClusterModel): readonly Firewall[] {
  return model.foreign('IngressNodeFirewall').map((object) => (ask) => judge(object, ask));
}

function judge(object: ForeignObject, ask: FirewallAsk): FirewallVerdict | undefined {
  for (const [index, entry] of readObjects(object.spec as JsonObject, 'ingress').entries()) {
    const sources = readStrings(entry, 'sourceCIDRs');
    if (!coverAny(sources, ask.addresses)) continue;
    const rules = [...readObjects(entry, 'rules')].sort(
      (left, right) => (readNumber(left, 'order') ?? 0) - (readNumber(right, 'order') ?? 0),
    );
    const rule = rules.find((candidate) => holdsPort(candidate, ask.port));
    if (rule === undefined) continue;
    const admits = readString(rule, 'action') === 'Allow';
    return {
      admits,
      id: idOf(object),
      object,
      path: `spec.ingress[${index}].rules`,
      text: `rule ${readNumber(rule, 'order') ?? '?'} ${admits ? 'allows' : 'denies'} TCP ${ask.port} from ${sources.join(', ')}`,
    };
  }
  return undefined;
}

function holdsPort(rule: JsonObject, port: number): boolean {
  const config = readObject(rule, 'protocolConfig');
  const protocol = readString(config, 'protocol') ?? '';
  if (protocol === '') return true;
  if (protocol !== 'TCP') return false;
  const tcp = readObject(config, 'tcp');
  const text = readString(tcp, 'ports') ?? String(readNumber(tcp, 'ports') ?? '');
  return inRange(port, readPorts(text) ?? { from: -1, to: -1 });
}
