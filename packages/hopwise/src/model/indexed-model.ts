import { ABSENT, found, type Lookup, unknown } from '../base/lookup.ts';
import { idOf, type ObjectId, objectId, splitId } from '../base/object-id.ts';
import type { JsonObject, ReadProblem } from '../sources/contract.ts';
import type { ModelData } from './builder.ts';
import type { ClusterModel, Coverage } from './cluster-model.ts';
import { isRestricting } from './coverage.ts';
import { deriveSlices, templatePods } from './derive.ts';
import type { Kind, KindMap } from './kind-map.ts';
import type { ForeignObject } from './kinds/cluster.ts';
import type { Pod } from './kinds/pod.ts';
import type { EndpointSlice, Service } from './kinds/service.ts';
import type { Labels, Meta, Selector } from './meta.ts';
import { PodIndex } from './pod-index.ts';
import { isClusterScoped, PROJECTIONS } from './project/index.ts';
import { defined } from './project/read.ts';
import { selectorOf } from './selector.ts';

const WORKLOADS = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'ReplicaSet',
  'ReplicationController',
] as const;

/** The ClusterModel over projected records. Every index is built when first asked for. */
export class IndexedModel implements ClusterModel {
  readonly data: ModelData;
  readonly now: number;
  readonly manifestsOnly: boolean;
  readonly problems: readonly ReadProblem[];
  readonly #lists = new Map<Kind, readonly Meta[]>();
  readonly #byNamespace = new Map<Kind, ReadonlyMap<string, readonly Meta[]>>();
  readonly #byName = new Map<Kind, ReadonlyMap<string, readonly Meta[]>>();
  readonly #spans = new Map<Kind, boolean>();
  #pods: PodIndex | undefined;
  #slices: ReadonlyMap<string, readonly EndpointSlice[]> | undefined;
  #serviceIPs: ReadonlyMap<string, Service> | undefined;
  #nodeIPs: ReadonlyMap<string, KindMap['Node']> | undefined;
  #events: ReadonlyMap<string, readonly KindMap['Event'][]> | undefined;
  #namespaces: readonly string[] | undefined;
  #coverages: readonly Coverage[] | undefined;

  /** `like` is a model of mostly the same data: what was indexed of kinds that are the very same need not be again. */
  constructor(data: ModelData, like?: IndexedModel) {
    this.data = data;
    this.now = data.now;
    this.manifestsOnly = data.manifestsOnly;
    this.problems = data.problems;
    if (like !== undefined) this.#inherit(like);
  }

  #inherit(like: IndexedModel): void {
    // Pods of plain manifests are made of other kinds.
    if (this.manifestsOnly || like.manifestsOnly) return;
    const same = (kind: Kind): boolean => this.data.own.get(kind) === like.data.own.get(kind);
    for (const [kind, list] of like.#lists) if (same(kind)) this.#lists.set(kind, list);
    for (const [kind, index] of like.#byNamespace) if (same(kind)) this.#byNamespace.set(kind, index);
    for (const [kind, index] of like.#byName) if (same(kind)) this.#byName.set(kind, index);
    for (const [kind, spans] of like.#spans) if (same(kind)) this.#spans.set(kind, spans);
    if (same('Pod')) this.#pods = like.#pods;
    if (same('Node')) this.#nodeIPs = like.#nodeIPs;
    if (same('Event')) this.#events = like.#events;
  }

  get serverVersion(): string {
    return this.data.facts.serverVersion ?? '';
  }

  list<K extends Kind>(kind: K): readonly KindMap[K][] {
    let list = this.#lists.get(kind) as readonly KindMap[K][] | undefined;
    if (list === undefined) {
      const records: KindMap[K][] = [];
      for (const group of this.data.own.get(kind)?.values() ?? [])
        for (const record of group) records.push(record as KindMap[K]);
      if (kind === 'Pod' && records.length === 0 && this.manifestsOnly) {
        list = templatePods(WORKLOADS.flatMap((workload) => this.list(workload))) as unknown as readonly KindMap[K][];
      } else {
        list = records.sort(byPlace);
      }
      this.#lists.set(kind, list);
    }
    return list;
  }

  listIn<K extends Kind>(kind: K, namespace: string): readonly KindMap[K][] {
    let index = this.#byNamespace.get(kind) as ReadonlyMap<string, readonly KindMap[K][]> | undefined;
    if (index === undefined) {
      index = groupBy(this.list(kind), (object) => object.namespace);
      this.#byNamespace.set(kind, index);
    }
    return index.get(namespace) ?? [];
  }

  get<K extends Kind>(kind: K, namespace: string, name: string): Lookup<KindMap[K]> {
    const records = this.data.own.get(kind)?.get(`${isClusterScoped(kind) ? '' : namespace}/${name}`);
    const first = records?.[0];
    if (first !== undefined) return found(first as KindMap[K]);
    if (records !== undefined) return ABSENT;
    const coverage = this.coverage(kind);
    switch (coverage.state) {
      case 'assumed-none':
      case 'not-installed':
        return ABSENT;
      case 'complete':
        return this.#namespaceWasRead(kind, namespace)
          ? ABSENT
          : unknown(
              `no ${kind} of namespace ${namespace} is in the input`,
              `kubectl get ${kind.toLowerCase()} -n ${namespace} -o yaml`,
            );
      default:
        if (this.isRead(kind, namespace) || this.#wasAskedFor(kind, namespace, name)) return ABSENT;
        return unknown(
          coverage.reason ?? `${kind} is ${coverage.state}`,
          `kubectl get ${kind.toLowerCase()} -A -o yaml`,
        );
    }
  }

  #wasAskedFor(kind: Kind, namespace: string, name: string): boolean {
    const place = `${isClusterScoped(kind) ? '' : namespace}/${name}`;
    return this.data.coverage.get(kind)?.names?.includes(place) === true;
  }

  /** A dump of one namespace holds nothing of the others: their objects are unread, not absent. */
  #namespaceWasRead(kind: Kind, namespace: string): boolean {
    if (isClusterScoped(kind) || this.manifestsOnly || this.data.coverage.has(kind)) return true;
    if (this.listIn(kind, namespace).length > 0) return true;
    return this.#spansNamespaces(kind);
  }

  #spansNamespaces(kind: Kind): boolean {
    let spans = this.#spans.get(kind);
    if (spans === undefined) {
      const list = this.list(kind);
      spans = list.some((object) => object.namespace !== list[0]?.namespace);
      this.#spans.set(kind, spans);
    }
    return spans;
  }

  named<K extends Kind>(kind: K, name: string): readonly KindMap[K][] {
    let index = this.#byName.get(kind) as ReadonlyMap<string, readonly KindMap[K][]> | undefined;
    if (index === undefined) {
      index = groupBy(this.list(kind), (object) => object.name);
      this.#byName.set(kind, index);
    }
    return index.get(name) ?? [];
  }

  foreign(kind: string): readonly ForeignObject[] {
    return this.data.foreign.get(kind) ?? [];
  }

  foreignKinds(): readonly string[] {
    return [...this.data.foreign.keys()].sort();
  }

  object(id: ObjectId): Meta | undefined {
    const { kind, namespace, name } = splitId(id);
    if (Object.hasOwn(PROJECTIONS, kind)) {
      const record = this.data.own.get(kind as Kind)?.get(`${namespace}/${name}`)?.[0];
      if (record !== undefined) return record;
    }
    const isIt = (object: ForeignObject) => object.namespace === namespace && object.name === name;
    const exact = this.foreign(kind).find(isIt);
    if (exact !== undefined || !Object.hasOwn(PROJECTIONS, kind)) return exact;
    // A kind of the same name in another API group (Istio's Gateway).
    for (const [other, objects] of this.data.foreign) {
      const found = other.startsWith(`${kind}.`) ? objects.find(isIt) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  }

  raw(id: ObjectId): JsonObject | undefined {
    return this.data.raws.get(id)?.raw;
  }

  coverage(kind: string): Coverage {
    const count = Object.hasOwn(PROJECTIONS, kind)
      ? (this.data.own.get(kind as Kind)?.size ?? 0)
      : this.foreign(kind).length;
    const stated = this.data.coverage.get(kind);
    if (stated !== undefined)
      return defined({ kind, count, state: stated.state, reason: stated.reason, missing: stated.missing });
    if (count > 0) return { kind, count, state: 'complete' };
    if (isRestricting(kind) && ((this.data.own.get('Pod')?.size ?? 0) > 0 || this.manifestsOnly)) {
      return { kind, count, state: 'assumed-none', reason: `no ${kind} is in the input; taken to have none` };
    }
    return { kind, count, state: 'not-collected', reason: `no ${kind} is in the input` };
  }

  isRead(kind: string, namespace?: string): boolean {
    const { state } = this.coverage(kind);
    if (state === 'complete' || state === 'not-installed') return true;
    return namespace !== undefined && this.data.coverage.get(kind)?.namespaces?.includes(namespace) === true;
  }

  coverages(): readonly Coverage[] {
    this.#coverages ??= this.#listCoverages();
    return this.#coverages;
  }

  #listCoverages(): readonly Coverage[] {
    const kinds = new Set<string>([
      ...Object.keys(PROJECTIONS),
      ...this.data.foreign.keys(),
      ...this.data.coverage.keys(),
    ]);
    return [...kinds].sort().map((kind) => this.coverage(kind));
  }

  namespaceLabels(namespace: string): Lookup<Labels> {
    const lookup = this.get('Namespace', '', namespace);
    if (lookup.state === 'found') return found({ 'kubernetes.io/metadata.name': namespace, ...lookup.value.labels });
    return lookup.state === 'absent'
      ? unknown(`Namespace ${namespace} is not in the input`, `kubectl get namespace ${namespace} -o yaml`)
      : lookup;
  }

  namespaces(): readonly string[] {
    if (this.#namespaces === undefined) {
      const all = new Set<string>(this.list('Namespace').map((object) => object.name));
      for (const byName of this.data.own.values()) {
        for (const key of byName.keys()) {
          const namespace = key.slice(0, key.indexOf('/'));
          if (namespace !== '') all.add(namespace);
        }
      }
      this.#namespaces = [...all].sort();
    }
    return this.#namespaces;
  }

  get #podIndex(): PodIndex {
    this.#pods ??= new PodIndex(this.list('Pod'));
    return this.#pods;
  }

  podsMatching(namespace: string, selector: Labels | Selector): readonly Pod[] {
    return this.#podIndex.matching(namespace, isSelector(selector) ? selector : selectorOf(selector));
  }

  podsAnywhere(labels: Labels): readonly Pod[] {
    return this.namespaces().flatMap((namespace) => this.podsMatching(namespace, labels));
  }

  podByIP(address: string): Lookup<Pod> {
    const pod = this.#podIndex.byIP(address);
    if (pod !== undefined) return found(pod);
    const coverage = this.coverage('Pod');
    return coverage.state === 'complete' && coverage.count > 0
      ? ABSENT
      : unknown(coverage.reason ?? 'Pods were not completely read', 'kubectl get pods -A -o yaml');
  }

  serviceByIP(address: string): Lookup<Service> {
    if (this.#serviceIPs === undefined) {
      const index = new Map<string, Service>();
      for (const service of this.list('Service')) {
        const addresses = [
          ...service.clusterIPs,
          ...service.externalIPs,
          ...service.addresses.flatMap((entry) => entry.ip ?? entry.hostname ?? []),
        ];
        for (const ip of addresses) if (!index.has(ip)) index.set(ip, service);
      }
      this.#serviceIPs = index;
    }
    const service = this.#serviceIPs.get(address);
    if (service !== undefined) return found(service);
    const coverage = this.coverage('Service');
    return coverage.state === 'complete'
      ? ABSENT
      : unknown(coverage.reason ?? 'Services were not completely read', 'kubectl get services -A -o yaml');
  }

  nodeByIP(address: string): Lookup<KindMap['Node']> {
    if (this.#nodeIPs === undefined) {
      const index = new Map<string, KindMap['Node']>();
      for (const node of this.list('Node')) for (const entry of node.addresses) index.set(entry.address, node);
      this.#nodeIPs = index;
    }
    const node = this.#nodeIPs.get(address);
    if (node !== undefined) return found(node);
    const coverage = this.coverage('Node');
    return coverage.state === 'complete'
      ? ABSENT
      : unknown(coverage.reason ?? 'Nodes were not completely read', 'kubectl get nodes -o yaml');
  }

  slicesOf(service: Service): Lookup<readonly EndpointSlice[]> {
    if (this.#slices === undefined) {
      const kind = this.coverage('EndpointSlice').count > 0 ? 'EndpointSlice' : 'Endpoints';
      this.#slices = groupBy(this.list(kind), (slice) => `${slice.namespace}/${slice.service ?? ''}`);
    }
    const slices = this.#slices.get(`${service.namespace}/${service.name}`);
    if (slices !== undefined && slices.length > 0) return found(slices);
    // Slices may leave out Services whose Endpoints object is there (a partial dump).
    const old = this.data.own.get('Endpoints')?.get(`${service.namespace}/${service.name}`) as
      | readonly EndpointSlice[]
      | undefined;
    if (old !== undefined && old.length > 0) return found(old);
    return this.#withoutSlices(service, old !== undefined);
  }

  /** No slice names this Service: what the controller would have made, what nobody wrote, or what nobody read. */
  #withoutSlices(service: Service, emptyEndpoints: boolean): Lookup<readonly EndpointSlice[]> {
    const collected = this.isRead('EndpointSlice', service.namespace) || this.isRead('Endpoints', service.namespace);
    if (service.selector === undefined) {
      if (collected || emptyEndpoints) return found([]);
      return unknown(
        `the endpoints of Service ${service.namespace}/${service.name} are not in the input`,
        `kubectl get endpointslices -n ${service.namespace} -o yaml`,
      );
    }
    const pods = this.podsMatching(service.namespace, service.selector);
    const podsRead = this.manifestsOnly || this.isRead('Pod', service.namespace);
    if (collected) {
      const couldServe = pods.some((pod) => pod.ready);
      if (emptyEndpoints || !couldServe)
        return podsRead || emptyEndpoints ? found(deriveSlices(service, pods, this.manifestsOnly)) : found([]);
      return unknown(
        `no EndpointSlice of Service ${service.namespace}/${service.name} is in the input although ready Pods match`,
        `kubectl get endpointslices -n ${service.namespace} -o yaml`,
      );
    }
    if (!podsRead)
      return unknown(
        'neither EndpointSlices nor Pods are in the input',
        `kubectl get endpointslices,pods -n ${service.namespace} -o yaml`,
      );
    return found(deriveSlices(service, pods, this.manifestsOnly));
  }

  controllerOf(object: Meta): ObjectId {
    let current: Meta = object;
    for (let depth = 0; depth < 5; depth += 1) {
      if (current.owner === undefined) return idOf(current);
      const { kind, name } = current.owner;
      const id = objectId(kind, current.namespace, name);
      const next = this.object(id);
      if (next === undefined) return this.#guessOwner(current, id);
      current = next;
    }
    return idOf(current);
  }

  /** The ReplicaSet itself is not in the input: its Deployment has its name without the template hash. */
  #guessOwner(pod: Meta, owner: ObjectId): ObjectId {
    const { kind, namespace, name } = splitId(owner);
    const hash = pod.labels['pod-template-hash'];
    if (kind === 'ReplicaSet' && hash !== undefined && name.endsWith(`-${hash}`)) {
      return objectId('Deployment', namespace, name.slice(0, -hash.length - 1));
    }
    return owner;
  }

  podsOf(workload: ObjectId): readonly Pod[] {
    const { namespace } = splitId(workload);
    return this.listIn('Pod', namespace).filter((pod) => this.controllerOf(pod) === workload);
  }

  eventsAbout(id: ObjectId): readonly KindMap['Event'][] {
    if (this.#events === undefined) {
      const index = groupBy(this.list('Event'), (event) => event.about);
      for (const list of index.values()) (list as KindMap['Event'][]).sort((a, b) => (a.last ?? 0) - (b.last ?? 0));
      this.#events = index;
    }
    return this.#events.get(id) ?? [];
  }
}

function byPlace(a: Meta, b: Meta): number {
  if (a.namespace !== b.namespace) return a.namespace < b.namespace ? -1 : 1;
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function groupBy<T>(list: readonly T[], key: (item: T) => string): Map<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of list) {
    const name = key(item);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return groups;
}

function isSelector(value: Labels | Selector): value is Selector {
  return Array.isArray((value as Selector).requirements);
}
