import type {
  JsonObject,
  KindCoverage,
  ReadProblem,
  SnapshotFacts,
  Source,
  SourceSummary,
} from '../../packages/hopwise/src/sources/contract.ts';
import type { LogFile } from '../../packages/hopwise/src/sources/observations.ts';
import { openSource } from '../../packages/hopwise/src/sources/open.ts';
import type { Origin } from '../../packages/hopwise/src/sources/origin.ts';

/** Everything a source delivered, so that a test can deliver it again with something changed. */
export interface Recording {
  readonly objects: readonly RecordedObject[];
  readonly logs: readonly LogFile[];
  readonly responses: readonly { readonly text: string; readonly file: string }[];
  readonly problems: readonly ReadProblem[];
  readonly coverage: readonly KindCoverage[];
  readonly facts: readonly SnapshotFacts[];
  readonly summary: SourceSummary;
}
export interface RecordedObject {
  readonly raw: JsonObject;
  readonly origin: Origin;
}

/** Reads a capture once. The objects are frozen: whoever changes its input fails loudly. */
export async function record(path: string): Promise<Recording> {
  const objects: RecordedObject[] = [];
  const logs: LogFile[] = [];
  const responses: { text: string; file: string }[] = [];
  const problems: ReadProblem[] = [];
  const coverage: KindCoverage[] = [];
  const facts: SnapshotFacts[] = [];
  const source = await openSource(path);
  const summary = await source.read(
    {
      object: (raw, origin) => objects.push({ raw: freezeDeep(raw), origin }),
      log: (file) => logs.push(file),
      response: (text, file) => responses.push({ text, file }),
      problem: (problem) => problems.push(problem),
      coverage: (entry) => coverage.push(entry),
      snapshot: (entry) => facts.push(entry),
    },
    new AbortController().signal,
  );
  return { objects, logs, responses, problems, coverage, facts, summary };
}

/** A source that delivers a recording. */
export function replay(recording: Recording): Source {
  return {
    id: 'recording',
    async read(sink) {
      for (const entry of recording.facts) sink.snapshot(entry);
      for (const entry of recording.coverage) sink.coverage(entry);
      for (const { raw, origin } of recording.objects) sink.object(raw, origin);
      for (const file of recording.logs) sink.log(file);
      for (const { text, file } of recording.responses) sink.response(text, file);
      for (const problem of recording.problems) sink.problem(problem);
      return recording.summary;
    },
  };
}

/** The recording as if nobody had collected this kind. */
export function withoutKind(recording: Recording, kind: string): Recording {
  return {
    ...recording,
    objects: recording.objects.filter(({ raw }) => raw.kind !== kind),
    coverage: recording.coverage.filter((entry) => entry.kind !== kind),
  };
}

export function kindsOf(recording: Recording): string[] {
  return [...new Set(recording.objects.map(({ raw }) => String(raw.kind)))].sort();
}

function freezeDeep<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freezeDeep);
  }
  return value;
}
