import type { Check, World } from '../checks/check.ts';
import { CHECKS } from '../checks/registry.gen.ts';
import { diagnoseWorld } from '../diagnosis/diagnose.ts';
import { ModelBuilder } from '../model/builder.ts';
import type { DiagnosisDocument, ScanDocument, TraceDocument } from '../report/diagnosis.ts';
import { parseRequest } from '../routing/parse-request.ts';
import type { Request } from '../routing/request.ts';
import type { Source } from '../sources/contract.ts';
import { parseLogs, parseResponse } from '../sources/logs/index.ts';
import type { LogFile, Observations, ResponseObservation } from '../sources/observations.ts';
import { findCallers } from '../trace/find-callers.ts';
import { type Walk, walk } from '../trace/walk.ts';
import {
  type Engine,
  type Progress,
  RequestError,
  type RequestInput,
  type ScanOptions,
  type Snapshot,
} from './contract.ts';
import { writeDiagnosis, writeTrace } from './documents.ts';
import { routesOf } from './routed.ts';
import { scanSnapshot } from './scan.ts';

/** Reads a source once: objects into the model, logs and the response into observations. */
export async function loadSnapshot(source: Source, signal: AbortSignal, progress?: Progress): Promise<Snapshot> {
  const builder = new ModelBuilder();
  const files: LogFile[] = [];
  let response: ResponseObservation | undefined;
  progress?.({ stage: 'read', detail: source.id });
  const summary = await source.read(
    {
      object: (raw, origin) => builder.add(raw, origin),
      log: (file) => files.push(file),
      response: (text, file) => {
        response = parseResponse(text, file);
      },
      problem: (problem) => builder.problem(problem),
      coverage: (entry) => builder.cover(entry),
      snapshot: (facts) => builder.snapshot(facts),
    },
    signal,
  );
  progress?.({ stage: 'logs', detail: `${files.length} logs` });
  // The order in which files were met must not show in the answer.
  files.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
  const { entries, logs } = parseLogs(files, builder.latest() ?? response?.date);
  for (const log of logs) builder.noteTime(log.to);
  builder.noteTime(response?.date);
  const observations: Observations = { entries, logs, ...(response === undefined ? {} : { response }) };
  return { model: builder.build(), observations, source: summary };
}

export function readRequest(input: RequestInput): Request {
  const parsed = parseRequest(input);
  if (!parsed.ok) throw new RequestError(parsed.why, parsed.hint);
  return parsed.request;
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

/** Where does this request go? */
export function trace(snapshot: Snapshot, input: RequestInput): TraceDocument {
  const request = readRequest(input);
  const { walked } = walkInput(snapshot, input, request);
  return writeTrace(snapshot, input, walked.trace);
}

export function scan(snapshot: Snapshot, options: ScanOptions): ScanDocument {
  return scanSnapshot(snapshot, options, CHECKS);
}

export const engine: Engine = { load: loadSnapshot, diagnose, trace, scan };
