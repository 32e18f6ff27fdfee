import { formatPath } from '../../base/field-path.ts';
import { idOf } from '../../base/object-id.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { PolicyDirection } from '../../model/kinds/network-policy.ts';
import type { Flow, FlowVerdict, SideVerdict } from './flow.ts';
import { judgeSide } from './judge-side.ts';
import { type PolicyIndex, policyIndexOf } from './policy-index.ts';
import { type Ruling, toEvidence } from './ruling.ts';

/**
 * May the connection pass every policy at both of its ends? `denied` when one end surely refuses, `allowed` when both
 * surely let it pass, else `unknown`.
 */
export function judgeFlow(model: ClusterModel, flow: Flow): FlowVerdict {
  const index = policyIndexOf(model);
  const egress = sideVerdict(judgeSide(index, flow, 'egress'), 'egress');
  const ingress = sideVerdict(judgeSide(index, flow, 'ingress'), 'ingress');
  const deciding = decidingSide(egress, ingress);
  const unreadNamespaces = assumptionsOf(index, flow, egress, ingress);
  return {
    state: deciding.state,
    ...(deciding.side === undefined ? {} : { side: deciding.side }),
    by: deciding.state === 'allowed' ? [...egress.by, ...ingress.by] : deciding.by,
    why: withAssumptions(deciding, unreadNamespaces),
    get evidence(): readonly Evidence[] {
      return deciding.state === 'allowed' ? [...egress.evidence, ...ingress.evidence] : deciding.evidence;
    },
    egress,
    ingress,
    assumed: unreadNamespaces.length === 0 ? [] : ['NetworkPolicy'],
  };
}

/** Where a packet dies first: at the sender's side, then at the receiver's. */
function decidingSide(egress: SideVerdict, ingress: SideVerdict): SideVerdict {
  for (const state of ['denied', 'unknown'] as const) {
    if (egress.state === state) return egress;
    if (ingress.state === state) return ingress;
  }
  return ingress.unrestricted && !egress.unrestricted ? egress : ingress;
}

function sideVerdict(ruling: Ruling, side: PolicyDirection): SideVerdict {
  if (ruling.state === 'none') {
    return { state: 'allowed', by: [], why: `no policy restricts its ${side}`, evidence: [], unrestricted: true };
  }
  const path = ruling.cites.find((cite) => cite.object === ruling.by[0] && cite.path[1] === side)?.path;
  let evidence: readonly Evidence[] | undefined;
  return {
    state: ruling.state,
    side,
    by: ruling.by.map(idOf),
    why: ruling.why,
    get evidence(): readonly Evidence[] {
      evidence ??= ruling.cites.map(toEvidence);
      return evidence;
    },
    unrestricted: false,
    ...(path === undefined ? {} : { path: formatPath(path) }),
  };
}

/** An end that nothing selects, in a namespace whose policies nobody read. */
function assumptionsOf(index: PolicyIndex, flow: Flow, egress: SideVerdict, ingress: SideVerdict): readonly string[] {
  const open = [egress.unrestricted ? flow.from : undefined, ingress.unrestricted ? flow.to : undefined];
  const namespaces = open.flatMap((end) =>
    end?.kind === 'pod' && !end.pod.spec.hostNetwork && index.reading(end.pod.namespace).state === 'assumed'
      ? [end.pod.namespace]
      : [],
  );
  return [...new Set(namespaces)].sort();
}

/** What was taken for granted is said where the verdict rests on it. */
function withAssumptions(verdict: SideVerdict, namespaces: readonly string[]): string {
  if (verdict.state !== 'allowed' || namespaces.length === 0) return verdict.why;
  return `${verdict.why} (assumed: none is in the input for namespace ${namespaces.join(' and ')})`;
}
