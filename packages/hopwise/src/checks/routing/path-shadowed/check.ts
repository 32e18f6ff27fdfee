// Another rule wins over the one whose path plainly says this request: a regular expression of some other Ingress on the
// host, a catch-all, an older route. The wrong backend answers, usually 404.
import { displayId, splitId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { Rule } from '../../../routing/route-table.ts';
import type { AccessEntry } from '../../../sources/observations.ts';
import { expectedRule } from '../../../trace/candidates.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import type { Certainty, Fact, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Shadowed extends Fact {
  readonly winner: Rule;
  readonly expected: Rule;
  readonly path: string;
}

export default defineCheck<Shadowed>({
  cause: 'path-shadowed',
  reads: ['Ingress', 'HTTPRoute', 'GRPCRoute'],
  since: '0.1.0',
  explains: ['app-returned-error', 'rewrite-breaks-path'],
  *find(world) {
    const { trace, seen, model } = world;
    const winner = trace.rule;
    if (trace.inCluster || winner === undefined || trace.decision.kind !== 'backend') return;
    const expected = expectedRule(trace);
    if (expected === undefined || sameBackends(winner, expected)) return;
    // Overlapping rules are often meant; only a request that goes wrong makes them a fault.
    if (!seen.failing) return;
    const evidence: Evidence[] = [];
    const other = model.object(winner.object);
    const own = model.object(expected.object);
    if (other !== undefined)
      evidence.push(
        citeField(
          other,
          `${winner.field}.path`,
          `${describeRule(winner)} wins for ${trace.request.path}`,
          winner.match.path.value,
        ),
      );
    if (own !== undefined)
      evidence.push(
        citeField(
          own,
          `${expected.field}.path`,
          `${describeRule(expected)} covers the same path`,
          expected.match.path.value,
        ),
      );
    const before = answeredBefore(world, expected);
    const now = seen.access.at(-1);
    if (before !== undefined)
      evidence.push(logEvidence(before, `earlier ${before.backendName} answered ${before.status}`));
    if (now !== undefined)
      evidence.push(logEvidence(now, `now ${now.backendName ?? 'another backend'} answers ${now.status ?? ''}`));
    const certainty: Certainty =
      before !== undefined ? 'proven' : seen.generatedBy?.hop === 'app' || seen.status === 404 ? 'strong' : 'possible';
    yield {
      object: winner.object,
      certainty,
      modes: ['wrong-backend', 'passed-on', 'no-route'],
      evidence,
      winner,
      expected,
      path: trace.request.path,
    };
  },
  describe: ({ object, winner, expected, path }) => ({
    headline: `${displayId(object)} takes ${path} from ${splitId(expected.object).name}`.slice(0, 80),
    why: `${describeRule(winner)} of ${displayId(object)} is tried before ${describeRule(expected)} of ${displayId(expected.object)}.`,
    chain: [
      `${describeRule(winner)} of ${displayId(object)} wins`,
      `${displayId(expected.object)} never gets ${path}`,
      'the wrong backend answers',
    ],
  }),
  fix: ({ object, expected }) => ({
    summary: `Give ${displayId(object)} its own host or a distinct prefix, so that ${displayId(expected.object)} gets its paths back`,
    level: 'review',
    patches: [],
    commands: [],
  }),
  prove: ({ object, expected }) => [
    {
      command: `kubectl get ${splitId(object).kind.toLowerCase()} ${splitId(object).name} -n ${splitId(object).namespace} -o yaml`,
      expect: 'the rule that wins',
    },
    {
      command: `kubectl get ${splitId(expected.object).kind.toLowerCase()} ${splitId(expected.object).name} -n ${splitId(expected.object).namespace} -o yaml`,
      expect: 'the rule that was meant to answer',
    },
  ],
});

function describeRule({ match }: Rule): string {
  return `${match.path.kind === 'regex' ? 'regular expression' : match.path.kind === 'exact' ? 'exact path' : 'prefix'} ${match.path.value}`;
}

function sameBackends(a: Rule, b: Rule): boolean {
  const names = (rule: Rule): string =>
    rule.action.kind === 'backends'
      ? rule.action.backends.map((backend) => `${backend.object}:${backend.port}`).join(',')
      : rule.action.kind;
  return names(a) === names(b);
}

/** The same path was answered by the expected rule's backend before: the shadow is new. */
function answeredBefore({ seen, trace }: World, expected: Rule): AccessEntry | undefined {
  if (expected.action.kind !== 'backends') return undefined;
  const services = expected.action.backends.map((backend) => splitId(backend.object));
  return seen.access.find(
    (entry) =>
      (entry.status ?? 500) < 400 &&
      entry.path?.startsWith(trace.request.path) === true &&
      services.some(({ namespace, name }) => entry.backendName?.startsWith(`${namespace}-${name}-`) === true),
  );
}
