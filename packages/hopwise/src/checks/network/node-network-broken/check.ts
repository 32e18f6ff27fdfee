// Only endpoints on (or requests from) certain nodes fail: a broken CNI, kube-proxy, node firewall, MTU, or a node that is
// not ready. Requests that happen to use those nodes hang; the others work.
import { displayId, idOf, objectId, splitId } from '../../../base/object-id.ts';
import { shellQuote } from '../../../base/shell-quote.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { Pod } from '../../../model/kinds/pod.ts';
import { type BadNode, badNode } from '../../../trace/bad-node.ts';
import { reported } from '../../../trace/node-health.ts';
import { podsOnPath } from '../../../trace/path-queries.ts';
import type { Certainty, Fact, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Broken extends Fact {
  readonly why: string;
  readonly chain: readonly string[];
}

export default defineCheck<Broken>({
  cause: 'node-network-broken',
  reads: ['Node', 'Pod', 'EndpointSlice', 'Endpoints', 'NetworkPolicy', 'DaemonSet', 'Event'],
  since: '0.1.0',
  explains: ['no-ready-endpoints', 'readiness-probe-failing', 'stale-endpoints'],
  *find(world) {
    yield* lostPods(world);
    if (!world.seen.failing || deniedByPolicy(world)) return;
    const bad = badNode(world);
    if (bad === undefined) return;
    const others = bad.worked > 0 ? `, while those of other nodes do (${bad.worked})` : '';
    const evidence: Evidence[] = [...bad.evidence, ...(bad.trouble?.evidence ?? [])];
    if (bad.rival !== undefined)
      evidence.push({ type: 'timing', text: `only ${bad.name} and ${bad.rival} are in the logs: it may be either` });
    yield {
      object: objectId('Node', '', bad.name),
      certainty: certaintyOf(bad),
      modes: ['connect-timeout', 'no-route-to-host', 'no-live-endpoint'],
      partial: true,
      evidence,
      why: `connections ${bad.direction} ${bad.name} get no answer (${bad.failed} failed, none worked)${others}`,
      chain: [
        bad.trouble?.why ?? `${bad.name} is cut off for this traffic`,
        'requests that use it hang until the connect timeout',
        '504 for a part of the requests',
      ],
    };
  },
  describe: ({ object, why, chain }) => ({
    headline: `The network of ${displayId(object)} does not carry this traffic`,
    why: `${why}.`,
    chain,
  }),
  fix({ object }) {
    const node = shellQuote(splitId(object).name);
    return {
      summary: `Take ${displayId(object)} out of service and mend its network (CNI, kube-proxy, firewall, MTU)`,
      level: 'advice',
      patches: [],
      commands: [
        `kubectl cordon ${node}`,
        `kubectl drain ${node} --ignore-daemonsets --delete-emptydir-data`,
        `kubectl get pods -A -o wide --field-selector spec.nodeName=${node}`,
      ],
    };
  },
  prove({ object }, { model }) {
    const { name } = splitId(object);
    const target = model
      .list('Pod')
      .find((pod) => pod.nodeName === name && !pod.spec.hostNetwork && pod.ready && pod.ips.length > 0);
    const other = model.list('Node').find((node) => node.name !== name && reported(node) === undefined);
    const describe = {
      command: `kubectl describe node ${shellQuote(name)}`,
      expect: 'its conditions, and the CNI and kube-proxy Pods on it',
    };
    if (target === undefined || other === undefined) return [describe];
    const ping = `kubectl debug node/${other.name} -it --image=busybox:1.36 -- ping -c 3 -W 2 ${target.ips[0]}`;
    return [describe, { command: ping, expect: `no answer from a Pod on ${name}, asked from ${other.name}` }];
  },
});

function certaintyOf({ trouble, failed, worked, rival }: BadNode): Certainty {
  if (trouble?.kind === 'down' || trouble?.kind === 'agents') return 'proven';
  if (rival !== undefined) return 'likely';
  return failed >= 2 && worked > 0 ? 'strong' : 'likely';
}

/** A policy that denies the flows explains them without any node being broken. */
function deniedByPolicy({ trace }: World): boolean {
  return trace.backends.some((path) =>
    path.endpoints.some((endpoint) => endpoint.policy.some(({ verdict }) => verdict.state === 'denied')),
  );
}

/** Every Pod of the path sits on nodes that the cluster has lost: nobody is ready, though nothing is wrong with the Pods. */
function* lostPods({ model, trace }: World): Iterable<Broken> {
  const pods = podsOnPath(trace);
  if (pods.length === 0 || pods.some((pod) => pod.ready || !pod.hasStatus)) return;
  const nodes = new Set(pods.map((pod) => pod.nodeName));
  for (const name of nodes) {
    const lookup = name === undefined ? undefined : model.get('Node', '', name);
    const trouble = lookup?.state === 'found' ? reported(lookup.value) : undefined;
    if (trouble === undefined || pods.some((pod) => !lostWithNode(pod))) return;
    yield {
      object: idOf(trouble.node),
      certainty: 'proven',
      modes: ['no-endpoints', 'no-live-endpoint', 'connect-timeout', 'no-route-to-host'],
      evidence: [
        ...trouble.evidence,
        ...pods
          .slice(0, 3)
          .map((pod) => citeField(pod, 'status.conditions', `${pod.name} on ${pod.nodeName} is not ready`)),
      ],
      why: `${trouble.why}, and all Pods of this path are there`,
      chain: [trouble.why, 'its Pods count as not ready', 'no endpoint is left', '503'],
    };
  }
}

/** The containers run and were ready as far as anybody heard: the node controller took the Pod's readiness away. */
function lostWithNode({ statuses }: Pod): boolean {
  return statuses.length > 0 && statuses.every(({ state }) => state.kind === 'running' || state.kind === 'terminated');
}
