import { displayId, idOf } from '../../base/object-id.ts';
import type {
  NetworkPolicy,
  PolicyDirection,
  PolicyPeer,
  PolicyPort,
  PolicyRule,
} from '../../model/kinds/network-policy.ts';
import { both, doubt, type Match } from './match.ts';
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

/** Policies are additive: one rule of one policy is enough. Plain loops, since this runs for every pair of a scan. */
export function findAdmission(
  policies: readonly NetworkPolicy[],
  direction: PolicyDirection,
  peer: Peer,
  ask: PortAsk,
  rules: PeerRules,
): Admission {
  let doubtful = NOT_ADMITTED;
  for (const policy of policies) {
    const list = policy[direction];
    for (let index = 0; index < list.length; index++) {
      const rule = list[index] as PolicyRule;
      const port = matchPorts(rule.ports, ask);
      if (port === false) continue;
      const { peers } = rule;
      if (peers.length === 0 && port === true) return { match: true, policy, rule: index };
      for (let at = 0; at < peers.length; at++) {
        const match = both(matchPeer(peers[at] as PolicyPeer, peer, policy.namespace, rules), port);
        if (match === true) return { match, policy, rule: index, peer: at };
        if (match !== false && doubtful.match === false) doubtful = doubted(policy, direction, index, match.doubt, at);
      }
      if (peers.length === 0 && port !== true && doubtful.match === false) {
        doubtful = doubted(policy, direction, index, port.doubt, undefined);
      }
    }
  }
  return doubtful;
}

function matchPorts(ports: readonly PolicyPort[], ask: PortAsk): Match {
  if (ports.length === 0) return true;
  let result: Match = false;
  for (const port of ports) {
    const match = matchPort(port, ask);
    if (match === true) return true;
    if (result === false) result = match;
  }
  return result;
}

function doubted(
  policy: NetworkPolicy,
  direction: PolicyDirection,
  rule: number,
  why: string,
  peer: number | undefined,
): Admission {
  const match = doubt(describeDoubt(policy, direction, rule, why));
  return peer === undefined ? { match, policy, rule } : { match, policy, rule, peer };
}

function describeDoubt(policy: NetworkPolicy, direction: PolicyDirection, rule: number, why: string): string {
  return `${displayId(idOf(policy))} may admit it by ${direction}[${rule}], but ${why}`;
}
