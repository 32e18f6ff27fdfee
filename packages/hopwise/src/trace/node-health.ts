import { idOf } from '../base/object-id.ts';
import { citeEvent, citeField } from '../model/cite.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Node } from '../model/kinds/cluster.ts';
import type { Pod } from '../model/kinds/pod.ts';

/** What the cluster itself says about a node's network. */
export interface NodeTrouble {
  readonly node: Node;
  /** `down`: the node or its network is reported broken; `agents`: what carries its traffic does not run there. */
  readonly kind: 'down' | 'agents' | 'events';
  readonly why: string;
  readonly evidence: readonly Evidence[];
}

/** DaemonSets that carry Pod traffic: Pod networks and kube-proxy, by the names of their own manifests. */
const AGENTS =
  /^(?:kube-proxy|calico-node|canal|cilium|kube-flannel-ds|kube-flannel|flannel|weave-net|aws-node|azure-cns|azure-npm|kindnet|kube-router|antrea-agent|ovnkube-node|ovn-kubernetes-node|sdn|multus|kube-ovn-cni|kube-multus-ds|netd|ip-masq-agent|anetd)$/;
const TAINTS: ReadonlySet<string> = new Set([
  'node.kubernetes.io/not-ready',
  'node.kubernetes.io/unreachable',
  'node.kubernetes.io/network-unavailable',
  'node.cilium.io/agent-not-ready',
]);
const EVENTS = /NetworkNotReady|NetworkUnavailable|NodeNotReady|KubeProxy|CNI|cni plugin|FailedCreatePodSandBox/i;
const RECENT_MS = 60 * 60_000;

/** Undefined when nothing in the input speaks against the node. */
export function nodeTrouble(model: ClusterModel, name: string): NodeTrouble | undefined {
  const lookup = model.get('Node', '', name);
  if (lookup.state !== 'found') return undefined;
  const node = lookup.value;
  return reported(node) ?? withoutAgents(model, node) ?? inEvents(model, node);
}

/** Conditions of the node itself; Ready is Unknown when its kubelet has fallen silent. */
export function reported(node: Node): NodeTrouble | undefined {
  const bad = node.conditions.find(
    ({ type, status }) =>
      (type === 'Ready' && status !== 'True') ||
      // Calico, flannel and cloud providers set it; networking problems of node-problem-detector have their own types.
      (/^NetworkUnavailable$|NetworkingNotReady|KernelDeadlock/.test(type) && status === 'True'),
  );
  if (bad !== undefined) {
    const text = `${bad.type} is ${bad.status}${bad.reason === undefined ? '' : `: ${bad.reason}`}`;
    return { node, kind: 'down', why: `${node.name}: ${text}`, evidence: [citeField(node, 'status.conditions', text)] };
  }
  const taint = node.taints.find(({ key }) => TAINTS.has(key));
  if (taint === undefined) return undefined;
  const text = `taint ${taint.key}`;
  return { node, kind: 'down', why: `${node.name} has ${text}`, evidence: [citeField(node, 'spec.taints', text)] };
}

function withoutAgents(model: ClusterModel, node: Node): NodeTrouble | undefined {
  const failing = agentsOn(model, node.name).filter((pod) => pod.hasStatus && !pod.ready);
  const [first] = failing;
  if (first === undefined) return undefined;
  const names = failing.map((pod) => agentName(model, pod)).join(', ');
  return {
    node,
    kind: 'agents',
    why: `${names} is not ready on ${node.name}`,
    evidence: failing.map((pod) => citeField(pod, 'status.conditions', `${pod.name} on ${node.name} is not ready`)),
  };
}

/** The Pods that carry a node's traffic. */
function agentsOn(model: ClusterModel, node: string): readonly Pod[] {
  return model.list('Pod').filter((pod) => pod.nodeName === node && AGENTS.test(agentName(model, pod)));
}

function agentName(model: ClusterModel, pod: Pod): string {
  return model.controllerOf(pod).split('/').at(-1) ?? '';
}

function inEvents(model: ClusterModel, node: Node): NodeTrouble | undefined {
  const events = model
    .eventsAbout(idOf(node))
    .filter(
      (event) =>
        event.type !== 'Normal' &&
        EVENTS.test(`${event.reason} ${event.message}`) &&
        (event.last === undefined || model.now - event.last <= RECENT_MS),
    );
  const last = events.at(-1);
  if (last === undefined) return undefined;
  return { node, kind: 'events', why: `${node.name}: ${last.reason}`, evidence: [citeEvent(last)] };
}
