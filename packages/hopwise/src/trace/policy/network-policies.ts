import { displayId, idOf } from '../../base/object-id.ts';
import type { NetworkPolicy, PolicyDirection, PolicyRule } from '../../model/kinds/network-policy.ts';
import { anyOf, both, doubt, type Match } from './match.ts';
import { matchPeer, matchPort, type Peer, type PeerRules, type PortAsk } from './peer.ts';

/** The first thing of a policy that admits a flow, or the first doubt where nothing surely does. */
export interface Admission {
  readonly match: Match;
  readonly policy?: NetworkPolicy;
  /** `ingress[0].from[2]`, or `ingress[0]` where a rule has no peers. */
  readonly rule?: number;
  readonly peer?: number;
}

const NOT_ADMITTED: Admission = { match: false };

/** Policies are additive: one rule of one policy is enough. */
export function findAdmission(
  policies: readonly NetworkPolicy[],
  direction: PolicyDirection,
  peer: Peer,
  ask: PortAsk,
  rules: PeerRules,
): Admission {
  let doubtful = NOT_ADMITTED;
  for (const policy of policies) {
    for (const [index, rule] of policy[direction].entries()) {
      const admission = admitBy(policy, rule, peer, ask, rules);
      if (admission.match === false) continue;
      const placed: Admission = { ...admission, policy, rule: index };
      if (admission.match === true) return placed;
      if (doubtful.match === false)
        doubtful = { ...placed, match: doubt(describeDoubt(policy, direction, index, admission.match.doubt)) };
    }
  }
  return doubtful;
}

function admitBy(policy: NetworkPolicy, rule: PolicyRule, peer: Peer, ask: PortAsk, rules: PeerRules): Admission {
  const port: Match = rule.ports.length === 0 ? true : anyOf(rule.ports, (entry) => matchPort(entry, ask));
  if (port === false) return NOT_ADMITTED;
  if (rule.peers.length === 0) return { match: port };
  let doubtful = NOT_ADMITTED;
  for (const [index, entry] of rule.peers.entries()) {
    const match = both(matchPeer(entry, peer, policy.namespace, rules), port);
    if (match === true) return { match, peer: index };
    if (match !== false && doubtful.match === false) doubtful = { match, peer: index };
  }
  return doubtful;
}

function describeDoubt(policy: NetworkPolicy, direction: PolicyDirection, rule: number, why: string): string {
  return `${displayId(idOf(policy))} may admit it by ${direction}[${rule}], but ${why}`;
}
