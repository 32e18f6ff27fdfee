import { displayId, idOf } from '../../base/object-id.ts';
import { askCalico } from './calico/judge.ts';
import { askCilium, type CiliumFinding, type CiliumOpinion } from './cilium/judge.ts';
import { judgeNetworkPolicies } from './judge-namespaced.ts';
import { isDoubt } from './match.ts';
import { textOf } from './peer.ts';
import { type Decided, NONE, type Ruling, undecided } from './ruling.ts';
import type { Side } from './side.ts';
import { unfollowedPolicies } from './unfollowed.ts';

/** Everything between the two cluster-wide tiers: NetworkPolicies and what the Pod network has beside them. */
export function judgeMiddle(side: Side): Ruling {
  if (side.index.ownKindsUnread !== undefined) return undecided(side.index.ownKindsUnread);
  const ruling = askCalico(side) ?? judgeWithCilium(side);
  const unfollowed = unfollowedPolicies(side);
  const [first] = unfollowed;
  if (first === undefined) return ruling;
  return undecided(`${displayId(idOf(first))} may decide, and its kind is not evaluated`, unfollowed);
}

/** Cilium unites its policies with NetworkPolicies: any of them isolates, any admits, and a deny rule beats them all. */
function judgeWithCilium(side: Side): Ruling {
  const kubernetes = judgeNetworkPolicies(side);
  const cilium = askCilium(side);
  if (cilium === undefined) return kubernetes;
  const { deny, allow } = cilium;
  if (deny.match === true) return decided('denied', deny);
  const ruling = united(side, kubernetes, cilium);
  if (!isDoubt(deny.match) || ruling.state === 'denied') return ruling;
  return undecided(`${deny.cite?.text ?? 'a deny rule'} perhaps: ${deny.match.doubt}`, objectsOf(deny, allow));
}

function united(side: Side, kubernetes: Ruling, cilium: CiliumOpinion): Ruling {
  const { allow, isolated, selecting } = cilium;
  if (allow.match === true) return decided('allowed', allow);
  if (kubernetes.state === 'allowed' || kubernetes.state === 'unknown') return kubernetes;
  if (kubernetes.state === 'none' && isolated === false) return NONE;
  if (isDoubt(allow.match))
    return undecided(`${allow.cite?.text ?? 'a rule'} perhaps: ${allow.match.doubt}`, objectsOf(allow));
  if (kubernetes.state === 'none' && isDoubt(isolated)) {
    return undecided(
      isolated.doubt,
      selecting.map((spec) => spec.object),
    );
  }
  const own = selecting.filter((spec) => spec.defaultDeny[side.direction]).map((spec) => spec.object);
  const names = own.map((object) => displayId(idOf(object))).join(', ');
  const others = kubernetes.state === 'none' ? [] : kubernetes.by;
  const why = `${names || kubernetesWhy(kubernetes)} ${own.length > 1 ? 'select' : 'selects'} ${side.subject.name} and no rule admits ${textOf(side.peer)} on ${side.ask.protocol} ${side.ask.port}`;
  return {
    state: 'denied',
    by: [...own, ...others],
    why: own.length === 0 ? kubernetesWhy(kubernetes) : why,
    cites: [
      ...own.map((object) => ({ object, path: ['spec', side.direction], text: `no ${side.direction} rule admits it` })),
      ...(kubernetes.state === 'none' ? [] : kubernetes.cites),
    ],
  };
}

function kubernetesWhy(ruling: Ruling): string {
  return ruling.state === 'none' ? '' : ruling.why;
}

function decided(state: 'allowed' | 'denied', finding: CiliumFinding): Decided {
  const { cite } = finding;
  if (cite === undefined) return { state, by: [], why: 'a Cilium policy decides', cites: [] };
  return { state, by: [cite.object], why: cite.text, cites: [cite] };
}

function objectsOf(...findings: readonly CiliumFinding[]): Decided['by'] {
  return findings.flatMap(({ cite }) => (cite === undefined ? [] : [cite.object]));
}
