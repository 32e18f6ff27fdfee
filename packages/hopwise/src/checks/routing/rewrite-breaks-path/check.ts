// A rewrite or prefix strip hands the backend a path that it does not serve (or leaves on a prefix that it does not know):
// the app answers 404 although route and Pods are fine. Assets and base paths of apps under a stripped prefix break alike.
import { kubectlName } from '../../../base/kubectl-name.ts';
import { displayId, type ObjectId } from '../../../base/object-id.ts';
import { shellQuote } from '../../../base/shell-quote.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { Rule } from '../../../routing/route-table.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { literalHead } from '../../../trace/path-literal.ts';
import { rewritePatch, type WantedRewrite } from '../../../trace/rewrite-patch.ts';
import { lostPrefix, type RewrittenPath, rewrittenPath } from '../../../trace/rewritten-path.ts';
import { isUnanswered } from '../../../trace/unattached.ts';
import type { Certainty, Fact, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface BadRewrite extends Fact {
  readonly rule: Rule;
  readonly why: string;
  readonly received: string;
  readonly service: ObjectId | undefined;
  /** What the app should get, when something says so. */
  readonly wanted: { readonly rewrite: WantedRewrite; readonly path: string } | undefined;
  /** The request lacks the prefix under which its app is reached. */
  readonly outside: boolean;
}

export default defineCheck<BadRewrite>({
  cause: 'rewrite-breaks-path',
  reads: ['Ingress', 'HTTPRoute', 'GRPCRoute', 'Service', 'Pod'],
  since: '0.1.0',
  explains: ['app-returned-error', 'path-not-matched', 'edge-targets-missing'],
  *find(world) {
    const { trace, seen } = world;
    const notFound = seen.failing && (seen.status === 404 || seen.status === 405);
    if (trace.inCluster || !(notFound || (isUnanswered(trace) && !seen.failing))) return;
    const outside = outsidePrefix(world);
    if (outside !== undefined) yield outside;
    // The gateway's own not-found is no page of the app.
    else if (notFound && (seen.generatedBy?.hop ?? 'app') === 'app') yield* throughRule(world);
  },
  describe: ({ object, why, received }) => ({
    headline: `${displayId(object)}: the app does not serve ${received}`,
    why: `${why.charAt(0).toUpperCase()}${why.slice(1)}.`,
    chain: [why, 'the app has no such path', 'the answer is 404'],
  }),
  fix({ object, rule, wanted, outside, received }, { model, trace }) {
    const patch = wanted === undefined ? undefined : rewritePatch(model, trace, rule, wanted.rewrite);
    const summary = outside
      ? `Tell the app its prefix ${literalHead(rule.match.path)} (base path), and stop stripping it in ${displayId(object)}`
      : `Make ${displayId(object)} hand over ${wanted?.path ?? `a path that the app serves, not ${received}`}`;
    return {
      summary,
      level: patch === undefined ? 'advice' : 'review',
      patches: patch === undefined ? [] : [patch],
      commands: patch === undefined ? [`kubectl edit ${kubectlName(object)}`] : [],
      wanted: ({ trace: after }) => after.decision.received?.path.split('?')[0] === wanted?.path,
    };
  },
  prove: ({ received, service }, { trace }) => {
    const port = trace.backends[0]?.port;
    if (service === undefined || port?.state !== 'found') return [];
    return [
      {
        command: `kubectl port-forward ${kubectlName(service)} 8080:${port.value.port} & sleep 2; curl -si ${shellQuote(`http://localhost:8080${received}`)}; kill %1`,
        expect: '404 without the gateway too',
      },
    ];
  },
});

function* throughRule(world: World): Iterable<BadRewrite> {
  const { trace, model } = world;
  const path = rewrittenPath(world);
  const rule = trace.rule;
  if (path === undefined || rule === undefined) return;
  const certainty = weigh(path);
  if (certainty === undefined) return;
  const object = model.object(rule.object);
  const from = rule.action.kind === 'backends' ? rule.action.rewrite.from : undefined;
  const field = path.changed && from?.kind === 'field' ? from.path : rule.field;
  const text = path.changed
    ? `${trace.request.path} becomes ${path.received}`
    : `${trace.request.path} is handed over as it is`;
  const evidence: Evidence[] = object === undefined ? [] : [citeField(object, field, text)];
  if (path.denied !== undefined)
    evidence.push(logEvidence(path.denied, `the app answered ${path.denied.status} for ${path.received}`));
  if (path.served !== undefined) evidence.push(logEvidence(path.served.line, `the app serves ${path.served.path}`));
  yield {
    object: rule.object,
    certainty,
    modes: ['passed-on', 'wrong-backend'],
    evidence,
    rule,
    why: path.changed
      ? `${trace.request.path} reaches the app as ${path.received}`
      : `the app gets ${path.received} with its prefix`,
    received: path.received,
    service: trace.backends[0]?.ref.object,
    wanted: wantedRewrite(path, rule, trace.request.path),
    outside: false,
  };
}

/** Nobody (or the wrong app) has the path, because it lacks the prefix under which its app is reached. */
function outsidePrefix(world: World): BadRewrite | undefined {
  const { trace, model } = world;
  const lost = lostPrefix(world);
  if (lost === undefined) return undefined;
  const object = model.object(lost.rule.object);
  const asked = trace.request.path;
  return {
    object: lost.rule.object,
    certainty: 'strong',
    modes: ['no-route', 'passed-on', 'wrong-backend'],
    evidence: [
      ...(object === undefined
        ? []
        : [citeField(object, lost.rule.field, `the app is reached under ${lost.prefix}, which is stripped`)]),
      logEvidence(lost.line, `the app behind it serves ${asked} when asked without the prefix`),
    ],
    rule: lost.rule,
    why: `${asked} belongs to the app under ${lost.prefix}, which does not know of that prefix and leaves it out`,
    received: asked,
    service: undefined,
    wanted: undefined,
    outside: true,
  };
}

/** Undefined when nothing says that the path, rather than the page asked for, is wrong. */
function weigh(path: RewrittenPath): Certainty | undefined {
  if (path.served !== undefined) return path.denied === undefined ? 'likely' : 'proven';
  if (!path.changed) return undefined;
  if (path.loses || path.doubled) return path.denied === undefined ? 'strong' : 'proven';
  return path.worksForOthers || path.denied === undefined ? undefined : 'strong';
}

function wantedRewrite(path: RewrittenPath, rule: Rule, asked: string): BadRewrite['wanted'] {
  const head = literalHead(rule.match.path);
  const rest = asked.slice(head.length);
  if (path.served?.path === asked && path.changed) return { rewrite: { kind: 'none' }, path: asked };
  if (path.served !== undefined || path.loses) {
    const by = path.loses && path.served === undefined ? path.received.replace(/\/+$/, '') : '';
    return { rewrite: { kind: 'prefix', by }, path: `${by}${rest}` };
  }
  return undefined;
}
