import { displayId, idOf } from '../../../base/object-id.ts';
import type { NetworkPolicy } from '../../../model/kinds/network-policy.ts';
import { readString } from '../../../model/project/read.ts';
import { both, doubt, isDoubt, type Match } from '../match.ts';
import { findAdmission } from '../network-policies.ts';
import { textOf } from '../peer.ts';
import { NONE, type Ruling, undecided } from '../ruling.ts';
import type { Side } from '../side.ts';
import { matchCalicoRule, namespaceLabels, podLabels } from './match-rule.ts';
import { type CalicoPolicy, type CalicoTier, calicoTiersOf, DEFAULT_TIER } from './policy.ts';

/** Calico gives NetworkPolicies this order in its default tier (libcalico-go conversion). */
const KUBERNETES_ORDER = 1000;

/** What one policy may do with the flow. */
interface Effect {
  readonly action: 'allow' | 'deny' | 'pass';
  readonly sure: boolean;
  readonly ruling: Ruling;
}

/**
 * NetworkPolicies together with Calico's own policies: tiers in order, in each the selecting policies by order, the first
 * rule that matches decides; a tier with a selecting policy denies what none of its rules decides. Undefined where no
 * Calico policy selects the Pod.
 */
export function askCalico(side: Side): Ruling | undefined {
  const tiers = calicoTiersOf(side.index.model)
    .map((tier) => ({ tier, policies: selectingPolicies(tier, side) }))
    .filter(({ policies }) => policies.length > 0);
  if (tiers.length === 0) return undefined;
  const unplaced = tiers.find(({ tier }) => tier.order === undefined);
  if (unplaced !== undefined) {
    return undecided(
      `the order of the Calico tier ${unplaced.tier.name} was not read`,
      unplaced.policies.map(({ policy }) => policy.object),
    );
  }
  const withKubernetes = tiers.some(({ tier }) => tier.name === DEFAULT_TIER)
    ? tiers
    : [...tiers, { tier: DEFAULT, policies: [] }].sort((a, b) => (a.tier.order ?? 0) - (b.tier.order ?? 0));
  return judgeTier(side, withKubernetes, 0);
}

interface Selecting {
  readonly policy: CalicoPolicy;
  readonly selected: Match;
}
interface PlacedTier {
  readonly tier: CalicoTier;
  readonly policies: readonly Selecting[];
}

const DEFAULT: CalicoTier = { name: DEFAULT_TIER, order: 1_000_000, end: 'deny', policies: [] };

function selectingPolicies(tier: CalicoTier, side: Side): readonly Selecting[] {
  const { subject, index, direction } = side;
  const namespace = index.namespace(subject.namespace);
  return tier.policies.flatMap((policy): Selecting[] => {
    if (!policy.types.includes(direction)) return [];
    const home = policy.object.namespace;
    if (home !== '' && home !== subject.namespace) return [];
    if (policy.selector === undefined || policy.namespaceSelector === undefined) {
      return [{ policy, selected: doubt(`the selector of ${displayId(idOf(policy.object))} cannot be read`) }];
    }
    const selected = both(
      policy.namespaceSelector(namespaceLabels(namespace)),
      policy.selector(podLabels(subject, namespace)),
    );
    if (selected === false) return [];
    const account = doubt(`${displayId(idOf(policy.object))} selects by service account`);
    return [{ policy, selected: policy.limitedByAccount ? both(selected, account) : selected }];
  });
}

function judgeTier(side: Side, tiers: readonly PlacedTier[], at: number): Ruling {
  const placed = tiers[at];
  if (placed === undefined) return NONE;
  const effects: Effect[] = [];
  const kubernetes = placed.tier.name === DEFAULT_TIER ? side.index.selecting(side.subject, side.direction) : [];
  let applies = kubernetes.length > 0;
  let asked = false;
  for (const { policy, selected } of placed.policies) {
    if (!asked && policy.order > KUBERNETES_ORDER) {
      effects.push(...kubernetesEffects(side, kubernetes));
      asked = true;
    }
    applies ||= selected === true;
    effects.push(...policyEffects(side, policy, selected));
  }
  if (!asked) effects.push(...kubernetesEffects(side, kubernetes));
  const sure = effects.findIndex((effect) => effect.sure);
  const possible = sure < 0 ? effects : effects.slice(0, sure + 1);
  const rulings = possible.map((effect) => (effect.action === 'pass' ? judgeTier(side, tiers, at + 1) : effect.ruling));
  if (sure < 0) rulings.push(...endings(side, placed, kubernetes, applies, () => judgeTier(side, tiers, at + 1)));
  return oneOf(
    rulings,
    placed.policies.map(({ policy }) => policy.object),
  );
}

/** What happens behind the last policy: the tier's end when one surely applies, perhaps the next tier when none does. */
function endings(
  side: Side,
  placed: PlacedTier,
  kubernetes: readonly NetworkPolicy[],
  applies: boolean,
  next: () => Ruling,
): readonly Ruling[] {
  if (placed.tier.end === 'pass') return [next()];
  const by = [...placed.policies.map(({ policy }) => policy.object), ...kubernetes];
  const names = by
    .slice(0, 3)
    .map((object) => displayId(idOf(object)))
    .join(', ');
  const denied: Ruling = {
    state: 'denied',
    by,
    why: `${names} ${by.length === 1 ? 'selects' : 'select'} ${side.subject.name} and no rule admits ${textOf(side.peer)} on ${side.ask.protocol} ${side.ask.port}`,
    cites: by.map((object) => ({
      object,
      path: ['spec', side.direction],
      text: `no ${side.direction} rule admits it`,
    })),
  };
  return applies ? [denied] : by.length > 0 ? [denied, next()] : [next()];
}

function kubernetesEffects(side: Side, policies: readonly NetworkPolicy[]): readonly Effect[] {
  const admission = findAdmission(policies, side.direction, side.peer, side.ask, side.index.rules);
  const { policy, match } = admission;
  if (match === false || policy === undefined) return [];
  const why = `${displayId(idOf(policy))} admits ${textOf(side.peer)} by ${side.direction}[${admission.rule ?? 0}]`;
  const cite = { object: policy, path: ['spec', side.direction, admission.rule ?? 0], text: why };
  return [{ action: 'allow', sure: match === true, ruling: { state: 'allowed', by: [policy], why, cites: [cite] } }];
}

function policyEffects(side: Side, policy: CalicoPolicy, selected: Match): readonly Effect[] {
  const effects: Effect[] = [];
  const subject = { kind: 'pod' as const, pod: side.subject, namespace: side.index.namespace(side.subject.namespace) };
  const [source, destination] = side.direction === 'ingress' ? [side.peer, subject] : [subject, side.peer];
  const { model } = side.index;
  const named = ['NetworkSet', 'GlobalNetworkSet', 'HostEndpoint'].some((kind) => model.foreign(kind).length > 0);
  const ask = { source, destination, ask: side.ask, home: policy.object.namespace, named };
  for (const [index, rule] of policy[side.direction].entries()) {
    const action = readString(rule, 'action')?.toLowerCase();
    if (action !== 'allow' && action !== 'deny' && action !== 'pass') continue;
    const match = both(matchCalicoRule(rule, ask), selected);
    if (match === false) continue;
    const name = displayId(idOf(policy.object));
    const verb = { allow: 'admits', deny: 'denies', pass: 'passes on' }[action];
    const why = `${name} ${verb} ${textOf(side.peer)} by ${side.direction}[${index}]`;
    const cite = { object: policy.object, path: ['spec', side.direction, index], text: why };
    const ruling: Ruling = { state: action === 'deny' ? 'denied' : 'allowed', by: [policy.object], why, cites: [cite] };
    effects.push({ action, sure: !isDoubt(match), ruling });
    if (!isDoubt(match)) break;
  }
  return effects;
}

function oneOf(rulings: readonly Ruling[], by: readonly CalicoPolicy['object'][]): Ruling {
  const [first] = rulings;
  if (first === undefined) return NONE;
  const passes = (ruling: Ruling): boolean => ruling.state === 'none' || ruling.state === 'allowed';
  if (rulings.every(passes) || rulings.every((ruling) => ruling.state === first.state)) return first;
  return undecided(
    `what ${by.map((object) => displayId(idOf(object))).join(', ') || 'Calico'} does with it cannot be told`,
    by,
  );
}
