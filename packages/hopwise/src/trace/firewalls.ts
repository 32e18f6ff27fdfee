import { idOf, type ObjectId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { ForeignObject } from '../model/kinds/cluster.ts';

/** A cloud firewall that is itself kept as an object in the cluster. */
export interface FirewallRuleSet {
  readonly id: ObjectId;
  readonly object: ForeignObject;
  readonly path: string;
  readonly text: string;
  /** Does it admit TCP to this port from members of the same group (node to node)? */
  readonly admits: (port: number) => boolean;
}

/**
 * Security groups of AWS Controllers for Kubernetes (ec2.services.k8s.aws SecurityGroup): only those whose own members are
 * admitted somewhere, since others do not guard traffic between nodes.
 */
export function firewallsOf(model: ClusterModel): readonly FirewallRuleSet[] {
  return model.foreign('SecurityGroup').flatMap((object) => {
    const rules = listOf(object.spec['ingressRules']).filter(isRecord);
    const self = selfId(object);
    const own = rules.filter((rule) =>
      listOf(rule['userIDGroupPairs']).some(
        (pair) => isRecord(pair) && (pair['groupID'] === self || pair['description'] === 'self'),
      ),
    );
    if (own.length === 0) return [];
    const ranges = own.map((rule) => ({
      protocol: String(rule['ipProtocol'] ?? '-1'),
      from: Number(rule['fromPort'] ?? 0),
      to: Number(rule['toPort'] ?? 65535),
    }));
    const tcp = ranges.filter((range) => range.protocol === 'tcp' || range.protocol === '6' || range.protocol === '-1');
    return [
      {
        id: idOf(object),
        object,
        path: 'spec.ingressRules',
        text: `members of the group are admitted on ${tcp.map((range) => (range.protocol === '-1' ? 'all ports' : range.from === range.to ? String(range.from) : `${range.from}-${range.to}`)).join(', ')} only`,
        admits: (port: number) =>
          tcp.some((range) => range.protocol === '-1' || (port >= range.from && port <= range.to)),
      },
    ];
  });
}

function selfId(object: ForeignObject): string | undefined {
  const id = object.status['id'];
  return typeof id === 'string' ? id : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
