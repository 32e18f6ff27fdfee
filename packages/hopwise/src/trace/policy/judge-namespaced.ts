import { displayId, idOf } from '../../base/object-id.ts';
import type { NetworkPolicy } from '../../model/kinds/network-policy.ts';
import { isDoubt } from './match.ts';
import { type Miss, missesOf } from './misses.ts';
import { findAdmission } from './network-policies.ts';
import { textOf } from './peer.ts';
import { type Cite, type Decided, NONE, once, type Ruling, undecided } from './ruling.ts';
import type { Side } from './side.ts';

/**
 * networking.k8s.io/v1: a Pod that no policy selects for a direction is not isolated; of one that is, whatever some rule
 * of some selecting policy admits passes, and nothing else.
 */
export function judgeNetworkPolicies(side: Side): Ruling {
  const { index, subject, direction } = side;
  const policies = index.selecting(subject, direction);
  const reading = index.reading(subject.namespace);
  if (policies.length === 0) return reading.state === 'unread' ? undecided(reading.why) : NONE;
  const admission = findAdmission(policies, direction, side.peer, side.ask, index.rules);
  if (admission.match === true && admission.policy !== undefined) {
    return allowedBy(side, admission.policy, admission.rule ?? 0, admission.peer);
  }
  if (isDoubt(admission.match)) return undecided(admission.match.doubt, policies, selectionCites(side, policies));
  if (reading.state === 'unread') {
    return undecided(
      `${displayId(idOf(policies[0] as NetworkPolicy))} does not admit it, but others may: ${reading.why}`,
      policies,
    );
  }
  return new Denial(side, policies);
}

function allowedBy(side: Side, policy: NetworkPolicy, rule: number, peer: number | undefined): Decided {
  const { direction } = side;
  const peersKey = direction === 'ingress' ? 'from' : 'to';
  const path = ['spec', direction, rule, ...(peer === undefined ? [] : [peersKey, peer])];
  const field = `${direction}[${rule}]${peer === undefined ? '' : `.${peersKey}[${peer}]`}`;
  const why = `${displayId(idOf(policy))} admits ${textOf(side.peer)} by ${field}`;
  return { state: 'allowed', by: [policy], why, cites: [{ object: policy, path, text: why }] };
}

/**
 * The policy that came nearest to admitting the flow goes first: it is the one that was meant to. Worked out when asked:
 * of thousands of denials few are shown.
 */
class Denial implements Decided {
  readonly state = 'denied';
  readonly #side: Side;
  readonly #ranked: () => readonly Ranked[];

  constructor(side: Side, policies: readonly NetworkPolicy[]) {
    this.#side = side;
    this.#ranked = once(() => rank(side, policies));
  }

  get by(): readonly NetworkPolicy[] {
    return this.#ranked().map(({ policy }) => policy);
  }

  get why(): string {
    const [first] = this.#ranked();
    if (first?.nearest === undefined) return 'nothing admits it';
    return `${displayId(idOf(first.policy))} selects ${this.#side.subject.name}: ${first.nearest.text}`;
  }

  get cites(): readonly Cite[] {
    const nearest = this.#ranked().flatMap((entry): Cite[] => (entry.nearest === undefined ? [] : [entry.nearest]));
    return [...selectionCites(this.#side, this.by), ...nearest];
  }
}

interface Ranked {
  readonly policy: NetworkPolicy;
  readonly nearest: Miss | undefined;
}

function rank(side: Side, policies: readonly NetworkPolicy[]): readonly Ranked[] {
  return policies
    .map((policy) => ({ policy, nearest: missesOf(policy, side)[0] }))
    .sort((left, right) => (right.nearest?.near ?? 0) - (left.nearest?.near ?? 0));
}

function selectionCites(side: Side, policies: readonly NetworkPolicy[]): readonly Cite[] {
  return policies.map((policy) => ({
    object: policy,
    path: ['spec', 'podSelector'],
    text: `spec.podSelector ${policy.podSelector.requirements.length === 0 ? '{} ' : ''}selects ${side.subject.name}`,
  }));
}
