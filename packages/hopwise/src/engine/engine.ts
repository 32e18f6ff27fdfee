import type { Check, World } from '../checks/check.ts';
import { CHECKS } from '../checks/registry.gen.ts';
import { diagnoseWorld } from '../diagnosis/diagnose.ts';
import type { DiagnosisDocument, ScanDocument, TraceDocument } from '../report/diagnosis.ts';
import type { Request } from '../routing/request.ts';
import type { Source } from '../sources/contract.ts';
import { findCallers } from '../trace/find-callers.ts';
import { type Walk, walk } from '../trace/walk.ts';
import type { Engine, Probing, Progress, RequestInput, ScanOptions, Snapshot } from './contract.ts';
import { writeDiagnosis, writeTrace } from './documents.ts';
import { loadPath } from './live/load-path.ts';
import { searchRequests } from './object-requests.ts';
import { planInside } from './plan-inside.ts';
import { readRequest } from './read-request.ts';
import { routesOf } from './routed.ts';
import { runProbes } from './run-probes.ts';
import { scanSnapshot } from './scan.ts';
import { SnapshotBuilder } from './snapshot-builder.ts';

/** Reads a source once: objects into the model, logs and the response into observations. */
export async function loadSnapshot(source: Source, signal: AbortSignal, progress?: Progress): Promise<Snapshot> {
  const builder = new SnapshotBuilder();
  progress?.({ stage: 'read', detail: source.id });
  const summary = await source.read(builder.sink, signal);
  progress?.({ stage: 'logs', detail: `${builder.logs} logs` });
  return builder.build(summary);
}

function walkInput(
  snapshot: Snapshot,
  input: RequestInput,
  request: Request,
): { readonly world: World; readonly walked: Walk } {
  const { table, compiled } = routesOf(snapshot.model);
  const walked = walk(snapshot.model, table, compiled, request, snapshot.observations, {
    explain: true,
    ...(input.as === undefined ? {} : { caller: findCallers(snapshot.model, input.as) }),
    ...(input.observedStatus === undefined ? {} : { observedStatus: input.observedStatus }),
  });
  const world: World = {
    model: snapshot.model,
    routes: table,
    trace: walked.trace,
    seen: walked.seen,
    observations: snapshot.observations,
  };
  return { world, walked };
}

/** Why does this request fail? */
export function diagnose(
  snapshot: Snapshot,
  input: RequestInput,
  checks: readonly Check[] = CHECKS,
): DiagnosisDocument {
  const request = readRequest(input);
  const { world } = walkInput(snapshot, input, request);
  return writeDiagnosis(snapshot, input, world, diagnoseWorld(checks, world), checks);
}

/**
 * Why does this request fail, asking it as well: plans what may be probed from where the request goes, tries it, and
 * diagnoses with what was seen. Rejects when cancelled; a probe that fails is an observation.
 */
export async function diagnoseWithProbes(
  snapshot: Snapshot,
  input: RequestInput,
  probing: Probing,
  signal: AbortSignal,
  progress?: Progress,
): Promise<DiagnosisDocument> {
  const request = readRequest(input);
  const { walked } = walkInput(snapshot, input, request);
  // A live path was asked while it was read.
  const probes = snapshot.observations.probes ?? (await runProbes(probing, request, walked.trace, signal, progress));
  const { inside } = probing;
  const plan = inside === undefined ? undefined : planInside(walked.trace);
  const within =
    plan === undefined || inside === undefined
      ? {
          probes: [],
          skipped: inside === undefined ? [] : ['inside: no Service or Pod on the way of this request is known'],
        }
      : await inside.probe(plan, signal, (detail) => progress?.({ stage: 'probe', detail }));
  const observations = { ...snapshot.observations, probes: [...probes, ...within.probes] };
  const document = diagnose({ ...snapshot, observations }, input);
  const untried = within.skipped.map((why) => ({ what: 'probe', why, settledBy: '' }));
  return untried.length === 0 ? document : { ...document, unknowns: [...document.unknowns, ...untried] };
}

/** Where does this request go? */
export function trace(snapshot: Snapshot, input: RequestInput): TraceDocument {
  const request = readRequest(input);
  const { walked } = walkInput(snapshot, input, request);
  return writeTrace(snapshot, input, walked.trace);
}

export function scan(snapshot: Snapshot, options: ScanOptions): ScanDocument {
  return scanSnapshot(snapshot, options, CHECKS);
}

export const engine: Engine = {
  load: loadSnapshot,
  searchRequests,
  loadPath,
  diagnose,
  diagnoseWithProbes,
  trace,
  scan,
};
