// A firewall outside the cluster's own policies drops the connection: between nodes for certain ports, to Pods with security
// groups of their own, or from the load balancer. Pods are ready (the kubelet is on their own node), and yet others hang.
import { kubectlName } from '../../../base/kubectl-name.ts';
import { displayId, splitId } from '../../../base/object-id.ts';
import { shellQuote } from '../../../base/shell-quote.ts';
import { type BlockedWay, blockedWays } from '../../../trace/blocked-ways.ts';
import { blockingFirewall } from '../../../trace/firewalls/ask-firewalls.ts';
import { ownAddressesOf } from '../../../trace/policy/node-addresses.ts';
import type { Certainty, Fact, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Blocked extends Fact {
  readonly way: BlockedWay;
}

const WAYS: Readonly<Record<BlockedWay['kind'], string>> = {
  'between-nodes': 'between nodes',
  'to-pods': 'to Pods with security groups of their own',
  'from-load-balancer': 'from the load balancer',
};

export default defineCheck<Blocked>({
  cause: 'firewall-blocked',
  reads: [
    'Node',
    'Pod',
    'Service',
    'NetworkPolicy',
    '*SecurityGroup',
    '*SecurityGroupPolicy',
    '*ComputeFirewall',
    '*NetworkSecurityGroupsSecurityRule',
    '*IngressNodeFirewall',
    '*HostEndpoint',
    '*GlobalNetworkPolicy',
  ],
  since: '0.1.0',
  explains: [
    'node-network-broken',
    'network-policy-denies-ingress',
    'edge-health-check-failing',
    'edge-targets-missing',
    'gateway-down',
  ],
  *find(world) {
    // A policy that denies the flow is the simpler answer.
    if (!world.seen.failing || isDenied(world)) return;
    for (const way of blockedWays(world)) {
      const certainty: Certainty = way.rule ? (way.observed ? 'proven' : 'likely') : 'likely';
      yield {
        object: way.object,
        certainty,
        modes:
          way.kind === 'from-load-balancer'
            ? ['gateway-unreachable', 'no-live-endpoint', 'no-endpoints', 'connect-timeout']
            : ['connect-timeout', 'no-live-endpoint'],
        partial: true,
        evidence: way.evidence,
        way,
      };
    }
  },
  describe: ({ object, way: { port, rule, why, kind } }) => ({
    headline: rule
      ? `${displayId(object)} keeps out port ${port} ${WAYS[kind]}`
      : `Something drops port ${port} ${WAYS[kind]}`,
    why: `${why.slice(0, 1).toUpperCase()}${why.slice(1)}.`,
    chain: [
      `TCP ${port} is dropped ${WAYS[kind]}`,
      kind === 'from-load-balancer'
        ? 'health checks fail and no target counts as healthy'
        : 'endpoints behind it never answer',
      kind === 'from-load-balancer'
        ? 'the load balancer answers 502/503/504 itself'
        : 'the gateway gives up after its connect timeout: 504',
    ],
  }),
  fix({ object, way: { port, rule, patch, kind } }) {
    const summary = rule
      ? `Admit TCP ${port} ${WAYS[kind]} in ${displayId(object)}`
      : `Find the firewall between the nodes (security group, iptables) and admit TCP ${port}`;
    if (patch === undefined || patch.length === 0)
      return { summary, level: 'advice', patches: [], commands: rule ? [`kubectl edit ${kubectlName(object)}`] : [] };
    return {
      summary,
      level: 'review',
      patches: [{ object, type: 'json', patch }],
      commands: [],
      wanted: ({ model }) => {
        const sender = kind === 'from-load-balancer' ? 'load-balancer' : 'nodes';
        const addresses = model.list('Node').flatMap(ownAddressesOf);
        return blockingFirewall(model, { sender, port, addresses })?.id !== object;
      },
    };
  },
  prove({ object, way: { proof, rule } }) {
    const shown =
      rule && splitId(object).kind !== 'Node'
        ? [{ command: `kubectl get ${kubectlName(object)} -o yaml`, expect: 'the rule that leaves the port out' }]
        : [];
    if (proof === undefined) return shown;
    const url = shellQuote(`http://${proof.address}/`);
    return [
      ...shown,
      {
        command: `kubectl debug ${shellQuote(`node/${proof.fromNode}`)} -it --image=curlimages/curl -- curl -m 3 -sv ${url}`,
        expect: 'times out; from the Pod’s own node it connects',
      },
    ];
  },
});

function isDenied({ trace }: World): boolean {
  return trace.backends.some((path) =>
    path.endpoints.some((endpoint) => endpoint.policy.some(({ verdict }) => verdict.state === 'denied')),
  );
}
