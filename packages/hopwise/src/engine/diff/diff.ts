import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectId } from '../../base/object-id.ts';
import { splitId } from '../../base/object-id.ts';
import { foreignKind, ownKind } from '../../model/project/index.ts';
import {
  API_VERSION,
  type DiagnosisDocument,
  type DiffDocument,
  type DiffSide,
  type ObjectChange,
  type RouteChange,
  type ScanDocument,
} from '../../report/diagnosis.ts';
import { Spool } from '../../sources/capture-writer/spool.ts';
import type { Source } from '../../sources/contract.ts';
import { redactingSink } from '../../sources/redaction/redacting-sink.ts';
import { teeSink } from '../../sources/tee-sink.ts';
import type { Progress, RequestInput, Snapshot } from '../contract.ts';
import { diagnose, loadSnapshot, trace } from '../engine.ts';
import { churnOf } from './churn.ts';
import { objectChanges } from './object-changes.ts';
import { namespacesOf, objectsOnPath } from './path-objects.ts';
import { decisionText, type Examined, examine, routeChanges } from './route-changes.ts';

export interface DiffOptions {
  readonly before: Source;
  readonly after: Source;
  /** Without one, all routes are compared. */
  readonly request?: RequestInput;
  readonly signal: AbortSignal;
  readonly progress?: Progress;
  /** Called with what removes the temporary files; calls off when they are gone. */
  readonly onInterrupt?: (undo: () => void) => () => void;
}

interface Loaded {
  readonly snapshot: Snapshot;
  readonly spool: Spool;
}

/** What changed between two sources: objects field by field, routes, and the answer. Throws RequestError as diagnose does. */
export async function diff(options: DiffOptions): Promise<DiffDocument> {
  const { request } = options;
  const folder = mkdtempSync(join(tmpdir(), 'hopwise-diff-'));
  const undo = (): void => rmSync(folder, { recursive: true, force: true });
  const done = options.onInterrupt?.(undo);
  const spools: Spool[] = [];
  try {
    const load = async (source: Source, name: string): Promise<Loaded> => {
      const place = join(folder, name);
      mkdirSync(place, { mode: 0o700 });
      const spool = new Spool(place, (apiVersion, kind) => ownKind(apiVersion, kind) ?? foreignKind(apiVersion, kind));
      spools.push(spool);
      return { snapshot: await loadSnapshot(recorded(source, spool), options.signal, options.progress), spool };
    };
    const before = await load(options.before, 'before');
    const after = await load(options.after, 'after');
    return request === undefined ? diffAll(before, after) : diffPath(before, after, request);
  } finally {
    for (const spool of spools) spool.close();
    undo();
    done?.();
  }
}

/** Fields are compared and shown without credentials. */
function recorded(source: Source, spool: Spool): Source {
  return { id: source.id, read: (sink, signal) => source.read(teeSink(sink, redactingSink(spool)), signal) };
}

function diffPath(before: Loaded, after: Loaded, request: RequestInput): DiffDocument {
  const answers = [diagnose(before.snapshot, request), diagnose(after.snapshot, request)] as const;
  const traces = [trace(before.snapshot, request), trace(after.snapshot, request)] as const;
  const path = new Set([
    ...objectsOnPath(before.snapshot.model, traces[0], answers[0]),
    ...objectsOnPath(after.snapshot.model, traces[1], answers[1]),
  ]);
  const namespaces = namespacesOf(path);
  const compared = compare(before, after, (id) => path.has(id));
  const near = compared.changes.filter(({ object, onPath }) => onPath || namespaces.has(splitId(object).namespace));
  const host = hostOf(answers[1].request.url);
  const routes = routeChanges(examine(before.snapshot), examine(after.snapshot), host);
  const decisions = [decisionText(traces[0]), decisionText(traces[1])] as const;
  return {
    apiVersion: API_VERSION,
    kind: 'Diff',
    request: answers[1].request,
    summary: summarisePath(answers, decisions, near),
    before: sideOf(answers[0]),
    after: sideOf(answers[1]),
    routes,
    changes: near,
    churn: churnOf(before.snapshot.model, after.snapshot.model, path),
    elsewhere: compared.changes.length - near.length,
    unknowns: unknownsOf(compared.uncomparable),
  };
}

function diffAll(before: Loaded, after: Loaded): DiffDocument {
  const [old, young] = [examine(before.snapshot), examine(after.snapshot)];
  const { changes, uncomparable } = compare(before, after, () => false);
  const routes = routeChanges(old, young);
  const owners = changes.map(({ object }) => object);
  const services = routes.map(({ object }) => object);
  return {
    apiVersion: API_VERSION,
    kind: 'Diff',
    summary: summariseAll(routes, changes),
    before: sideOf(asAnswer(old)),
    after: sideOf(asAnswer(young)),
    routes,
    changes,
    churn: churnOf(before.snapshot.model, after.snapshot.model, new Set([...owners, ...services])),
    elsewhere: 0,
    unknowns: unknownsOf(uncomparable),
  };
}

function compare(before: Loaded, after: Loaded, isOnPath: (id: ObjectId) => boolean) {
  return objectChanges(
    { model: before.snapshot.model, spool: before.spool },
    { model: after.snapshot.model, spool: after.spool },
    isOnPath,
  );
}

type Answer = Pick<DiagnosisDocument, 'verdict' | 'causes' | 'source'>;

function asAnswer({ scan }: { readonly scan: ScanDocument } & Examined): Answer {
  return scan;
}

function sideOf({ verdict, causes, source }: Answer): DiffSide {
  return {
    source,
    verdict,
    causes: causes.map(({ id, object, confidence, summary }) => ({ id, object, confidence, summary })),
  };
}

function summarisePath(
  [before, after]: readonly [DiagnosisDocument, DiagnosisDocument],
  [from, to]: readonly [string, string],
  changes: readonly ObjectChange[],
): string {
  const turn = `${stateOf(before)} before, ${stateOf(after)} after`;
  const way = from === to ? '' : `; it went to ${from}, now to ${to}`;
  const count = changes.filter(({ onPath }) => onPath).length;
  return `${turn}${way}; ${count === 0 ? 'nothing changed on its path' : `${count} ${plural(count, 'object')} changed on its path`}`;
}

function stateOf({ verdict, causes }: DiagnosisDocument): string {
  if (verdict.status === 'healthy') return 'healthy';
  const status = verdict.observedStatus ?? verdict.predictedStatus;
  const [cause] = causes;
  return `${verdict.status}${status === undefined ? '' : ` with ${status}`}${cause === undefined ? '' : ` by ${cause.id}`}`;
}

function summariseAll(routes: readonly RouteChange[], changes: readonly ObjectChange[]): string {
  if (routes.length === 0 && changes.length === 0) return 'nothing changed';
  const ways =
    routes.length === 0
      ? 'no route or entry point changed'
      : `${routes.length} ${plural(routes.length, 'route or entry point', 'routes or entry points')} changed`;
  return `${ways}; ${changes.length} ${plural(changes.length, 'object')} changed`;
}

function plural(count: number, one: string, many = `${one}s`): string {
  return count === 1 ? one : many;
}

function unknownsOf(kinds: ReadonlySet<string>): DiffDocument['unknowns'] {
  return [...kinds].sort().map((kind) => ({
    what: kind,
    why: 'one side did not read it, so what is missing there may be new, gone or just not captured',
    settledBy: `a capture with ${kind} on both sides`,
  }));
}

function hostOf(url: string): string {
  return /^[a-z]+:\/\/(?:[^/@]*@)?([^/:]+)/i.exec(url)?.[1]?.toLowerCase() ?? '';
}
