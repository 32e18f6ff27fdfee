// Another rule wins over the one whose path plainly says this request: a regular expression of some other Ingress on the
// host, or an object that names the host for a few paths only and takes it away from a wildcard. The wrong backend (or
// nothing) answers, usually 404.
import { kubectlName } from '../../../base/kubectl-name.ts';
import { displayId, type ObjectId, splitId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { PathMatch, Rule } from '../../../routing/route-table.ts';
import type { AccessEntry } from '../../../sources/observations.ts';
import { expectedRule } from '../../../trace/candidates.ts';
import { type HostShadow, hostShadow, pathsOf } from '../../../trace/host-shadow.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { pathPlace } from '../../../trace/rule-place.ts';
import { sameBackends } from '../../../trace/same-backends.ts';
import type { Certainty, Fact, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Shadowed extends Fact {
  /** What wins, for people. */
  readonly winner: string;
  readonly expected: Rule;
  readonly path: string;
}

export default defineCheck<Shadowed>({
  cause: 'path-shadowed',
  reads: ['Ingress', 'HTTPRoute', 'GRPCRoute'],
  since: '0.1.0',
  explains: ['app-returned-error', 'rewrite-breaks-path', 'edge-targets-missing'],
  *find(world) {
    const { trace } = world;
    if (trace.inCluster) return;
    const byHost = hostShadow(trace);
    const fact = byHost === undefined ? shadowedByRule(world) : shadowedByHost(world, byHost);
    if (fact !== undefined) yield fact;
  },
  describe: ({ object, winner, expected, path }) => ({
    headline: `${displayId(object)} takes ${path} from ${splitId(expected.object).name}`,
    why: `${winner} of ${displayId(object)} comes before ${describePath(expected.match.path)} of ${displayId(expected.object)}.`,
    chain: [
      `${winner} of ${displayId(object)} wins`,
      `${displayId(expected.object)} never gets ${path}`,
      'the wrong backend, or nothing, answers',
    ],
  }),
  fix: ({ object, expected, path }) => ({
    summary: `Give ${displayId(object)} its own host or a distinct prefix, so that ${displayId(expected.object)} gets ${path} back`,
    level: 'advice',
    patches: [],
    commands: [`kubectl edit ${kubectlName(object)}`],
  }),
  prove: ({ object, expected }) => [
    { command: `kubectl get ${kubectlName(object)} -o yaml`, expect: 'the rule that wins' },
    { command: `kubectl get ${kubectlName(expected.object)} -o yaml`, expect: 'the rule that was meant to answer' },
  ],
});

/** Overlapping rules are often meant; only a request that goes wrong makes them a fault. */
function shadowedByRule(world: World): Shadowed | undefined {
  const { trace, seen } = world;
  const winner = trace.rule;
  if (winner === undefined || trace.decision.kind !== 'backend' || !seen.failing) return undefined;
  const expected = expectedRule(trace);
  if (expected === undefined || sameBackends(winner, expected)) return undefined;
  const before = answeredBy(world, expected);
  const itself = answeredBy(world, winner);
  // The winner has answered this path well: it is not a stranger to it.
  if (before === undefined && itself !== undefined) return undefined;
  const name = describePath(winner.match.path);
  const now = seen.access.at(-1);
  const evidence: Evidence[] = [
    ...cited(world, winner.object, pathPlace(winner), `${name} wins for ${trace.request.path}`),
    ...cited(world, expected.object, pathPlace(expected), `${describePath(expected.match.path)} covers the same path`),
    ...(before === undefined ? [] : [logEvidence(before, `earlier ${before.backendName} answered ${before.status}`)]),
    ...(now === undefined
      ? []
      : [logEvidence(now, `now ${now.backendName ?? 'another backend'} answers ${now.status}`)]),
  ];
  const wrong = seen.status === 404 || seen.generatedBy?.hop === 'app';
  return {
    object: winner.object,
    certainty: before !== undefined ? 'proven' : wrong ? 'strong' : 'possible',
    modes: ['wrong-backend', 'passed-on', 'no-route'],
    evidence,
    winner: name,
    expected,
    path: trace.request.path,
  };
}

function shadowedByHost(world: World, { taken, from, rule }: HostShadow): Shadowed | undefined {
  const { trace, seen } = world;
  const [object] = taken.objects;
  if (object === undefined) return undefined;
  const certainty: Certainty = seen.failing ? ((seen.status ?? 404) < 500 ? 'proven' : 'possible') : 'strong';
  const other = from.host === '' ? 'no host' : `host ${from.host}`;
  return {
    object,
    certainty,
    modes: ['no-route', 'wrong-backend'],
    evidence: [
      ...cited(world, object, 'spec', `it names host ${taken.host} itself, with ${pathsOf(taken)} only`),
      ...cited(world, rule.object, pathPlace(rule), `${describePath(rule.match.path)} for ${other} would answer`),
    ],
    winner: `host ${taken.host}`,
    expected: rule,
    path: trace.request.path,
  };
}

function cited({ model }: World, id: ObjectId, path: string, text: string): readonly Evidence[] {
  const object = model.object(id);
  return object === undefined ? [] : [citeField(object, path, text)];
}

function describePath({ kind, value }: PathMatch): string {
  return `${kind === 'regex' ? 'regular expression' : kind === 'exact' ? 'exact path' : 'prefix'} ${value}`;
}

/** The same path was answered well by this rule's backend. */
function answeredBy({ seen, trace }: World, { action }: Rule): AccessEntry | undefined {
  if (action.kind !== 'backends') return undefined;
  const services = action.backends.map((backend) => splitId(backend.object));
  return seen.access.findLast(
    (entry) =>
      (entry.status ?? 500) < 400 &&
      entry.path?.startsWith(trace.request.path) === true &&
      services.some(({ namespace, name }) => entry.backendName?.startsWith(`${namespace}-${name}-`) === true),
  );
}
