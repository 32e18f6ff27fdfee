import { displayId, idOf } from '../../base/object-id.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { NetworkPolicy } from '../../model/kinds/network-policy.ts';
import type { Pod, PodSpec } from '../../model/kinds/pod.ts';
import type { Service } from '../../model/kinds/service.ts';
import type { Labels } from '../../model/meta.ts';
import { selects } from '../../model/selector.ts';
import type { Flow, FlowEnd } from './flow.ts';
import { judgeFlow } from './judge.ts';

/** A policy that may keep a sender nobody read from where it sends. */
export interface SenderDoubt {
  readonly policy: NetworkPolicy;
  readonly why: string;
}

/**
 * The first egress policy that may select a gateway whose Pods are not in the input, and does not let such a Pod reach any
 * of the ends. Where Services of the gateway are known, its Pods are in their namespaces and have the labels that those
 * select; else a policy may be the gateway's when it selects no Pod that was read: it was written for somebody.
 */
export function doubtUnseenSender(
  model: ClusterModel,
  services: readonly Service[],
  ends: readonly Omit<Flow, 'from'>[],
): SenderDoubt | undefined {
  for (const { policy, labels } of candidates(model, services)) {
    const from: FlowEnd = { kind: 'pod', pod: imagine(policy, labels) };
    if (ends.length === 0 || !ends.every((end) => judgeFlow(model, { ...end, from }).egress.state === 'denied'))
      continue;
    const port = ends[0]?.port ?? 0;
    return {
      policy,
      why: `${displayId(idOf(policy))} may select the gateway's Pods, which are not in the input, and does not let them out to port ${port} of the backend`,
    };
  }
  return undefined;
}

interface Candidate {
  readonly policy: NetworkPolicy;
  /** Labels that the gateway's Pods are known to have. */
  readonly labels: Labels;
}

function candidates(model: ClusterModel, services: readonly Service[]): readonly Candidate[] {
  const homes = services.filter(({ selector }) => selector !== undefined);
  if (homes.length === 0) {
    return model
      .list('NetworkPolicy')
      .filter((policy) => policy.isolates.includes('egress') && selectsNobody(model, policy))
      .map((policy) => ({ policy, labels: {} }));
  }
  return homes.flatMap(({ namespace, selector = {} }) =>
    model
      .listIn('NetworkPolicy', namespace)
      .filter((policy) => policy.isolates.includes('egress') && mayHave(policy, selector))
      .map((policy) => ({ policy, labels: selector })),
  );
}

function selectsNobody(model: ClusterModel, { namespace, podSelector }: NetworkPolicy): boolean {
  return !model.listIn('Pod', namespace).some((pod) => selects(podSelector, pod.labels));
}

/** Nothing that is known of the labels speaks against the selector; keys that are not known may have any value. */
function mayHave({ podSelector }: NetworkPolicy, labels: Labels): boolean {
  const known = podSelector.requirements.filter(({ key }) => Object.hasOwn(labels, key));
  return selects({ requirements: known }, labels);
}

/** A Pod that the policy selects, with no more labels than that takes. */
function imagine({ namespace, podSelector, origin }: NetworkPolicy, known: Labels): Pod {
  const labels: Record<string, string> = { ...known };
  for (const { key, operator, values } of podSelector.requirements) {
    if (Object.hasOwn(labels, key)) continue;
    if (operator === 'In') labels[key] = values[0] ?? '';
    else if (operator === 'Exists') labels[key] = '';
  }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    namespace,
    name: 'gateway',
    labels,
    annotations: {},
    origin,
    spec: NO_SPEC,
    phase: '',
    ips: [],
    hostIPs: [],
    conditions: [],
    ready: true,
    statuses: [],
    hasStatus: false,
  };
}

const NO_SPEC: PodSpec = {
  containers: [],
  hostNetwork: false,
  dnsPolicy: 'ClusterFirst',
  serviceAccount: '',
  terminationGraceSeconds: 30,
  restartPolicy: 'Always',
  readinessGates: [],
  volumes: [],
  hostAliases: [],
};
