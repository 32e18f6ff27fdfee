import { displayId, idOf } from '../../../base/object-id.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import { isDoubt, type Match } from '../match.ts';
import { localPeer } from '../own-node.ts';
import type { Cite } from '../ruling.ts';
import type { Side } from '../side.ts';
import { selectsEndpoint } from './labels.ts';
import { hasLayer7, matchCiliumRule } from './match-rule.ts';
import { type CiliumSpec, readCiliumSpecs } from './rule.ts';

/** What Cilium's own policies add to NetworkPolicies: they unite with them, and a deny rule beats every allow rule. */
export interface CiliumOpinion {
  /** Some policy puts the Pod into default deny for the direction. */
  readonly isolated: Match;
  readonly allow: CiliumFinding;
  readonly deny: CiliumFinding;
  readonly selecting: readonly CiliumSpec[];
}
export interface CiliumFinding {
  readonly match: Match;
  readonly cite?: Cite;
}

const KINDS = ['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'] as const;
const SPECS = new WeakMap<ClusterModel, readonly CiliumSpec[]>();

function specsOf(model: ClusterModel): readonly CiliumSpec[] {
  let specs = SPECS.get(model);
  if (specs === undefined) {
    specs = KINDS.flatMap((kind) => model.foreign(kind).flatMap(readCiliumSpecs));
    SPECS.set(model, specs);
  }
  return specs;
}

/** Undefined where no Cilium policy can have a say. */
export function askCilium(side: Side): CiliumOpinion | undefined {
  const specs = specsOf(side.index.model);
  if (specs.length === 0) return undefined;
  const selecting: CiliumSpec[] = [];
  let isolated: Match = false;
  let allow: CiliumFinding = { match: false };
  let deny: CiliumFinding = { match: false };
  for (const spec of specs) {
    const selected = selectsSubject(spec, side);
    if (selected === false) continue;
    selecting.push(spec);
    if (spec.defaultDeny[side.direction]) isolated = stronger(isolated, selected);
    allow = better(allow, findRule(spec, 'allow', side), selected);
    deny = better(deny, findRule(spec, 'deny', side), selected);
  }
  return selecting.length === 0 ? undefined : { isolated, allow, deny, selecting };
}

function selectsSubject(spec: CiliumSpec, side: Side): Match {
  if (spec.endpoints === undefined) return false;
  const namespace = side.index.namespace(side.subject.namespace);
  if (spec.home !== undefined && side.subject.namespace !== spec.home) return false;
  return selectsEndpoint(spec.endpoints, side.subject, namespace, spec.home);
}

function findRule(spec: CiliumSpec, kind: 'allow' | 'deny', side: Side): CiliumFinding {
  const ask = { peer: side.peer, ask: side.ask, home: spec.home, ownNode: localPeer(side) };
  let found: CiliumFinding = { match: false };
  for (const [index, rule] of spec[kind][side.direction].entries()) {
    const match = matchCiliumRule(rule, side.direction, ask);
    if (match === false) continue;
    const field = `${side.direction}${kind === 'deny' ? 'Deny' : ''}`;
    const verb = kind === 'deny' ? 'denies' : 'admits';
    const requests = hasLayer7(rule) ? '; it also looks at single requests, which it may refuse' : '';
    const cite: Cite = {
      object: spec.object,
      path: [...spec.path, field, index],
      text: `${displayId(idOf(spec.object))} ${verb} it by ${field}[${index}]${requests}`,
    };
    if (match === true) return { match, cite };
    if (found.match === false) found = { match, cite };
  }
  return found;
}

function better(known: CiliumFinding, found: CiliumFinding, selected: Match): CiliumFinding {
  const match = selected === true ? found.match : found.match === false ? false : selected;
  if (known.match === true || match === false) return known;
  if (match === true || known.match === false) return { ...found, match };
  return known;
}

function stronger(known: Match, found: Match): Match {
  return known === true || found === true ? true : isDoubt(known) ? known : found;
}
