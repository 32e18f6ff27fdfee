import { idOf, type ObjectId } from '../base/object-id.ts';
import type { JsonObject, KindCoverage, ReadProblem, SnapshotFacts } from '../sources/contract.ts';
import type { CoverageState, MissingBecause } from '../sources/coverage.ts';
import type { Origin } from '../sources/origin.ts';
import type { ClusterModel } from './cluster-model.ts';
import { IndexedModel } from './indexed-model.ts';
import type { Kind, KindMap } from './kind-map.ts';
import type { ForeignObject } from './kinds/cluster.ts';
import type { PodSpec } from './kinds/pod.ts';
import type { Labels, Meta } from './meta.ts';
import { foreignKind, ownKind, projectOther, projectOwn } from './project/index.ts';
import { projectMeta } from './project/meta.ts';
import { projectPodSpec } from './project/pod.ts';
import { readObject, readObjects, readString, readTime } from './project/read.ts';

/** Kinds of which there are so many that only the projection is kept; they are never patched by a fix. */
const PROJECTION_ONLY = new Set<string>([
  'Pod',
  'Event',
  'EndpointSlice',
  'Endpoints',
  'ReplicaSet',
  'Node',
  'Secret',
  'Lease',
  'ControllerRevision',
]);

/** What a source said about a kind; `namespaces` were read completely although others were not. */
export interface StatedCoverage {
  readonly state: CoverageState;
  readonly reason?: string;
  readonly namespaces?: readonly string[];
  /** Objects that were asked for singly, `namespace/name`. */
  readonly names?: readonly string[];
  readonly missing?: MissingBecause;
}

/** Everything a model is made of; kept so that a model with patched objects can be built from it. */
export interface ModelData {
  readonly own: ReadonlyMap<Kind, ReadonlyMap<string, readonly Meta[]>>;
  readonly foreign: ReadonlyMap<string, readonly ForeignObject[]>;
  readonly raws: ReadonlyMap<ObjectId, { readonly raw: JsonObject; readonly origin: Origin }>;
  readonly coverage: ReadonlyMap<string, StatedCoverage>;
  readonly facts: SnapshotFacts;
  readonly problems: readonly ReadProblem[];
  readonly now: number;
  readonly manifestsOnly: boolean;
}

/**
 * Takes objects one at a time, projects each to the lean record the model needs and lets go of the rest, so that a
 * cluster of 150,000 Pods fits in memory. Later duplicates of an object replace earlier ones.
 */
export class ModelBuilder {
  readonly #own = new Map<Kind, Map<string, readonly Meta[]>>();
  readonly #foreign = new Map<string, Map<string, ForeignObject>>();
  readonly #raws = new Map<ObjectId, { raw: JsonObject; origin: Origin }>();
  readonly #coverage = new Map<string, StatedCoverage>();
  readonly #problems: ReadProblem[] = [];
  readonly #specs = new Map<string, { spec: PodSpec; fingerprint: string; labels: Labels }>();
  #facts: SnapshotFacts = {};
  #latest = 0;
  #sawRunning = false;

  add(raw: JsonObject, origin: Origin): void {
    const apiVersion = readString(raw, 'apiVersion') ?? '';
    const kindName = readString(raw, 'kind') ?? '';
    const kind = ownKind(apiVersion, kindName);
    const meta = projectMeta(raw, origin, kind);
    if (meta === undefined) {
      this.#problems.push({
        file: origin.file,
        ...(origin.line === undefined ? {} : { line: origin.line }),
        message: `${kindName || 'object'} without apiVersion, kind or metadata.name is left out`,
      });
      return;
    }
    if (meta.uid !== undefined || meta.created !== undefined || Object.hasOwn(raw, 'status')) this.#sawRunning = true;
    this.#noteTimes(raw, meta);
    if (kind === undefined) this.#addForeign(raw, meta);
    else this.#addOwn(kind, raw, meta);
  }

  #addOwn<K extends Kind>(kind: K, raw: JsonObject, meta: Meta): void {
    let byName = this.#own.get(kind);
    if (byName === undefined) {
      byName = new Map();
      this.#own.set(kind, byName);
    }
    const records: readonly KindMap[K][] = projectOwn(kind, raw, meta, (podRaw, podMeta) =>
      this.#sharedSpec(podRaw, podMeta),
    );
    byName.set(`${meta.namespace}/${meta.name}`, records);
    if (!PROJECTION_ONLY.has(kind)) this.#raws.set(idOf(meta), { raw, origin: meta.origin });
  }

  /** A source starts a list anew: what came of it so far may not exist any more. */
  forget(kind: string, namespace: string | undefined): void {
    for (const byName of [this.#own.get(kind as Kind), this.#foreign.get(kind)]) {
      for (const key of [...(byName?.keys() ?? [])]) {
        if (namespace === undefined || key.startsWith(`${namespace}/`)) byName?.delete(key);
      }
    }
  }

  #addForeign(raw: JsonObject, meta: Meta): void {
    const kind = foreignKind(meta.apiVersion, meta.kind);
    if (PROJECTION_ONLY.has(meta.kind)) return;
    let byName = this.#foreign.get(kind);
    if (byName === undefined) {
      byName = new Map();
      this.#foreign.set(kind, byName);
    }
    byName.set(`${meta.namespace}/${meta.name}`, projectOther(raw, meta));
    this.#raws.set(idOf(meta), { raw, origin: meta.origin });
  }

  /** Pods of one template share one spec. The images are compared too: an injector may treat Pods of one template differently. */
  #sharedSpec(raw: JsonObject, meta: Meta): PodSpec {
    const spec = readObject(raw, 'spec');
    const hash = meta.labels['pod-template-hash'] ?? meta.labels['controller-revision-hash'];
    if (hash === undefined || meta.owner === undefined) return projectPodSpec(spec);
    const key = `${meta.namespace}/${meta.owner.name}/${hash}`;
    const fingerprint = [...readObjects(spec, 'initContainers'), ...readObjects(spec, 'containers')]
      .map((container) => `${readString(container, 'name')}=${readString(container, 'image')}`)
      .join('\n');
    const known = this.#specs.get(key);
    if (known !== undefined && known.fingerprint === fingerprint) return known.spec;
    const projected = projectPodSpec(spec);
    this.#specs.set(key, { spec: projected, fingerprint, labels: meta.labels });
    return projected;
  }

  /** The snapshot's "now" is the latest time anything in it speaks of. */
  #noteTimes(raw: JsonObject, meta: Meta): void {
    this.noteTime(meta.created);
    if (meta.kind === 'Event') {
      this.noteTime(readTime(raw, 'lastTimestamp') ?? readTime(raw, 'eventTime'));
    } else if (meta.kind === 'Node' || meta.kind === 'Pod') {
      for (const condition of readObjects(readObject(raw, 'status'), 'conditions')) {
        this.noteTime(readTime(condition, 'lastHeartbeatTime') ?? readTime(condition, 'lastTransitionTime'));
      }
    }
  }

  noteTime(time: number | undefined): void {
    if (time !== undefined && time > this.#latest) this.#latest = time;
  }

  /** The latest time the objects speak of, epoch milliseconds. */
  latest(): number | undefined {
    const time = this.#facts.time ?? this.#latest;
    return time > 0 ? time : undefined;
  }

  cover(entry: KindCoverage): void {
    const { kind, ...stated } = entry;
    this.#coverage.set(kind, stated);
  }

  snapshot(facts: SnapshotFacts): void {
    this.#facts = { ...this.#facts, ...facts };
  }

  problem(problem: ReadProblem): void {
    this.#problems.push(problem);
  }

  data(): ModelData {
    const foreign = new Map<string, readonly ForeignObject[]>();
    for (const [kind, byName] of this.#foreign) {
      foreign.set(
        kind,
        [...byName.entries()].sort(byKey).map(([, object]) => object),
      );
    }
    return {
      own: this.#own,
      foreign,
      raws: this.#raws,
      coverage: this.#coverage,
      facts: this.#facts,
      problems: this.#problems,
      now: this.#facts.time ?? this.#latest,
      manifestsOnly: this.#facts.manifestsOnly ?? !this.#sawRunning,
    };
  }

  build(): ClusterModel {
    return new IndexedModel(this.data());
  }
}

function byKey(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;
}
