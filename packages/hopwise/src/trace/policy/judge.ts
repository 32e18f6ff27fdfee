import type { ClusterModel } from '../../model/cluster-model.ts';
import type { PolicyDirection } from '../../model/kinds/network-policy.ts';
import type { Flow, FlowEnd, FlowVerdict, SideVerdict } from './flow.ts';
import { judgeSide } from './judge-side.ts';
import { type PolicyIndex, policyIndexOf } from './policy-index.ts';
import { BothSides, DecidedSide, UNRESTRICTED } from './verdict.ts';

/**
 * May the connection pass every policy at both of its ends? `denied` when one end surely refuses, `allowed` when both
 * surely let it pass, else `unknown`.
 */
export function judgeFlow(model: ClusterModel, flow: Flow): FlowVerdict {
  const index = policyIndexOf(model);
  const egress = judge(index, flow, 'egress');
  const ingress = judge(index, flow, 'ingress');
  return new BothSides(egress, ingress, assumptionsOf(index, flow, egress, ingress));
}

function judge(index: PolicyIndex, flow: Flow, side: PolicyDirection): SideVerdict {
  const ruling = judgeSide(index, flow, side);
  return ruling.state === 'none' ? UNRESTRICTED[side] : new DecidedSide(ruling, side);
}

const NO_NAMESPACES: readonly string[] = [];

/** Namespaces of ends that nothing selects because nobody read their policies. */
function assumptionsOf(index: PolicyIndex, flow: Flow, egress: SideVerdict, ingress: SideVerdict): readonly string[] {
  const sender = egress.unrestricted ? assumedNamespace(index, flow.from) : undefined;
  const receiver = ingress.unrestricted ? assumedNamespace(index, flow.to) : undefined;
  if (sender === undefined) return receiver === undefined ? NO_NAMESPACES : [receiver];
  return receiver === undefined || receiver === sender ? [sender] : [sender, receiver].sort();
}

function assumedNamespace(index: PolicyIndex, end: FlowEnd): string | undefined {
  if (end.kind !== 'pod' || end.pod.spec.hostNetwork) return undefined;
  return index.reading(end.pod.namespace).state === 'assumed' ? end.pod.namespace : undefined;
}
