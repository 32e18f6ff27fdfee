import { formatPath } from '../../base/field-path.ts';
import { idOf, type ObjectId, splitId } from '../../base/object-id.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { FieldEvidence } from '../../model/evidence.ts';
import type { NetworkPolicy, PolicyDirection } from '../../model/kinds/network-policy.ts';
import type { Flow } from './flow.ts';
import { judgeFlow } from './judge.ts';
import { listSides } from './judge-side.ts';
import { type Miss, missesOf } from './misses.ts';
import { policyIndexOf } from './policy-index.ts';
import { toEvidence } from './ruling.ts';
import type { Side } from './side.ts';

/** Why nothing admits a denied flow: each rule that might have, and what kept it from doing so, the nearest first. */
export interface DenialExplanation {
  readonly side: PolicyDirection;
  /** The object to change. */
  readonly policy: ObjectId;
  /** Empty where a policy that is no NetworkPolicy denies. */
  readonly misses: readonly DenialMiss[];
}

export interface DenialMiss {
  readonly kind: Miss['kind'];
  readonly policy: ObjectId;
  readonly path: string;
  readonly why: string;
  readonly evidence: FieldEvidence;
  /** The rule's peers admit the other end, only its ports do not. */
  readonly peerMatches: boolean;
  readonly portMatches: boolean;
}

/** Undefined when the flow is not denied. */
export function explainDenial(model: ClusterModel, flow: Flow): DenialExplanation | undefined {
  const verdict = judgeFlow(model, flow);
  const [policy] = verdict.by;
  if (verdict.state !== 'denied' || verdict.side === undefined || policy === undefined) return undefined;
  const misses = missesOn(model, flow, verdict.side, verdict.by);
  return { side: verdict.side, policy, misses: misses.map(({ miss }) => describe(miss)) };
}

export interface SidedMiss {
  readonly policy: NetworkPolicy;
  readonly side: Side;
  readonly miss: Miss;
}

/** The misses of the named NetworkPolicies on one side of a flow, nearest first, each said once. */
export function missesOn(
  model: ClusterModel,
  flow: Flow,
  direction: PolicyDirection,
  by: readonly ObjectId[],
): readonly SidedMiss[] {
  const sides = listSides(policyIndexOf(model), flow, direction);
  const policies = by.flatMap((id) => {
    const { kind, namespace, name } = splitId(id);
    const found = kind === 'NetworkPolicy' ? model.get('NetworkPolicy', namespace, name) : undefined;
    return found?.state === 'found' ? [found.value] : [];
  });
  const seen = new Set<string>();
  const misses = policies.flatMap((policy) =>
    sides.flatMap((side) => missesOf(policy, side).map((miss) => ({ policy, side, miss }))),
  );
  return misses
    .filter(({ policy, miss }) => {
      const key = `${idOf(policy)} ${formatPath(miss.path)}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    })
    .sort((left, right) => right.miss.near - left.miss.near);
}

function describe(miss: Miss): DenialMiss {
  return {
    kind: miss.kind,
    policy: idOf(miss.object),
    path: formatPath(miss.path),
    why: miss.text,
    evidence: toEvidence(miss),
    peerMatches: miss.peerMatches,
    portMatches: miss.portMatches,
  };
}
