import type { CoverageState, MissingBecause } from './coverage.ts';
import type { LogFile } from './observations.ts';
import type { Origin } from './origin.ts';

/** A JSON value as it was read; nothing defaulted, nothing judged. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** What could not be used, named with the place; the rest of the input is used all the same. */
export interface ReadProblem {
  readonly file: string;
  readonly line?: number;
  readonly message: string;
}

/** How complete one kind is. `kind` is the Kubernetes kind (`NetworkPolicy`). */
export interface KindCoverage {
  readonly kind: string;
  readonly state: CoverageState;
  readonly reason?: string;
  /** With `partial`: the namespaces that were read completely, when the source knows them. */
  readonly namespaces?: readonly string[];
  /** With `partial`: single objects that were asked for, `namespace/name`; those that did not come do not exist. */
  readonly names?: readonly string[];
  readonly missing?: MissingBecause;
}

/**
 * Where a source delivers what it reads, one object at a time, so that nothing has to keep a whole cluster in memory:
 * a receiver projects each object and lets go of it.
 */
export interface Sink {
  /** One Kubernetes object (v1 Lists are already opened). */
  object(raw: JsonObject, origin: Origin): void;
  /** Objects of a kind (filed as `kind`) that came so far do not count: their list begins anew. */
  forget?(kind: string, namespace: string | undefined): void;
  log(file: LogFile): void;
  /** What `curl -sv` or `curl -si` printed for the failing request. */
  response(text: string, file: string): void;
  problem(problem: ReadProblem): void;
  coverage(entry: KindCoverage): void;
  /** Facts about the whole snapshot (capture.yaml, bundle metadata). `time` in epoch milliseconds. */
  snapshot(facts: SnapshotFacts): void;
}

export interface SnapshotFacts {
  readonly time?: number;
  readonly serverVersion?: string;
  readonly scope?: string;
  /** Plain manifests: nothing here ever ran, so the absence of status is no fault. */
  readonly manifestsOnly?: boolean;
}

/** Says what was read, for the report: `capture folder ./incident (1 YAML file, 3 logs)`. */
export interface SourceSummary {
  readonly kind: string;
  readonly path: string;
  readonly description: string;
}

export interface Source {
  readonly id: string;
  read(sink: Sink, signal: AbortSignal): Promise<SourceSummary>;
}
