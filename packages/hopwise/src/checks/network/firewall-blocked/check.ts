// A cloud security group or firewall drops the connection: between nodes, from the load balancer, or for certain ports. No
// NetworkPolicy denies it, Pods are ready (the kubelet is on their own node), and yet connections from elsewhere hang.
import { displayId, type ObjectId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { firewallsOf } from '../../../trace/firewalls.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { type Attempted, listAttempts } from '../../../trace/node-pairs.ts';
import type { Certainty, Fact, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Blocked extends Fact {
  readonly port: number;
  readonly named: boolean;
}

export default defineCheck<Blocked>({
  cause: 'firewall-blocked',
  reads: ['Node', 'Pod', 'NetworkPolicy', '*SecurityGroup', '*ComputeFirewall', '*FirewallPolicy'],
  since: '0.1.0',
  explains: ['node-network-broken', 'network-policy-denies-ingress'],
  *find(world) {
    const { seen, model } = world;
    if (!seen.failing || !seen.modes.some((mode) => mode.mode === 'connect-timeout')) return;
    // A policy that denies the flow is the simpler answer.
    if (
      world.trace.backends.some((path) =>
        path.endpoints.some((endpoint) => endpoint.policy.some((flow) => flow.verdict.state === 'denied')),
      )
    )
      return;
    const pattern = portPattern(world);
    if (pattern === undefined) return;
    const evidence: Evidence[] = [
      logEvidence(pattern.failed.entry, `no answer from ${pattern.failed.address} between nodes`),
    ];
    if (pattern.worked !== undefined)
      evidence.push(logEvidence(pattern.worked.entry, `the same nodes reach ${pattern.worked.address}`));
    if (pattern.local !== undefined)
      evidence.push(logEvidence(pattern.local.entry, `${pattern.local.address} answers on its own node`));
    const rules = firewallsOf(model).find((set) => !set.admits(pattern.port));
    if (rules !== undefined) evidence.unshift(citeField(rules.object, rules.path, rules.text));
    const object = rules === undefined ? blameNode(world, pattern.failed) : rules.id;
    if (object === undefined) return;
    const certainty: Certainty =
      rules === undefined ? (pattern.worked === undefined ? 'possible' : 'likely') : 'proven';
    yield {
      object,
      certainty,
      modes: ['connect-timeout', 'no-live-endpoint'],
      partial: true,
      evidence,
      port: pattern.port,
      named: rules !== undefined,
    };
  },
  describe: ({ object, port, named }) => ({
    headline: named
      ? `${displayId(object)} does not admit port ${port} between nodes`.slice(0, 80)
      : `Something drops port ${port} between nodes`,
    why: `Connections to Pod port ${port} hang between nodes, while other ports between the same nodes and the same port on one node work.`,
    chain: [
      `TCP ${port} is dropped between nodes`,
      'endpoints on other nodes never answer',
      'the gateway gives up after its connect timeout: 504',
    ],
  }),
  fix: ({ object, port, named }) => ({
    summary: named
      ? `Admit TCP ${port} between nodes in ${displayId(object)} (or all traffic of the group to itself)`
      : `Find the firewall between the nodes and admit TCP ${port}`,
    level: 'review',
    patches: [],
    commands: [],
  }),
  prove: ({ port }) => [
    {
      command: `kubectl debug node/NODE -it --image=curlimages/curl -- curl -m 3 -v http://POD-IP-ON-ANOTHER-NODE:${port}/`,
      expect: 'times out; from the Pod’s own node it connects',
    },
  ],
});

interface Pattern {
  readonly port: number;
  readonly failed: Attempted;
  readonly worked: Attempted | undefined;
  readonly local: Attempted | undefined;
}

/** Every cross-node attempt to the port fails, and something shows that the nodes as such can talk. */
function portPattern(world: World): Pattern | undefined {
  const attempts = listAttempts(world);
  const cross = attempts.filter((attempt) => attempt.fromNode !== attempt.toNode);
  const addresses = new Set(
    world.trace.backends.flatMap((path) => path.endpoints.map((endpoint) => `${endpoint.address}:${endpoint.port}`)),
  );
  const failed = cross.findLast((attempt) => !attempt.connected && addresses.has(attempt.address));
  if (failed === undefined) return undefined;
  const samePort = cross.filter((attempt) => attempt.port === failed.port);
  if (samePort.some((attempt) => attempt.connected)) return undefined;
  const worked =
    cross.findLast(
      (attempt) => attempt.connected && attempt.port !== failed.port && attempt.fromNode === failed.fromNode,
    ) ?? cross.findLast((attempt) => attempt.connected);
  const local = attempts.findLast(
    (attempt) => attempt.connected && attempt.port === failed.port && attempt.fromNode === attempt.toNode,
  );
  return worked === undefined && local === undefined ? undefined : { port: failed.port, failed, worked, local };
}

function blameNode({ model }: World, failed: Attempted): ObjectId | undefined {
  const node = model.get('Node', '', failed.toNode);
  return node.state === 'found' ? (`Node//${failed.toNode}` as ObjectId) : undefined;
}
