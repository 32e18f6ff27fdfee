import { valueOf } from '../base/lookup.ts';
import { idOf, type ObjectId, objectId } from '../base/object-id.ts';
import { citeField } from '../model/cite.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { JsonObject } from '../sources/contract.ts';
import type { Observations } from '../sources/observations.ts';
import { usableEndpoints } from './backend-path.ts';
import { blockingFirewall } from './firewalls/ask-firewalls.ts';
import { podGroupOf } from './firewalls/pod-groups.ts';
import type { FirewallVerdict } from './firewalls/rule-set.ts';
import { logEvidence } from './log-evidence.ts';
import { type Attempted, listAttempts } from './node-pairs.ts';
import type { PathObservations } from './observed.ts';
import { ownAddressesOf } from './policy/node-addresses.ts';
import type { Trace } from './trace.ts';

/** A way of this path that something outside the cluster's own rules closes. */
export interface BlockedWay {
  readonly kind: 'between-nodes' | 'to-pods' | 'from-load-balancer';
  /** The object to change: the firewall where one is in the input, else the node (or Service) behind it. */
  readonly object: ObjectId;
  readonly port: number;
  /** The firewall's own rules say so. */
  readonly rule: boolean;
  /** Requests were seen to fail that way. */
  readonly observed: boolean;
  readonly why: string;
  readonly evidence: readonly Evidence[];
  readonly patch?: readonly JsonObject[];
  /** An address behind it and a node before it, for a command that shows it. */
  readonly proof?: { readonly fromNode: string; readonly address: string };
}

interface Asked {
  readonly model: ClusterModel;
  readonly trace: Trace;
  readonly seen: PathObservations;
  readonly observations: Observations;
}

export function blockedWays(world: Asked): readonly BlockedWay[] {
  const { seen } = world;
  const hangs = seen.modes.some(({ mode, reporter }) => mode === 'connect-timeout' && reporter !== 'app');
  const found = hangs ? (betweenNodes(world) ?? toPods(world)) : fromLoadBalancer(world);
  return found === undefined ? [] : [found];
}

interface Pattern {
  readonly failed: Attempted;
  readonly worked: Attempted | undefined;
  readonly local: Attempted | undefined;
}

/** Every try from another node at the port fails, and something shows that the nodes as such can talk. */
function portPattern(world: Asked): Pattern | undefined {
  const attempts = listAttempts(world);
  const cross = attempts.filter((attempt) => attempt.fromNode !== attempt.toNode);
  const addresses = new Set(
    world.trace.backends.flatMap((path) => path.endpoints.map(({ address, port }) => `${address}:${port}`)),
  );
  const failed = cross.findLast((attempt) => !attempt.connected && addresses.has(attempt.address));
  if (failed === undefined) return undefined;
  const since = failed.time;
  const samePort = cross.filter((attempt) => attempt.port === failed.port && attempt.connected);
  if (samePort.some(({ time }) => time === undefined || since === undefined || time >= since - RECENT_MS))
    return undefined;
  const others = cross.filter((attempt) => attempt.connected && attempt.port !== failed.port);
  return {
    failed,
    worked: others.findLast((attempt) => samePair(attempt, failed)) ?? others.at(-1),
    local: attempts.findLast(
      (attempt) => attempt.connected && attempt.port === failed.port && attempt.fromNode === attempt.toNode,
    ),
  };
}

/** A success this long before a failure was before the change. */
const RECENT_MS = 10 * 60_000;

function samePair(left: Attempted, right: Attempted): boolean {
  return left.fromNode === right.fromNode && left.toNode === right.toNode;
}

function betweenNodes(world: Asked): BlockedWay | undefined {
  const { model } = world;
  const pattern = portPattern(world);
  if (pattern === undefined) return undefined;
  const { failed, worked, local } = pattern;
  const addresses = model.list('Node').flatMap(ownAddressesOf);
  const verdict = blockingFirewall(model, { sender: 'nodes', port: failed.port, addresses });
  // Without a rule that says so, another port between the very same nodes must work: else it may be the nodes.
  const pair = worked !== undefined && samePair(worked, failed);
  if (verdict === undefined && !pair) return undefined;
  const evidence: Evidence[] = [logEvidence(failed.entry, `no answer from ${failed.address} between nodes`)];
  if (worked !== undefined)
    evidence.push(logEvidence(worked.entry, `${pair ? 'the same' : 'other'} nodes reach ${worked.address}`));
  if (local !== undefined) evidence.push(logEvidence(local.entry, `${local.address} answers on its own node`));
  const node = valueOf(model.get('Node', '', failed.toNode));
  if (verdict === undefined && node === undefined) return undefined;
  return {
    kind: 'between-nodes',
    object: verdict?.id ?? objectId('Node', '', failed.toNode),
    port: failed.port,
    rule: verdict !== undefined,
    observed: true,
    why: `connections to port ${failed.port} hang between nodes, while ${pair ? 'other ports between the same nodes' : 'the same port on one node'} work`,
    evidence: [...cite(verdict), ...evidence],
    ...(verdict?.patch === undefined ? {} : { patch: verdict.patch }),
    proof: { fromNode: failed.fromNode, address: failed.address },
  };
}

/** Pods with security groups of their own are closed to everybody those groups do not name. */
function toPods({ model, trace, seen }: Asked): BlockedWay | undefined {
  const hung = seen.modes.find(({ mode, reporter }) => mode === 'connect-timeout' && reporter !== 'app');
  for (const endpoint of trace.backends.flatMap(usableEndpoints)) {
    const pod = valueOf(endpoint.pod);
    const group = pod === undefined ? undefined : podGroupOf(model, pod);
    const asking = valueOf(trace.callers) ?? [];
    if (group === undefined || pod === undefined || endpoint.port === undefined || hung === undefined) continue;
    if (hung.addresses.length > 0 && !hung.addresses.includes(`${endpoint.address}:${endpoint.port}`)) continue;
    if (asking.some((caller) => podGroupOf(model, caller)?.id === group.id)) continue;
    const verdict = group.judge(endpoint.port, model.list('Node').flatMap(ownAddressesOf));
    if (verdict?.admits === true) continue;
    const groups = group.groupIds.join(', ');
    return {
      kind: 'to-pods',
      object: verdict?.id ?? group.id,
      port: endpoint.port,
      rule: verdict !== undefined,
      observed: true,
      why: `Pods that ${group.object.name} selects have security groups of their own (${groups}), which the caller must be admitted by`,
      evidence: [
        ...cite(verdict),
        citeField(group.object, 'spec.securityGroups.groupIds', `${pod.name} gets ${groups}`, groups),
        hung.evidence,
      ],
      ...(verdict?.patch === undefined ? {} : { patch: verdict.patch }),
    };
  }
  return undefined;
}

/** The load balancer (or its health check) does not get through to what stands behind it. */
function fromLoadBalancer({ model, trace, seen }: Asked): BlockedWay | undefined {
  const timedOut = seen.response?.clientError?.kind === 'timeout';
  const edge = seen.generatedBy?.hop === 'edge';
  if (!seen.failing || !(edge || timedOut) || seen.access.length > 0) return undefined;
  const service = trace.entry ?? trace.gateway?.services.find((entry) => entry.type === 'LoadBalancer');
  const targets = trace.backends.flatMap(usableEndpoints).flatMap(({ port }) => port ?? []);
  // A load balancer that is the gateway itself sends to the Pods (or node ports) of the route's Service.
  const ports = new Set(
    service === undefined || edge
      ? [...targets, ...trace.backends.flatMap((path) => valueOf(path.port)?.nodePort ?? [])]
      : service.ports.flatMap(({ nodePort, targetPort }) => [
          ...(nodePort === undefined ? [] : [nodePort]),
          ...(typeof targetPort === 'number' ? [targetPort] : []),
        ]),
  );
  for (const port of ports) {
    const verdict = blockingFirewall(model, { sender: 'load-balancer', port, addresses: [] });
    if (verdict === undefined) continue;
    return {
      kind: 'from-load-balancer',
      object: verdict.id,
      port,
      rule: true,
      observed: false,
      why: `the load balancer and its health checks do not get through to port ${port}`,
      evidence: [...cite(verdict), ...(seen.generatedBy?.evidence ?? [])],
      ...(verdict.patch === undefined ? {} : { patch: verdict.patch }),
    };
  }
  if (timedOut && service !== undefined && service.loadBalancerSourceRanges.length > 0) {
    const ranges = service.loadBalancerSourceRanges.join(', ');
    return {
      kind: 'from-load-balancer',
      object: idOf(service),
      port: trace.request.port,
      rule: true,
      observed: false,
      why: `the load balancer admits ${ranges} only, and the client gets no answer from it`,
      evidence: [
        citeField(service, 'spec.loadBalancerSourceRanges', `only ${ranges} may connect`, ranges),
        ...(seen.generatedBy?.evidence ?? []),
      ],
    };
  }
  return undefined;
}

function cite(verdict: FirewallVerdict | undefined): readonly Evidence[] {
  return verdict === undefined ? [] : [citeField(verdict.object, verdict.path, verdict.text)];
}
