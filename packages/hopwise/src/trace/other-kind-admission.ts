import { splitId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { Labels } from '../model/meta.ts';
import type { Json, JsonObject } from '../sources/contract.ts';
import type { Flow } from './policy/flow.ts';
import { judgeFlow } from './policy/judge.ts';
import type { PolicyAdmission } from './policy/narrowest-admission.ts';
import { stableLabelsOf } from './policy/stable-labels.ts';

type Direction = 'ingress' | 'egress';

interface Wanted {
  readonly peer: Pod;
  readonly labels: Labels;
  readonly port: number;
  readonly protocol: string;
  readonly direction: Direction;
  readonly name: string;
}

/**
 * A rule for the peers of one flow in a policy of another kind than NetworkPolicy: Cilium's, Calico's and the cluster-wide
 * ones. Undefined when the other end is no Pod with labels of its own, or the kind is not known.
 */
export function admitByOtherKind(model: ClusterModel, flow: Flow): PolicyAdmission | undefined {
  const verdict = judgeFlow(model, flow);
  const [policy] = verdict.by;
  const { side } = verdict;
  const end = side === 'ingress' ? flow.from : flow.to;
  if (policy === undefined || side === undefined || end.kind !== 'pod' || end.pod.spec.hostNetwork) return undefined;
  const labels = stableLabelsOf(model, end.pod);
  const write = WRITERS.find(([pattern]) => pattern.test(splitId(policy).kind))?.[1];
  const raw = model.raw(policy);
  if (labels === undefined || write === undefined || raw === undefined) return undefined;
  const { port, protocol } = flow;
  const { namespace } = end.pod;
  const name = `allow-${namespace}-${port}`.slice(0, 63);
  const patch = write(raw, { peer: end.pod, labels, port, protocol, direction: side, name });
  if (patch === undefined) return undefined;
  const text = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const way = side === 'ingress' ? 'from' : 'to';
  return {
    policy,
    side,
    patch: [{ op: 'add', ...patch }],
    admits: `${protocol} ${port} ${way} Pods ${text.join(',')} of namespace ${namespace}`,
  };
}

type Writer = (raw: JsonObject, wanted: Wanted) => { readonly path: string; readonly value: Json } | undefined;

const WRITERS: readonly (readonly [RegExp, Writer])[] = [
  [/^Cilium(?:Clusterwide)?NetworkPolicy$/, ciliumRule],
  [/^(?:NetworkPolicy\.(?:crd\.)?projectcalico\.org|GlobalNetworkPolicy)$/, calicoRule],
  [/^(?:Baseline)?AdminNetworkPolicy$/, adminRule],
];

/** Cilium: rules unite, so one more at the end is enough; a deny rule that matches beats it, then there is no patch. */
function ciliumRule(raw: JsonObject, { peer, labels, port, protocol, direction }: Wanted) {
  const spec = childObject(raw, 'spec');
  if (spec === undefined || spec[`${direction}Deny`] !== undefined) return undefined;
  const matchLabels = { 'k8s:io.kubernetes.pod.namespace': peer.namespace, ...labels };
  const peers = direction === 'ingress' ? 'fromEndpoints' : 'toEndpoints';
  const rule: JsonObject = {
    [peers]: [{ matchLabels }],
    toPorts: [{ ports: [{ port: String(port), protocol }] }],
  };
  return appended(spec, direction, rule);
}

/** Calico: the first rule that matches decides, so the new one goes in front. */
function calicoRule(raw: JsonObject, { peer, labels, port, protocol, direction }: Wanted) {
  const spec = childObject(raw, 'spec');
  if (spec === undefined) return undefined;
  const selector = Object.entries(labels)
    .map(([key, value]) => `${key} == '${value}'`)
    .join(' && ');
  const who = { namespaceSelector: `projectcalico.org/name == '${peer.namespace}'`, selector };
  const ports = { ports: [port] };
  const rule: JsonObject = {
    action: 'Allow',
    protocol,
    ...(direction === 'ingress' ? { source: who, destination: ports } : { destination: { ...who, ...ports } }),
  };
  return inFront(spec, direction, rule);
}

/** Admin tiers: the first rule that matches decides. */
function adminRule(raw: JsonObject, { peer, labels, port, protocol, direction, name }: Wanted) {
  const spec = childObject(raw, 'spec');
  if (spec === undefined) return undefined;
  const pods: JsonObject = {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': peer.namespace } },
    podSelector: { matchLabels: { ...labels } },
  };
  const rule: JsonObject = {
    name,
    action: 'Allow',
    [direction === 'ingress' ? 'from' : 'to']: [{ pods }],
    ports: [{ portNumber: { protocol, port } }],
  };
  return inFront(spec, direction, rule);
}

function appended(spec: JsonObject, direction: Direction, rule: JsonObject) {
  const known = spec[direction];
  // A list that holds one empty rule admits nothing, and goes on doing so beside another rule.
  return Array.isArray(known)
    ? { path: `/spec/${direction}/-`, value: rule }
    : { path: `/spec/${direction}`, value: [rule] };
}

function inFront(spec: JsonObject, direction: Direction, rule: JsonObject) {
  return Array.isArray(spec[direction])
    ? { path: `/spec/${direction}/0`, value: rule }
    : { path: `/spec/${direction}`, value: [rule] };
}

function childObject(raw: JsonObject, key: string): JsonObject | undefined {
  const value = raw[key];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}
