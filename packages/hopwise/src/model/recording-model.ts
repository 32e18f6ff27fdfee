import type { Lookup } from '../base/lookup.ts';
import { type ObjectId, splitId } from '../base/object-id.ts';
import type { JsonObject, ReadProblem } from '../sources/contract.ts';
import type { ClusterModel, Coverage } from './cluster-model.ts';
import type { Kind, KindMap } from './kind-map.ts';
import type { ForeignObject } from './kinds/cluster.ts';
import type { Pod } from './kinds/pod.ts';
import type { EndpointSlice, Service } from './kinds/service.ts';
import type { Labels, Meta, Selector } from './meta.ts';
import { isClusterScoped } from './project/index.ts';

/**
 * What somebody wanted to know of the cluster. Without namespace: of all of it; with a name: one object; with an address
 * or labels: whoever has them.
 */
export interface Need {
  readonly kind: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly address?: string;
  /** A label selector: whoever carries these labels, wherever. */
  readonly labels?: string;
}

/** Answers as the model behind it does and writes down what was asked, so that a live cluster is read only as far as a request needs it. */
export class RecordingModel implements ClusterModel {
  readonly #model: ClusterModel;
  #needs = new Map<string, Need>();

  constructor(model: ClusterModel) {
    this.#model = model;
  }

  /** What was asked since the last call. */
  takeNeeds(): readonly Need[] {
    const needs = [...this.#needs.values()];
    this.#needs = new Map();
    return needs;
  }

  #want(need: Need): void {
    this.#needs.set(
      `${need.kind} ${need.namespace ?? '*'} ${need.name ?? '*'} ${need.address ?? ''} ${need.labels ?? ''}`,
      need,
    );
  }

  #wantIn(kind: string, namespace: string): void {
    this.#want(isClusterScoped(kind) ? { kind } : { kind, namespace });
  }

  get now(): number {
    return this.#model.now;
  }
  get serverVersion(): string {
    return this.#model.serverVersion ?? '';
  }
  get manifestsOnly(): boolean {
    return this.#model.manifestsOnly;
  }
  get problems(): readonly ReadProblem[] {
    return this.#model.problems;
  }

  list<K extends Kind>(kind: K): readonly KindMap[K][] {
    this.#want({ kind });
    return this.#model.list(kind);
  }

  listIn<K extends Kind>(kind: K, namespace: string): readonly KindMap[K][] {
    this.#wantIn(kind, namespace);
    return this.#model.listIn(kind, namespace);
  }

  get<K extends Kind>(kind: K, namespace: string, name: string): Lookup<KindMap[K]> {
    this.#want(isClusterScoped(kind) ? { kind, name } : { kind, namespace, name });
    return this.#model.get(kind, namespace, name);
  }

  named<K extends Kind>(kind: K, name: string): readonly KindMap[K][] {
    this.#want({ kind, name });
    return this.#model.named(kind, name);
  }

  foreign(kind: string): readonly ForeignObject[] {
    this.#want({ kind });
    return this.#model.foreign(kind);
  }

  foreignKinds(): readonly string[] {
    return this.#model.foreignKinds();
  }

  object(id: ObjectId): Meta | undefined {
    this.#wantObject(id);
    return this.#model.object(id);
  }

  raw(id: ObjectId): JsonObject | undefined {
    this.#wantObject(id);
    return this.#model.raw(id);
  }

  #wantObject(id: ObjectId): void {
    const { kind, namespace, name } = splitId(id);
    this.#want(namespace === '' ? { kind, name } : { kind, namespace, name });
  }

  coverage(kind: string): Coverage {
    return this.#model.coverage(kind);
  }

  isRead(kind: string, namespace?: string): boolean {
    if (namespace === undefined) this.#want({ kind });
    else this.#wantIn(kind, namespace);
    return this.#model.isRead(kind, namespace);
  }

  coverages(): readonly Coverage[] {
    return this.#model.coverages();
  }

  namespaceLabels(namespace: string): Lookup<Labels> {
    this.#want({ kind: 'Namespace', name: namespace });
    return this.#model.namespaceLabels(namespace);
  }

  namespaces(): readonly string[] {
    return this.#model.namespaces();
  }

  podsMatching(namespace: string, selector: Labels | Selector): readonly Pod[] {
    this.#want({ kind: 'Pod', namespace });
    return this.#model.podsMatching(namespace, selector);
  }

  podsAnywhere(labels: Labels): readonly Pod[] {
    this.#want({
      kind: 'Pod',
      labels: Object.entries(labels)
        .map(([key, value]) => `${key}=${value}`)
        .sort()
        .join(','),
    });
    return this.#model.podsAnywhere(labels);
  }

  podByIP(address: string): Lookup<Pod> {
    this.#want({ kind: 'Pod', address });
    return this.#model.podByIP(address);
  }

  serviceByIP(address: string): Lookup<Service> {
    this.#want({ kind: 'Service', address });
    return this.#model.serviceByIP(address);
  }

  nodeByIP(address: string): Lookup<KindMap['Node']> {
    this.#want({ kind: 'Node', address });
    return this.#model.nodeByIP(address);
  }

  slicesOf(service: Service): Lookup<readonly EndpointSlice[]> {
    const { namespace } = service;
    for (const kind of ['EndpointSlice', 'Pod'] as const) this.#want({ kind, namespace });
    return this.#model.slicesOf(service);
  }

  controllerOf(object: Meta): ObjectId {
    const { owner, namespace } = object;
    if (owner !== undefined) {
      this.#want({ kind: owner.kind, namespace, name: owner.name });
      if (owner.kind === 'ReplicaSet') this.#want({ kind: 'Deployment', namespace });
    }
    return this.#model.controllerOf(object);
  }

  podsOf(workload: ObjectId): readonly Pod[] {
    const { kind, namespace } = splitId(workload);
    this.#want({ kind: 'Pod', namespace });
    if (kind === 'Deployment') this.#want({ kind: 'ReplicaSet', namespace });
    return this.#model.podsOf(workload);
  }

  eventsAbout(id: ObjectId): readonly KindMap['Event'][] {
    const { namespace } = splitId(id);
    // Events about cluster-scoped objects are kept in the namespace default.
    this.#want({ kind: 'Event', namespace: namespace === '' ? 'default' : namespace });
    return this.#model.eventsAbout(id);
  }
}
