import type { ClusterModel } from '../model/cluster-model.ts';
import { asPassedOn } from '../routing/as-passed-on.ts';
import type { Rule } from '../routing/route-table.ts';
import type { AccessEntry, AppRequestEntry, Observations } from '../sources/observations.ts';
import { podsBehind, walkBackend } from './backend-path.ts';
import type { PathObservations } from './observed.ts';
import { literalHead } from './path-literal.ts';
import { pathOnly, pathShape } from './path-shape.ts';
import type { Trace } from './trace.ts';

export type AppLine = AppRequestEntry | AccessEntry;

interface Asked {
  readonly model: ClusterModel;
  readonly trace: Trace;
  readonly seen: PathObservations;
  readonly observations: Observations;
}

/** What becomes of the request's path on its way to the backend, and what the backend's own log says to it. */
export interface RewrittenPath {
  readonly received: string;
  readonly changed: boolean;
  /** What stood behind the rule's own path is not in the received path any more, so that every page looks the same. */
  readonly loses: boolean;
  /** A slash too many: `//users`. */
  readonly doubled: boolean;
  /** The app refused the received path. */
  readonly denied: AppLine | undefined;
  /** The app serves the path that it would have got with, or without, the rule's prefix. */
  readonly served: { readonly path: string; readonly line: AppLine } | undefined;
  /** The same rule works for other paths: what it makes of them is what the app expects. */
  readonly worksForOthers: boolean;
}

/** Undefined when the request reaches no backend through a rule. */
export function rewrittenPath({ trace, seen }: Asked): RewrittenPath | undefined {
  const { rule, decision, gateway } = trace;
  if (rule === undefined || decision.received === undefined) return undefined;
  // That a proxy normalises paths is no rewrite.
  const request = gateway === undefined ? trace.request : asPassedOn(gateway, trace.request);
  const received = pathOnly(decision.received.path);
  const head = literalHead(rule.match.path);
  const tail = request.path.slice(head.length).replace(/^\/+|\/+$/g, '');
  const changed = received !== request.path;
  const lines = appLines(seen);
  const wanted = changed ? [request.path, withoutHead(request.path, head)] : [withoutHead(request.path, head)];
  const served = lines.findLast(
    (line) => isAnswered(line) && wanted.some((path) => path !== received && path !== '/' && sameShape(line, path)),
  );
  return {
    received,
    changed,
    loses: changed && tail !== '' && !received.includes(tail),
    doubled: received.includes('//') && !request.path.includes('//'),
    denied: lines.findLast((line) => (line.status === 404 || line.status === 405) && sameShape(line, received)),
    served: served === undefined ? undefined : { path: pathOnly(served.path as string), line: served },
    worksForOthers: seen.nearby.some(
      (entry) =>
        (entry.status ?? 500) < 400 &&
        entry.path !== undefined &&
        pathOnly(entry.path).startsWith(`${head}/`) &&
        pathOnly(entry.path).length > head.length + 1,
    ),
  };
}

/** An app that is reached under a prefix which is stripped, and that serves this very path without it. */
export interface LostPrefix {
  readonly rule: Rule;
  readonly prefix: string;
  readonly line: AppLine;
}

/**
 * The page of an app under a stripped prefix names assets (or redirects) without that prefix, because the app does not know
 * of it: the browser then asks for a path which belongs to nobody, or to somebody else.
 */
export function lostPrefix({ model, trace, observations }: Asked): LostPrefix | undefined {
  for (const rule of trace.host?.rules ?? []) {
    const prefix = literalHead(rule.match.path);
    if (rule.action.kind !== 'backends' || rule.action.rewrite.path === undefined || prefix === '') continue;
    if (trace.request.path.startsWith(prefix)) continue;
    const pods = new Set(
      rule.action.backends.flatMap((backend) =>
        podsBehind(walkBackend(model, backend, [])).map((pod) => `${pod.namespace}/${pod.name}`),
      ),
    );
    const line = observations.entries.findLast(
      (entry): entry is AppLine =>
        (entry.type === 'app-request' || entry.type === 'access') &&
        pods.has(`${entry.at.namespace}/${entry.at.pod}`) &&
        isAnswered(entry) &&
        sameShape(entry, trace.request.path),
    );
    if (line !== undefined) return { rule, prefix, line };
  }
  return undefined;
}

function appLines(seen: PathObservations): readonly AppLine[] {
  const probed = new Set(
    seen.app.pods.flatMap((pod) =>
      pod.spec.containers.flatMap(({ readiness, liveness, startup }) =>
        [readiness, liveness, startup].flatMap((probe) => probe?.path ?? []),
      ),
    ),
  );
  // Probes and scrapes ask the Pod itself and say nothing about what a prefix should be.
  return [...seen.app.requests, ...seen.app.access].filter(
    (line) => line.path !== undefined && !probed.has(pathOnly(line.path)) && !/^\/metrics$/.test(pathOnly(line.path)),
  );
}

function isAnswered(line: AppLine): boolean {
  return line.status !== undefined && line.status < 400;
}

function sameShape(line: AppLine, path: string): boolean {
  return line.path !== undefined && pathShape(line.path) === pathShape(path);
}

function withoutHead(path: string, head: string): string {
  const rest = path.slice(head.length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}
