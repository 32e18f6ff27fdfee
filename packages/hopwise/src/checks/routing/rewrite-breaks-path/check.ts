// A rewrite or prefix strip hands the backend a path that it does not serve (or leaves on a prefix that it does not know):
// the app answers 404 although route and Pods are fine. Assets and base paths break the same way.
import { displayId, type ObjectId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { pathOnly } from '../../../trace/path-shape.ts';
import type { Certainty, Fact, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface BadRewrite extends Fact {
  readonly asked: string;
  readonly received: string;
  readonly rewrite: string;
  readonly served: string | undefined;
}

export default defineCheck<BadRewrite>({
  cause: 'rewrite-breaks-path',
  reads: ['Ingress', 'HTTPRoute', 'GRPCRoute'],
  since: '0.1.0',
  explains: ['app-returned-error'],
  *find(world) {
    const { trace, seen, model } = world;
    const { rule, decision } = trace;
    if (rule === undefined || decision.received === undefined || !seen.failing || seen.status !== 404) return;
    if (seen.generatedBy !== undefined && seen.generatedBy.hop !== 'app') return;
    const received = pathOnly(decision.received.path);
    const rewritten = received !== trace.request.path;
    const denied = deniedByApp(world, received);
    const served = servedInstead(world, received);
    if (!rewritten && served === undefined) return;
    const evidence: Evidence[] = [];
    const object = model.object(rule.object);
    const rewrite = rule.action.kind === 'backends' ? (rule.action.rewrite.text ?? 'rewrite') : '';
    const from = rule.action.kind === 'backends' ? rule.action.rewrite.from : undefined;
    if (object !== undefined && rewritten)
      evidence.push(
        citeField(
          object,
          from?.kind === 'field' ? from.path : rule.field,
          `${trace.request.path} becomes ${received}`,
          rewrite,
        ),
      );
    if (object !== undefined && !rewritten)
      evidence.push(citeField(object, rule.field, `${trace.request.path} is passed on unchanged`));
    if (denied !== undefined) evidence.push(denied);
    if (served !== undefined) evidence.push(served.evidence);
    const certainty: Certainty =
      denied !== undefined
        ? served === undefined
          ? 'strong'
          : 'proven'
        : served !== undefined
          ? 'likely'
          : 'possible';
    yield {
      object: rule.object,
      certainty,
      modes: ['passed-on'],
      evidence,
      asked: trace.request.path,
      received,
      rewrite,
      served: served?.path,
    };
  },
  describe: ({ object, asked, received }) => ({
    headline: `${displayId(object)}: the backend gets ${received}, which it does not serve`.slice(0, 80),
    why:
      asked === received
        ? `The backend receives ${received} with its prefix and has no such path.`
        : `${asked} reaches the backend as ${received}, and the app has no such path.`,
    chain: [`${asked} → ${received}`, 'the app has no such path', 'it answers 404, the gateway passes it on'],
  }),
  fix: ({ object, served }) => ({
    summary:
      served === undefined
        ? `Change the rewrite of ${displayId(object)} so that the backend gets a path it serves`
        : `Make ${displayId(object)} hand over ${served}`,
    level: 'review',
    patches: [],
    commands: [],
  }),
  prove: ({ received, object }) => [
    {
      command: `kubectl port-forward into the backend and curl -i localhost:PORT${received}`,
      expect: `404, as through ${displayId(object as ObjectId)}`,
    },
  ],
});

/** The app logged this very path with 404. */
function deniedByApp({ seen }: World, received: string): Evidence | undefined {
  const request = seen.app.requests.findLast(
    (entry) => entry.status === 404 && entry.path !== undefined && pathOnly(entry.path) === received,
  );
  if (request !== undefined) return logEvidence(request, `the app answered 404 for ${received}`);
  const access = seen.app.access.findLast(
    (entry) => entry.status === 404 && entry.path !== undefined && pathOnly(entry.path) === received,
  );
  return access === undefined ? undefined : logEvidence(access, `the app answered 404 for ${received}`);
}

/** The app serves the same path with or without a prefix: that is what it should have been given. */
function servedInstead({ seen }: World, received: string): { path: string; evidence: Evidence } | undefined {
  const lines = [...seen.app.requests, ...seen.app.access].filter(
    (entry) => entry.status !== undefined && entry.status < 400 && entry.path !== undefined,
  );
  for (const entry of lines.reverse()) {
    const path = pathOnly(entry.path as string);
    if (path === received || path.length < 2 || received.length < 2) continue;
    if (path.endsWith(received) || received.endsWith(path))
      return { path, evidence: logEvidence(entry, `the app serves ${path}`) };
  }
  return undefined;
}
