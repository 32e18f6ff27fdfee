import type { CauseId } from '../checks/causes.ts';
import type { Check, World } from '../checks/check.ts';
import { diagnoseWorld } from '../diagnosis/diagnose.ts';
import type { RankedCause } from '../diagnosis/rank.ts';
import { API_VERSION, type CauseDocument, type ScanDocument, type ScanTarget } from '../report/diagnosis.ts';
import type { Observations } from '../sources/observations.ts';
import type { HopKind } from '../trace/trace.ts';
import { walk } from '../trace/walk.ts';
import type { ScanOptions, Snapshot } from './contract.ts';
import { writeCause, writeCoverage, writeSource } from './documents.ts';
import { routesOf } from './routed.ts';
import { listTargets, type Target } from './targets.ts';

interface Found {
  readonly world: World;
  readonly cause: RankedCause;
  readonly affects: string[];
}

/** Reviewed by their owners: `hopwise.dev/ignore: cause-id[,cause-id]` (or `*`) on the object silences a cause there. */
const IGNORE = 'hopwise.dev/ignore';

/** Diagnoses every route, entry point and Service; one fault is one cause however many targets it breaks. */
export function scanSnapshot(snapshot: Snapshot, options: ScanOptions, checks: readonly Check[]): ScanDocument {
  const found = new Map<string, Found>();
  const suppressed = new Map<
    string,
    { id: CauseId; object: Found['cause']['finding']['fact']['object']; by: string }
  >();
  const targets: ScanTarget[] = [];
  let unsure = 0;
  for (const target of listTargets(snapshot, options)) {
    const { world, causes, state } = examine(snapshot, target, checks);
    const kept: { id: CauseId; object: Found['cause']['finding']['fact']['object'] }[] = [];
    for (const cause of causes) {
      const id = cause.finding.cause;
      const { object } = cause.finding.fact;
      const by = suppressedBy(snapshot, options, id, object);
      if (by !== undefined) {
        suppressed.set(`${id} ${object}`, { id, object, by });
        continue;
      }
      kept.push({ id, object });
      const entry = found.get(`${id} ${object}`);
      if (entry === undefined) found.set(`${id} ${object}`, { world, cause, affects: [target.name] });
      else entry.affects.push(target.name);
    }
    if (state === 'unknown') unsure += 1;
    targets.push({
      name: target.name,
      kind: target.kind,
      object: target.object,
      state: state === 'broken' && kept.length === 0 ? 'suspect' : state,
      causes: kept,
    });
  }
  const causes = [...found.values()]
    .sort((a, b) => b.cause.confidence - a.cause.confidence || b.affects.length - a.affects.length)
    .map(
      (entry, index): CauseDocument => ({
        ...writeCause(entry.world, entry.cause, index < 20, checks),
        affects: entry.affects,
      }),
    );
  const status = causes.length > 0 ? 'failing' : unsure > 0 && unsure === targets.length ? 'inconclusive' : 'healthy';
  return {
    apiVersion: API_VERSION,
    kind: 'Scan',
    verdict: { status, summary: summarise(targets, causes.length) },
    targets,
    causes,
    unknowns: [],
    coverage: writeCoverage(snapshot.model),
    source: writeSource(snapshot),
    suppressed: [...suppressed.values()],
  };
}

/** A scan judges the configuration and the logs of each path; the one response.txt belongs to one URL only. */
function examine(
  snapshot: Snapshot,
  target: Target,
  checks: readonly Check[],
): { world: World; causes: readonly RankedCause[]; state: ScanTarget['state'] } {
  const { model } = snapshot;
  const { table, compiled } = routesOf(model);
  const observations: Observations = { entries: snapshot.observations.entries, logs: snapshot.observations.logs };
  const { trace, seen } = walk(model, table, compiled, target.request, observations, {
    explain: false,
    ...(target.callers === undefined ? {} : { caller: target.callers }),
  });
  const world: World = { model, routes: table, trace, seen, observations };
  const { verdict, causes } = diagnoseWorld(isQuiet(world) ? checks.filter((check) => check.latent) : checks, world);
  const sure = verdict.status === 'failing' ? causes.filter((cause) => cause.confidence >= 0.5) : [];
  return {
    world,
    causes: sure,
    state:
      verdict.status === 'failing'
        ? 'broken'
        : verdict.status === 'healthy'
          ? 'ok'
          : trace.hops.some((hop) => hop.state === 'broken')
            ? 'suspect'
            : 'unknown',
  };
}

/** Nothing was observed anywhere, and every hop that can be examined is fine. */
function isQuiet({ trace, observations }: World): boolean {
  if (observations.entries.length > 0) return false;
  return trace.hops.every((hop) => hop.state === 'ok' || (hop.state === 'unknown' && UNSEEN.has(hop.hop)));
}

/** Hops that are outside the input more often than not. */
const UNSEEN: ReadonlySet<HopKind> = new Set(['external-dns', 'edge', 'cluster-dns', 'app']);

function suppressedBy(
  { model }: Snapshot,
  options: ScanOptions,
  id: CauseId,
  object: RankedCause['finding']['fact']['object'],
): string | undefined {
  if (options.baseline?.some((entry) => entry.id === id && entry.object === object) === true) return 'baseline';
  const annotation = model.object(object)?.annotations[IGNORE];
  if (annotation === undefined) return undefined;
  const ignored = annotation.split(',').map((entry) => entry.trim());
  return ignored.includes(id) || ignored.includes('*') ? `annotation ${IGNORE}` : undefined;
}

function summarise(targets: readonly ScanTarget[], causes: number): string {
  const broken = targets.filter((target) => target.state === 'broken').length;
  return causes === 0
    ? `${targets.length} targets examined, nothing found`
    : `${broken} of ${targets.length} targets broken by ${causes} cause${causes === 1 ? '' : 's'}`;
}
