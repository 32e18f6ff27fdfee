import type { JsonObject, KindCoverage, ReadProblem, SnapshotFacts, Source, SourceSummary } from '../contract.ts';
import type { LogFile } from '../observations.ts';
import type { Origin } from '../origin.ts';

/** Everything a read delivered, in order. */
export interface Recorded {
  readonly objects: { readonly raw: JsonObject; readonly origin: Origin }[];
  readonly logs: LogFile[];
  readonly responses: { readonly text: string; readonly file: string }[];
  readonly problems: ReadProblem[];
  readonly coverage: KindCoverage[];
  readonly facts: SnapshotFacts[];
  readonly summary: SourceSummary;
}

/** Reads a source to its end. */
export async function recordRead(source: Source, signal = new AbortController().signal): Promise<Recorded> {
  const recorded = {
    objects: [] as { raw: JsonObject; origin: Origin }[],
    logs: [] as LogFile[],
    responses: [] as { text: string; file: string }[],
    problems: [] as ReadProblem[],
    coverage: [] as KindCoverage[],
    facts: [] as SnapshotFacts[],
  };
  const summary = await source.read(
    {
      object: (raw, origin) => recorded.objects.push({ raw, origin }),
      log: (file) => recorded.logs.push(file),
      response: (text, file) => recorded.responses.push({ text, file }),
      problem: (problem) => recorded.problems.push(problem),
      coverage: (entry) => recorded.coverage.push(entry),
      snapshot: (facts) => recorded.facts.push(facts),
    },
    signal,
  );
  return { ...recorded, summary };
}

/** `Kind/namespace/name` of every object, sorted. */
export function idsOf(recorded: Recorded): string[] {
  return recorded.objects
    .map(({ raw }) => {
      const metadata = raw.metadata as JsonObject;
      return `${raw.kind}/${metadata.namespace ?? ''}/${metadata.name}`;
    })
    .sort();
}

/** The object of an id. */
export function objectOf(recorded: Recorded, id: string): { readonly raw: JsonObject; readonly origin: Origin } {
  const [kind, namespace, name] = id.split('/');
  const found = recorded.objects.find(({ raw }) => {
    const metadata = raw.metadata as JsonObject;
    return raw.kind === kind && (metadata.namespace ?? '') === namespace && metadata.name === name;
  });
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
}
