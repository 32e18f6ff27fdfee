// The host matches, but no rule's path does (Exact, a trailing slash, a Prefix that ends inside a path element, case). A
// catch-all rule or the gateway's own 404 answers instead, and the intended backend never sees the request.
import { displayId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { type NearRule, nearPaths } from '../../../trace/candidates.ts';
import { curlCommand } from '../../../trace/curl-command.ts';
import { hostShadow, pathsOf } from '../../../trace/host-shadow.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { literalHead } from '../../../trace/path-literal.ts';
import { coverPath, wantedPrefix } from '../../../trace/path-patch.ts';
import { pathPlace, rulesPlace } from '../../../trace/rule-place.ts';
import { sameBackends } from '../../../trace/same-backends.ts';
import { isUnanswered, missedRoutes } from '../../../trace/unattached.ts';
import { looksMisrouted } from '../../../trace/wrong-answer.ts';
import type { Certainty, Fact, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface NoPath extends Fact {
  /** Undefined: nothing on the host is like the path. */
  readonly near: NearRule | undefined;
  readonly path: string;
  readonly why: string;
  readonly answeredBy: string;
}

export default defineCheck<NoPath>({
  cause: 'path-not-matched',
  reads: ['Ingress', 'HTTPRoute', 'GRPCRoute'],
  since: '0.1.0',
  explains: ['path-shadowed', 'app-returned-error', 'edge-targets-missing'],
  *find(world) {
    const { trace, model, seen, routes } = world;
    if (trace.inCluster || trace.host === undefined || trace.host.host.startsWith('~')) return;
    const unanswered = isUnanswered(trace);
    // A rule that answers well is what it is there for.
    if (!unanswered && !(trace.decision.kind === 'backend' && looksMisrouted(seen))) return;
    if (unanswered && (hostShadow(trace) !== undefined || missedRoutes(model, routes, trace).length > 0)) return;
    const near = nearPaths(trace).find((entry) => unanswered || isCloser(entry, world));
    const lone = trace.host.objects.length === 1 && trace.host.host !== '' ? trace.host.objects[0] : undefined;
    const object = near?.rule.object ?? (unanswered ? lone : undefined);
    if (object === undefined) return;
    const holder = model.object(object);
    const why = near?.why ?? `no rule of the host covers ${trace.request.path}: there is ${pathsOf(trace.host)}`;
    const evidence: Evidence[] = [];
    if (holder !== undefined)
      evidence.push(
        near === undefined
          ? citeField(holder, rulesPlace(trace.host.rules.find((rule) => rule.object === object)), why)
          : citeField(holder, pathPlace(near.rule), why, near.rule.match.path.value),
      );
    const line = seen.access.at(-1);
    if (line !== undefined)
      evidence.push(logEvidence(line, `answered ${line.status ?? ''} by ${line.backendName ?? 'another backend'}`));
    else if (seen.generatedBy !== undefined) evidence.push(...seen.generatedBy.evidence);
    yield {
      object,
      certainty: weigh(world, near, unanswered),
      modes: ['no-route', 'passed-on', 'wrong-backend'],
      evidence,
      near,
      path: trace.request.path,
      why,
      answeredBy: unanswered
        ? 'the gateway’s own 404'
        : `rule ${trace.rule?.match.path.value ?? ''} of ${trace.rule === undefined ? 'another route' : displayId(trace.rule.object)}`,
    };
  },
  describe: ({ object, path, why, answeredBy }) => ({
    headline: `${displayId(object)}: no rule of it covers ${path}`,
    why: `${why.charAt(0).toUpperCase()}${why.slice(1)}; ${answeredBy} answers instead.`,
    chain: [why, `${answeredBy} answers`, 'the intended backend never sees the request'],
  }),
  fix({ object, near, path }, { model }) {
    const patch = near === undefined ? undefined : coverPath(model, near, path);
    return {
      summary:
        near === undefined || patch === undefined
          ? `Add a path to ${displayId(object)} that covers ${path}, or ask for one that it has`
          : `Let ${displayId(object)} cover ${wantedPrefix(near, path) ?? path} (Prefix) instead of ${literalHead(near.rule.match.path)} only`,
      level: patch === undefined ? 'advice' : 'review',
      patches: patch === undefined ? [] : [patch],
      commands: [],
    };
  },
  prove: ({ answeredBy }, { trace }) => [
    { command: curlCommand(trace.request, '-si'), expect: `the answer of ${answeredBy}` },
  ],
});

/** More of the request's path is in it than in the rule that answers, and it leads elsewhere. */
function isCloser({ reach, rule }: NearRule, { trace }: World): boolean {
  const winner = trace.rule;
  return winner !== undefined && reach > literalHead(winner.match.path).length && !sameBackends(rule, winner);
}

function weigh({ seen, trace }: World, near: NearRule | undefined, unanswered: boolean): Certainty {
  if (unanswered) {
    // A server's own failure is not what a gateway answers to an unknown path.
    if (seen.failing && (seen.status ?? 404) >= 500) return 'possible';
    // That nothing covers it is plain; that this object should, is not.
    if (near === undefined) return 'likely';
    return near.telling || trace.host?.objects.length === 1 ? (seen.failing ? 'proven' : 'strong') : 'likely';
  }
  const byOther = seen.access.length > 0 || seen.generatedBy?.hop === 'app';
  if (near?.telling === true) return byOther ? 'proven' : 'strong';
  return byOther ? 'likely' : 'possible';
}
