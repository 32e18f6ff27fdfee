import { idOf } from '../../base/object-id.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { ForeignObject } from '../../model/kinds/cluster.ts';
import { readNumber, readObject, readObjects, readString, readStrings } from '../../model/project/read.ts';
import type { JsonObject } from '../../sources/contract.ts';
import { coverAny, type Firewall, type FirewallAsk, type FirewallVerdict, inRange, readPorts } from './rule-set.ts';

/*
 * Network security groups of Azure Service Operator (NetworkSecurityGroupsSecurityRule of network.azure.com) and Crossplane
 * (SecurityRule, and securityRule[] of SecurityGroup, network.azure.upbound.io). Rules go by priority, the first that
 * matches decides; behind them traffic of the virtual network and of the load balancer passes.
 */

interface NsgRule {
  readonly object: ForeignObject;
  readonly path: string;
  readonly spec: JsonObject;
  readonly name: string;
}

export function networkSecurityGroups(model: ClusterModel): readonly Firewall[] {
  const azure = (object: ForeignObject): boolean => object.apiVersion.includes('azure');
  const rules: NsgRule[] = [
    ...model
      .foreign('NetworkSecurityGroupsSecurityRule')
      .map((object) => ({ object, path: 'spec', spec: object.spec as JsonObject, name: object.name })),
    ...model
      .foreign('SecurityRule')
      .filter(azure)
      .map((object) => ({
        object,
        path: 'spec.forProvider',
        spec: readObject(object.spec as JsonObject, 'forProvider'),
        name: object.name,
      })),
    ...model
      .foreign('SecurityGroup')
      .filter(azure)
      .flatMap((object) =>
        readObjects(readObject(object.spec as JsonObject, 'forProvider'), 'securityRule').map((spec, index) => ({
          object,
          path: `spec.forProvider.securityRule[${index}]`,
          spec,
          name: readString(spec, 'name') ?? String(index),
        })),
      ),
  ];
  const inbound = rules
    .filter(({ spec }) => readString(spec, 'direction')?.toLowerCase() === 'inbound')
    .sort((left, right) => (readNumber(left.spec, 'priority') ?? 0) - (readNumber(right.spec, 'priority') ?? 0));
  return inbound.length === 0 ? [] : [(ask) => judge(inbound, ask)];
}

function judge(rules: readonly NsgRule[], ask: FirewallAsk): FirewallVerdict | undefined {
  const first = rules.find(({ spec }) => isTcp(spec) && holdsPort(spec, ask.port) && isFrom(spec, ask));
  if (first === undefined) return undefined;
  const { object, path, spec, name } = first;
  const admits = readString(spec, 'access')?.toLowerCase() === 'allow';
  const text = `rule ${name} (priority ${readNumber(spec, 'priority') ?? '?'}) ${admits ? 'allows' : 'denies'} TCP ${ask.port} from ${sourcesOf(spec).join(', ')}`;
  return { admits, id: idOf(object), object, path, text };
}

function isTcp(spec: JsonObject): boolean {
  const protocol = readString(spec, 'protocol')?.toLowerCase();
  return protocol === undefined || protocol === 'tcp' || protocol === '*';
}

function holdsPort(spec: JsonObject, port: number): boolean {
  const single = readString(spec, 'destinationPortRange');
  const ranges = [...(single === undefined ? [] : [single]), ...readStrings(spec, 'destinationPortRanges')];
  return ranges.some((text) => inRange(port, readPorts(text) ?? { from: -1, to: -1 }));
}

function sourcesOf(spec: JsonObject): readonly string[] {
  const single = readString(spec, 'sourceAddressPrefix');
  return [...(single === undefined ? [] : [single]), ...readStrings(spec, 'sourceAddressPrefixes')];
}

function isFrom(spec: JsonObject, { sender, addresses }: FirewallAsk): boolean {
  const sources = sourcesOf(spec);
  if (sources.some((source) => source === '*' || /^any$/i.test(source) || source === '0.0.0.0/0')) return true;
  const tag = sender === 'nodes' ? 'virtualnetwork' : 'azureloadbalancer';
  return sources.some((source) => source.toLowerCase() === tag) || coverAny(sources, addresses);
}
