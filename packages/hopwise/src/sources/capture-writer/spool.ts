import { join } from 'node:path';
import type { JsonObject, KindCoverage, ReadProblem, Sink, SnapshotFacts } from '../contract.ts';
import type { LogFile } from '../observations.ts';
import type { Origin } from '../origin.ts';
import { isObject } from '../reading/object-identity.ts';
import { type Extent, SpillFile } from './spill-file.ts';

export interface SpooledObject extends Extent {
  readonly namespace: string;
  readonly name: string;
}

/** The objects of one kind, sorted. */
export interface SpooledKind {
  readonly kind: string;
  /** API group, '' for the core. */
  readonly group: string;
  /** Of one of them. */
  readonly apiVersion: string;
  readonly objects: readonly SpooledObject[];
}

export type SpooledLog = Omit<LogFile, 'text'> & Extent;

/**
 * A sink that keeps everything it is given on disk, and in memory only where it lies: what a source delivers in any order
 * comes out sorted, as often as asked.
 */
export class Spool implements Sink {
  readonly problems: ReadProblem[] = [];
  readonly responses: { readonly text: string; readonly file: string }[] = [];
  facts: SnapshotFacts = {};
  readonly #objects: SpillFile;
  readonly #logs: SpillFile;
  readonly #kinds = new Map<
    string,
    { kind: string; group: string; apiVersion: string; byName: Map<string, SpooledObject> }
  >();
  readonly #logIndex = new Map<string, SpooledLog>();
  readonly #coverage = new Map<string, KindCoverage>();

  readonly #nameOf: (apiVersion: string, kind: string) => string;

  /** `folder` is an existing folder of its own; `nameOf` is how coverage and `forget` call a kind. */
  constructor(folder: string, nameOf: (apiVersion: string, kind: string) => string) {
    this.#nameOf = nameOf;
    this.#objects = new SpillFile(join(folder, 'objects'));
    this.#logs = new SpillFile(join(folder, 'logs'));
  }

  object(raw: JsonObject, origin: Origin): void {
    const { apiVersion, kind } = raw;
    const metadata: JsonObject = isObject(raw.metadata) ? raw.metadata : {};
    const { name, generateName } = metadata;
    const called = typeof name === 'string' ? name : generateName;
    if (typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof called !== 'string') {
      this.problem({
        file: origin.file,
        ...(origin.line === undefined ? {} : { line: origin.line }),
        message: 'holds an object without apiVersion, kind or metadata.name, which is left out',
      });
      return;
    }
    const namespace = typeof metadata.namespace === 'string' ? metadata.namespace : '';
    const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
    const key = `${kind}.${group}`;
    let known = this.#kinds.get(key);
    if (known === undefined) {
      known = { kind, group, apiVersion, byName: new Map() };
      this.#kinds.set(key, known);
    }
    // Of an object that comes twice the later one counts, as in the model.
    known.byName.set(`${namespace}/${called}`, {
      namespace,
      name: called,
      ...this.#objects.append(JSON.stringify(raw)),
    });
  }

  forget(kind: string, namespace: string | undefined): void {
    for (const known of this.#kinds.values()) {
      if (this.#nameOf(known.apiVersion, known.kind) !== kind) continue;
      for (const [key, object] of known.byName) {
        if (namespace === undefined || object.namespace === namespace) known.byName.delete(key);
      }
    }
  }

  log({ text, ...identity }: LogFile): void {
    const key = [identity.namespace, identity.pod, identity.container, identity.previous].join('/');
    this.#logIndex.set(key, { ...identity, ...this.#logs.append(text) });
  }

  response(text: string, file: string): void {
    this.responses.push({ text, file });
  }
  problem(problem: ReadProblem): void {
    this.problems.push(problem);
  }
  coverage(entry: KindCoverage): void {
    this.#coverage.set(entry.kind, entry);
  }
  snapshot(facts: SnapshotFacts): void {
    this.facts = { ...this.facts, ...facts };
  }

  kinds(): SpooledKind[] {
    return [...this.#kinds.values()]
      .filter(({ byName }) => byName.size > 0)
      .map(({ byName, ...identity }) => ({
        ...identity,
        objects: [...byName.values()].sort((a, b) => compare(a.namespace, b.namespace) || compare(a.name, b.name)),
      }))
      .sort((a, b) => compare(a.kind, b.kind) || compare(a.group, b.group));
  }

  logs(): SpooledLog[] {
    return [...this.#logIndex.values()].sort(
      (a, b) =>
        compare(a.namespace, b.namespace) ||
        compare(a.pod, b.pod) ||
        compare(a.container, b.container) ||
        Number(a.previous) - Number(b.previous),
    );
  }

  coverages(): KindCoverage[] {
    return [...this.#coverage.values()].sort((a, b) => compare(a.kind, b.kind));
  }

  /** The JSON of an object, one line. */
  readObject(object: SpooledObject): Buffer {
    return this.#objects.read(object);
  }

  readLog(log: SpooledLog): Buffer {
    return this.#logs.read(log);
  }

  /** Delivers everything to another sink, sorted. */
  replay(sink: Sink, signal: AbortSignal): void {
    sink.snapshot(this.facts);
    for (const entry of this.coverages()) sink.coverage(entry);
    for (const kind of this.kinds()) {
      signal.throwIfAborted();
      for (const object of kind.objects) {
        sink.object(JSON.parse(this.readObject(object).toString()) as JsonObject, { file: 'capture' });
      }
    }
    for (const log of this.logs()) {
      signal.throwIfAborted();
      const { start: _, length: __, ...identity } = log;
      sink.log({ ...identity, text: this.readLog(log).toString() });
    }
    for (const { text, file } of this.responses) sink.response(text, file);
    for (const problem of this.problems) sink.problem(problem);
  }

  close(): void {
    this.#objects.close();
    this.#logs.close();
  }
}

/** By code units: the same everywhere. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
