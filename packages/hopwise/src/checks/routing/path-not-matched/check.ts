// The host matches, but no rule's path does (Exact, a trailing slash, a Prefix that ends inside a path element, case). A
// catch-all rule or the gateway's own 404 answers instead, and the intended backend never sees the request.
import { displayId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { type NearRule, nearPaths } from '../../../trace/candidates.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import type { Certainty, Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface NoPath extends Fact {
  readonly near: NearRule;
  readonly path: string;
  readonly answeredBy: string;
}

/** What a backend that was never meant to get the request answers. */
const NOT_MINE: ReadonlySet<number> = new Set([404, 405, 400, 403, 501]);

export default defineCheck<NoPath>({
  cause: 'path-not-matched',
  reads: ['Ingress', 'HTTPRoute', 'GRPCRoute'],
  since: '0.1.0',
  explains: ['path-shadowed', 'app-returned-error', 'rewrite-breaks-path'],
  *find({ trace, model, seen }) {
    if (trace.inCluster || trace.host === undefined) return;
    const caughtByOther = trace.decision.kind === 'backend' && isCatchAll(trace.rule?.match.path.value);
    if (trace.decision.kind !== 'none' && !caughtByOther) return;
    // A catch-all that answers well is what it is there for.
    if (caughtByOther && !(seen.failing && seen.status !== undefined && NOT_MINE.has(seen.status))) return;
    const near = nearPaths(trace)[0];
    if (near === undefined) return;
    const object = model.object(near.rule.object);
    const evidence: Evidence[] = [];
    if (object !== undefined)
      evidence.push(citeField(object, `${near.rule.field}.path`, near.why, near.rule.match.path.value));
    const line = seen.access.at(-1);
    if (line !== undefined)
      evidence.push(logEvidence(line, `answered ${line.status ?? ''} by ${line.backendName ?? 'another backend'}`));
    const certainty: Certainty =
      trace.decision.kind === 'none' ? (seen.failing ? 'proven' : 'strong') : line === undefined ? 'likely' : 'proven';
    yield {
      object: near.rule.object,
      certainty,
      modes: ['no-route', 'passed-on', 'wrong-backend'],
      evidence,
      near,
      path: trace.request.path,
      answeredBy:
        trace.rule === undefined
          ? 'the gateway’s own 404'
          : `rule ${trace.rule.match.path.value} of ${displayId(trace.rule.object)}`,
    };
  },
  describe: ({ object, near, path, answeredBy }) => ({
    headline: `${displayId(object)}: path ${near.rule.match.path.value} does not match ${path}`.slice(0, 80),
    why: `${near.why}; ${answeredBy} answers instead.`,
    chain: [near.why, `${answeredBy} answers`, 'the intended backend never sees the request'],
  }),
  fix: ({ object, near }) => ({
    summary: `Widen path ${near.rule.match.path.value} of ${displayId(object)} so that it covers the request`,
    level: 'review',
    patches: [],
    commands: [],
  }),
  prove: ({ near, path }) => [
    {
      command: `hopwise trace URL-with${path} -o json`,
      expect: `decision.rule is not ${near.rule.field}; losers[] says why`,
    },
  ],
});

function isCatchAll(value: string | undefined): boolean {
  return value === undefined || value === '' || value === '/' || value === '^/';
}
