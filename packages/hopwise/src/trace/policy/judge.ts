import { formatPath } from '../../base/field-path.ts';
import { idOf } from '../../base/object-id.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { PolicyDirection } from '../../model/kinds/network-policy.ts';
import type { Flow, FlowEnd, FlowVerdict, SideVerdict } from './flow.ts';
import { judgeSide } from './judge-side.ts';
import { type PolicyIndex, policyIndexOf } from './policy-index.ts';
import { once, type Ruling, toEvidence } from './ruling.ts';

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
  const passes = deciding.state === 'allowed';
  return {
    state: deciding.state,
    ...(deciding.side === undefined ? {} : { side: deciding.side }),
    get by() {
      return passes ? [...egress.by, ...ingress.by] : deciding.by;
    },
    get why() {
      return withAssumptions(deciding, unreadNamespaces);
    },
    get evidence() {
      return passes ? [...egress.evidence, ...ingress.evidence] : deciding.evidence;
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
  if (ruling.state === 'none') return UNRESTRICTED[side];
  const by = once(() => ruling.by.map(idOf));
  const evidence = once(() => ruling.cites.map(toEvidence));
  return {
    state: ruling.state,
    side,
    get by() {
      return by();
    },
    get why() {
      return ruling.why;
    },
    get evidence() {
      return evidence();
    },
    unrestricted: false,
    get path() {
      const [first] = ruling.by;
      const cite = ruling.cites.find(({ object, path }) => object === first && path[1] === side);
      return cite === undefined ? undefined : formatPath(cite.path);
    },
  };
}

const UNRESTRICTED: Readonly<Record<PolicyDirection, SideVerdict>> = {
  ingress: unrestricted('ingress'),
  egress: unrestricted('egress'),
};

function unrestricted(side: PolicyDirection): SideVerdict {
  const why = `no policy restricts its ${side}`;
  return { state: 'allowed', by: [], why, evidence: [], unrestricted: true, path: undefined };
}

/** An end that nothing selects, in a namespace whose policies nobody read. */
function assumptionsOf(index: PolicyIndex, flow: Flow, egress: SideVerdict, ingress: SideVerdict): readonly string[] {
  const sender = egress.unrestricted ? assumedNamespace(index, flow.from) : undefined;
  const receiver = ingress.unrestricted ? assumedNamespace(index, flow.to) : undefined;
  return [...new Set([sender, receiver])].filter((name) => name !== undefined).sort();
}

function assumedNamespace(index: PolicyIndex, end: FlowEnd): string | undefined {
  if (end.kind !== 'pod' || end.pod.spec.hostNetwork) return undefined;
  return index.reading(end.pod.namespace).state === 'assumed' ? end.pod.namespace : undefined;
}

/** What was taken for granted is said where the verdict rests on it. */
function withAssumptions(verdict: SideVerdict, namespaces: readonly string[]): string {
  if (verdict.state !== 'allowed' || namespaces.length === 0) return verdict.why;
  return `${verdict.why} (assumed: none is in the input for namespace ${namespaces.join(' and ')})`;
}
