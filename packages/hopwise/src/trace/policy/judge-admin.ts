import { displayId, idOf } from '../../base/object-id.ts';
import type { AdminPeer, AdminPolicy, AdminRule, PodsByNamespace } from '../../model/kinds/network-policy.ts';
import type { Pod } from '../../model/kinds/pod.ts';
import { selects } from '../../model/selector.ts';
import { anyOf, both, doubt, isDoubt, type Match } from './match.ts';
import { type NamespaceView, selectsNamespace } from './namespace-labels.ts';
import { matchBlock, matchPort, type Peer, PLAIN_RULES, textOf } from './peer.ts';
import type { PolicyIndex } from './policy-index.ts';
import { type Ruling, undecided } from './ruling.ts';
import type { Side } from './side.ts';

/** A rule that decides, or may decide, what a policy does with the flow. */
interface Hit {
  readonly policy: AdminPolicy;
  readonly rule: number;
  readonly action: AdminRule['action'];
  readonly doubt?: string;
}

/**
 * One cluster-wide tier: policies by priority, rules in order, the first match decides; Pass and no match ask `next`.
 * Policies of one priority have no order among themselves (AdminNetworkPolicySpec.Priority), so each of them may decide.
 */
export function judgeAdminTier(side: Side, tier: AdminPolicy['tier'], next: () => Ruling): Ruling {
  const unread = side.index.adminUnread(tier);
  if (unread !== undefined) return undecided(unread);
  return walk(side, side.index.adminPolicies(tier), 0, next);
}

function walk(side: Side, groups: readonly (readonly AdminPolicy[])[], at: number, next: () => Ruling): Ruling {
  const group = groups[at];
  if (group === undefined) return next();
  const found = group.map((policy) => hitsOf(policy, side));
  const hits = found.flatMap((entry) => entry.hits);
  if (hits.length === 0) return walk(side, groups, at + 1, next);
  const rulings = hits.map((hit) => apply(hit, side, next));
  if (found.every((entry) => entry.mayMiss)) rulings.push(walk(side, groups, at + 1, next));
  return agreed(hits, rulings);
}

function hitsOf(policy: AdminPolicy, side: Side): { readonly hits: readonly Hit[]; readonly mayMiss: boolean } {
  const hits: Hit[] = [];
  const selected = selectsSubject(policy, side);
  if (selected === false) return { hits, mayMiss: true };
  for (const [index, rule] of policy[side.direction].entries()) {
    const match = both(selected, matchRule(rule, side));
    if (match === false) continue;
    hits.push({ policy, rule: index, action: rule.action, ...(isDoubt(match) ? { doubt: match.doubt } : {}) });
    if (match === true) return { hits, mayMiss: false };
  }
  return { hits, mayMiss: true };
}

function selectsSubject(policy: AdminPolicy, side: Side): Match {
  if (policy.subject === undefined) return doubt(`the subject of ${displayId(idOf(policy))} is not understood`);
  return selectsPod(policy.subject, side.subject, side.index.namespace(side.subject.namespace));
}

function selectsPod(wanted: PodsByNamespace, pod: Pod, namespace: NamespaceView): Match {
  if (wanted.pods !== undefined && !selects(wanted.pods, pod.labels)) return false;
  return selectsNamespace(wanted.namespaces, namespace);
}

function matchRule(rule: AdminRule, side: Side): Match {
  const port = rule.ports.length === 0 ? true : anyOf(rule.ports, (entry) => matchPort(entry, side.ask));
  return both(
    port,
    anyOf(rule.peers, (peer) => matchAdminPeer(peer, side.peer, side.index)),
  );
}

/** Namespaces and pods never mean host-network Pods; networks see every address, also inside the cluster. */
function matchAdminPeer(wanted: AdminPeer, peer: Peer, index: PolicyIndex): Match {
  switch (wanted.kind) {
    case 'pods':
      if (peer.kind === 'address') return false;
      if (peer.kind === 'pod') return selectsPod(wanted, peer.pod, peer.namespace);
      return doubt(`${peer.text} was not read`);
    case 'networks':
      return anyOf(wanted.cidrs, (cidr) => matchBlock(cidr, [], peer, PLAIN_RULES));
    case 'nodes':
      if (peer.kind === 'pod') return false;
      if (peer.kind === 'unread') return doubt(`${peer.text} was not read`);
      if (peer.node !== undefined) return selects(wanted.nodes, peer.node.labels);
      return peer.hostPod !== undefined || !index.model.isRead('Node')
        ? doubt(`the Node objects were not completely read`)
        : false;
    case 'domains':
      return peer.kind === 'pod' ? false : doubt(`which addresses ${wanted.names.join(', ')} stand for is not known`);
    case 'invalid':
      return doubt(`a peer is not understood (${wanted.why})`);
  }
}

function apply(hit: Hit, side: Side, next: () => Ruling): Ruling {
  if (hit.action === 'pass') return next();
  const field = `${side.direction}[${hit.rule}]`;
  const name = displayId(idOf(hit.policy));
  const verb = hit.action === 'allow' ? 'allows' : 'denies';
  const why = `${name} ${verb} ${textOf(side.peer)} on ${side.ask.protocol} ${side.ask.port} by ${field}`;
  if (hit.action === 'unknown') return undecided(`the action of ${name} ${field} is not understood`, [hit.policy]);
  const path = ['spec', side.direction, hit.rule];
  return {
    state: hit.action === 'allow' ? 'allowed' : 'denied',
    by: [hit.policy],
    why,
    cites: [{ object: hit.policy, path, text: why }],
  };
}

/** One answer when every rule that may decide gives the same one. */
function agreed(hits: readonly Hit[], rulings: readonly Ruling[]): Ruling {
  const [first] = rulings as [Ruling, ...Ruling[]];
  const passes = (ruling: Ruling): boolean => ruling.state === 'none' || ruling.state === 'allowed';
  if (rulings.every(passes)) return first;
  if (rulings.every((ruling) => ruling.state === first.state)) return first;
  const doubtful = hits.find((hit) => hit.doubt !== undefined);
  const names = [...new Set(hits.map((hit) => displayId(idOf(hit.policy))))];
  const why =
    doubtful === undefined
      ? `${names.join(' and ')} have the same priority and disagree; which one decides is not defined`
      : `${displayId(idOf(doubtful.policy))} ${doubtful.action} may decide: ${doubtful.doubt}`;
  return undecided(
    why,
    hits.map((hit) => hit.policy),
    hits.map((hit) => ({
      object: hit.policy,
      path: ['spec', 'priority'],
      text: `${displayId(idOf(hit.policy))} may decide`,
      value: String(hit.policy.priority),
    })),
  );
}
