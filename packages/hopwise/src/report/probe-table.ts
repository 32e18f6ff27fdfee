import type { ProbePhase } from '../sources/probe-observation.ts';
import type { ProbeAttemptDocument, ProbeDocument } from './diagnosis.ts';
import { HOP_LABELS, type RailMark } from './hop-rail.ts';

/** The parts that have a column; closing is no part that anybody waits for. */
const COLUMNS: readonly { readonly phase: ProbePhase; readonly title: string }[] = [
  { phase: 'dns', title: 'DNS' },
  { phase: 'connect', title: 'TCP' },
  { phase: 'tls', title: 'TLS' },
  { phase: 'first-byte', title: 'wait' },
  { phase: 'body', title: 'read' },
];

export const PROBE_TITLES: readonly string[] = COLUMNS.map((column) => column.title);

/** One target as a line of a table: where the time went, in which part it failed, what came of it. */
export interface ProbeRow {
  readonly mark: RailMark;
  readonly target: string;
  readonly cells: readonly ProbeCell[];
  readonly result: string;
}
export interface ProbeCell {
  /** Whole milliseconds, '' for a part that was not reached. */
  readonly text: string;
  readonly failed: boolean;
}

const MARKS: Readonly<Record<ProbeDocument['state'], RailMark>> = {
  ok: 'ok',
  broken: 'broken',
  intermittent: 'suspect',
  unknown: 'unknown',
};

export function probeRows(probes: readonly ProbeDocument[]): readonly ProbeRow[] {
  return probes.map((probe) => {
    const shown = tellingAttempt(probe);
    return {
      mark: MARKS[probe.state],
      target: targetName(probe),
      cells: COLUMNS.map(({ phase }) => cellOf(probe, shown, phase)),
      result: resultOf(probe, shown),
    };
  });
}

/** Sentences under the table: failures in full, what idle connections did, what limits a probe's word. */
export function probeRemarks(probes: readonly ProbeDocument[]): readonly string[] {
  // A status tells that something behind failed; where a connection or its bytes failed, that is it.
  const failed = probes.filter((probe) => probe.hop !== undefined);
  const broken = failed.find((probe) => tellingAttempt(probe)?.failure !== undefined) ?? failed[0];
  const first = broken?.hop === undefined ? [] : [`First failing hop: ${HOP_LABELS[broken.hop]}. ${broken.summary}`];
  const idle = probes.flatMap((probe) => probe.idle.map((each) => `${targetName(probe)}: ${each.summary}`));
  const notes = probes.flatMap((probe) => (probe.note === undefined ? [] : [probe.note]));
  return [...first, ...idle, ...new Set(notes)];
}

function targetName({ target, speech }: ProbeDocument): string {
  return speech === 'http/1.1' ? target.name : `${target.name}, ${SPEECHES[speech]}`;
}

const SPEECHES = {
  'http/1.1': 'HTTP/1.1',
  'http/2': 'HTTP/2',
  'grpc-health': 'gRPC health',
  websocket: 'WebSocket',
  nothing: 'connect only',
} as const;

/** The last one that failed, else the last. */
function tellingAttempt({ attempts }: ProbeDocument): ProbeAttemptDocument | undefined {
  return (
    attempts.findLast((attempt) => attempt.failure !== undefined) ??
    attempts.findLast((attempt) => (attempt.status ?? 0) >= 500) ??
    attempts.at(-1)
  );
}

function cellOf({ dns }: ProbeDocument, attempt: ProbeAttemptDocument | undefined, phase: ProbePhase): ProbeCell {
  const failedIn = dns?.failure?.phase ?? attempt?.failure?.phase;
  const ms = phase === 'dns' ? dns?.ms : attempt?.phases[phase];
  return {
    text: ms === undefined ? '' : String(Math.round(ms)),
    // A request that cannot be sent has no column; the wait for its answer is where a reader looks.
    failed:
      attempt?.failure?.code !== 'NO_H2' && (failedIn === phase || (failedIn === 'request' && phase === 'first-byte')),
  };
}

function resultOf({ attempts, state }: ProbeDocument, attempt: ProbeAttemptDocument | undefined): string {
  const failed = attempts.filter((each) => each.failure !== undefined || (each.status ?? 0) >= 500).length;
  const word = attempt === undefined ? 'not tried' : wordOf(attempt);
  if (attempts.length < 2) return word;
  return state === 'intermittent' || failed > 0
    ? `${failed} of ${attempts.length} failed: ${word}`
    : `${attempts.length} answered: ${word}`;
}

function wordOf({ failure, status, grpc }: ProbeAttemptDocument): string {
  if (failure !== undefined) return failure.code === 'NO_H2' ? 'not offered' : failure.code;
  if (status === undefined) return 'connected';
  if (grpc === undefined) return String(status);
  return grpc.health ?? `grpc-status ${grpc.status ?? '?'}`;
}
