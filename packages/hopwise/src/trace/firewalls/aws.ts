import { idOf } from '../../base/object-id.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { ForeignObject } from '../../model/kinds/cluster.ts';
import { readBoolean, readNumber, readObject, readObjects, readString, readStrings } from '../../model/project/read.ts';
import type { JsonObject } from '../../sources/contract.ts';
import {
  ALL_PORTS,
  coverAll,
  type Firewall,
  type FirewallVerdict,
  inRange,
  type PortRange,
  rangeText,
} from './rule-set.ts';

/*
 * Security groups: whatever some rule of some group admits passes, nothing else. AWS Controllers for Kubernetes keep the
 * rules in the group (ec2.services.k8s.aws), Crossplane in objects of their own (ec2.aws.upbound.io, ec2.aws.crossplane.io).
 */

interface GroupRule {
  readonly object: ForeignObject;
  readonly path: string;
  readonly ports: PortRange;
  readonly tcp: boolean;
  readonly self: boolean;
  readonly blocks: readonly string[];
  /** The rule as it is, to write one like it for another port. */
  readonly copy?: (port: number) => readonly JsonObject[];
}

/** Firewalls between the nodes: groups whose own members are admitted somewhere. */
export function securityGroups(model: ClusterModel): readonly Firewall[] {
  const guarding = awsGroups(model)
    .map((group) => ({ group, rules: [...inlineRules(group), ...ruleObjects(model, group)] }))
    .filter(({ rules }) => rules.some((rule) => rule.self));
  const nodes = guarding.filter(({ group }) => isForNodes(group));
  // A group that admits its own members may be a database's; only one that is plainly the nodes', or the only one, counts.
  const own = nodes.length > 0 ? nodes : guarding.length === 1 ? guarding : [];
  if (own.length === 0) return [];
  return [(ask) => (ask.sender === 'nodes' ? judge(own, ask.port, ask.addresses) : undefined)];
}

/** Groups by their ids, for Pods that have groups of their own: undefined when none of them is in the input. */
export function judgeGroups(
  model: ClusterModel,
  ids: readonly string[],
  port: number,
  addresses: readonly string[],
): FirewallVerdict | undefined {
  const groups = awsGroups(model).filter((group) => ids.includes(idOfGroup(group) ?? ''));
  if (groups.length === 0) return undefined;
  return judge(
    groups.map((group) => ({ group, rules: [...inlineRules(group), ...ruleObjects(model, group)] })),
    port,
    addresses,
  );
}

function awsGroups(model: ClusterModel): readonly ForeignObject[] {
  return model.foreign('SecurityGroup').filter(({ apiVersion }) => apiVersion.includes('aws'));
}

/** ACK: status.id; Crossplane: status.atProvider. */
function idOfGroup({ status }: ForeignObject): string | undefined {
  const made = readObject(status as JsonObject, 'atProvider');
  return readString(status as JsonObject, 'id') ?? readString(made, 'id') ?? readString(made, 'securityGroupID');
}

function judge(
  groups: readonly { readonly group: ForeignObject; readonly rules: readonly GroupRule[] }[],
  port: number,
  addresses: readonly string[],
): FirewallVerdict | undefined {
  const all = groups.flatMap(({ rules }) => rules).filter(({ tcp }) => tcp);
  const admitting = all.find(
    ({ ports, self, blocks }) => inRange(port, ports) && (self || coverAll(blocks, addresses)),
  );
  if (admitting !== undefined)
    return {
      admits: true,
      id: idOf(admitting.object),
      object: admitting.object,
      path: admitting.path,
      text: `admits ${rangeText(admitting.ports)}`,
    };
  const own = all.filter(({ self }) => self);
  const nearest = [...own].sort((left, right) => distance(left.ports, port) - distance(right.ports, port))[0];
  const group = groups[0]?.group;
  const object = nearest?.object ?? group;
  if (object === undefined) return undefined;
  return {
    admits: false,
    id: idOf(object),
    object,
    path: nearest?.path ?? 'spec',
    text:
      own.length === 0
        ? `no rule admits TCP ${port} from the nodes`
        : `members of the group are admitted on ${own.map(({ ports }) => rangeText(ports)).join(', ')} only`,
    ...(nearest?.copy === undefined ? {} : { patch: nearest.copy(port) }),
  };
}

function distance({ from, to }: PortRange, port: number): number {
  return port < from ? from - port : port > to ? port - to : 0;
}

function isForNodes(group: ForeignObject): boolean {
  const spec = group.spec as JsonObject;
  const text = `${group.name} ${readString(spec, 'name') ?? ''} ${readString(spec, 'description') ?? ''} ${readString(readObject(spec, 'forProvider'), 'description') ?? ''}`;
  return /\b(?:nodes?|workers?|cluster|eks|kubernetes|k8s)\b/i.test(text.replaceAll(/[-_]/g, ' '));
}

/** `ingressRules[]` of AWS Controllers for Kubernetes. */
function inlineRules(group: ForeignObject): readonly GroupRule[] {
  const spec = group.spec as JsonObject;
  const id = idOfGroup(group);
  return readObjects(spec, 'ingressRules').map((rule): GroupRule => {
    const pairs = readObjects(rule, 'userIDGroupPairs');
    const self = pairs.some(
      (pair) =>
        (id !== undefined && readString(pair, 'groupID') === id) ||
        readString(readObject(readObject(pair, 'groupRef'), 'from'), 'name') === group.name ||
        readString(pair, 'description') === 'self',
    );
    return {
      object: group,
      path: 'spec.ingressRules',
      ports: portsOf(rule),
      tcp: isTcp(readString(rule, 'ipProtocol')),
      self,
      blocks: readObjects(rule, 'ipRanges').flatMap((range) => readString(range, 'cidrIP') ?? []),
      copy: (port) => [
        {
          op: 'add',
          path: '/spec/ingressRules/-',
          value: { ...rule, ipProtocol: 'tcp', fromPort: port, toPort: port },
        },
      ],
    };
  });
}

const RULE_KINDS = ['SecurityGroupRule', 'SecurityGroupIngressRule'] as const;

function ruleObjects(model: ClusterModel, group: ForeignObject): readonly GroupRule[] {
  const own = idOfGroup(group);
  return RULE_KINDS.flatMap((kind) => model.foreign(kind)).flatMap((object): GroupRule[] => {
    const rule = readObject(object.spec as JsonObject, 'forProvider');
    const refers = (key: string): boolean =>
      readString(readObject(rule, `${key}Ref`), 'name') === group.name ||
      (own !== undefined && readString(rule, key) === own);
    if (!refers('securityGroupId') || readString(rule, 'type') === 'egress') return [];
    return [
      {
        object,
        path: 'spec.forProvider',
        ports: portsOf(rule),
        tcp: isTcp(readString(rule, 'protocol') ?? readString(rule, 'ipProtocol')),
        self:
          readBoolean(rule, 'self') === true || refers('sourceSecurityGroupId') || refers('referencedSecurityGroupId'),
        blocks: [...readStrings(rule, 'cidrBlocks'), ...(readString(rule, 'cidrIpv4') ?? '').split(',')].filter(
          Boolean,
        ),
        copy: (port) => widen(rule, port),
      },
    ];
  });
}

/** One rule object is one range: it is widened to hold the port. */
function widen(rule: JsonObject, port: number): readonly JsonObject[] {
  const { from, to } = portsOf(rule);
  const path = port < from ? '/spec/forProvider/fromPort' : '/spec/forProvider/toPort';
  return inRange(port, { from, to }) ? [] : [{ op: 'replace', path, value: port }];
}

function portsOf(rule: JsonObject): PortRange {
  const from = readNumber(rule, 'fromPort');
  const to = readNumber(rule, 'toPort');
  if (from === undefined || from < 0) return ALL_PORTS;
  return { from, to: to ?? from };
}

/** `-1` is every protocol. */
function isTcp(protocol: string | undefined): boolean {
  return protocol === undefined || protocol === 'tcp' || protocol === '6' || protocol === '-1' || protocol === 'all';
}
