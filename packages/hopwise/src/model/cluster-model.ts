import type { Lookup } from '../base/lookup.ts';
import type { ObjectId } from '../base/object-id.ts';
import type { JsonObject, ReadProblem } from '../sources/contract.ts';
import type { CoverageState, MissingBecause } from '../sources/coverage.ts';
import type { Kind, KindMap } from './kind-map.ts';
import type { ForeignObject } from './kinds/cluster.ts';
import type { Pod } from './kinds/pod.ts';
import type { EndpointSlice, Service } from './kinds/service.ts';
import type { Labels, Meta, Selector } from './meta.ts';

/**
 * The cluster as it was at `now`: immutable, defaulted, indexed. All access goes through these methods, so that what a
 * check reads can be recorded and a kind that nobody could read answers `unknown`.
 */
export interface ClusterModel {
  /** The snapshot's own time, epoch milliseconds: capture.yaml, else the latest time seen in the input. */
  readonly now: number;
  readonly serverVersion?: string;
  /** Only manifests were read: nothing here ran, absence of status is no fault. */
  readonly manifestsOnly: boolean;
  readonly problems: readonly ReadProblem[];

  /** All objects of a kind, ordered by namespace and name. */
  list<K extends Kind>(kind: K): readonly KindMap[K][];
  listIn<K extends Kind>(kind: K, namespace: string): readonly KindMap[K][];
  /** unknown when the kind (or that namespace of it) was not read; absent only when it was. */
  get<K extends Kind>(kind: K, namespace: string, name: string): Lookup<KindMap[K]>;
  /** Objects of that name in any namespace. */
  named<K extends Kind>(kind: K, name: string): readonly KindMap[K][];
  /** Objects of a kind without a record of its own (`BackendConfig`, `DestinationRule`, …), by kind name. */
  foreign(kind: string): readonly ForeignObject[];
  foreignKinds(): readonly string[];
  /** Any object by id, for display. */
  object(id: ObjectId): Meta | undefined;
  /** The object as read, for patches; undefined for kinds kept only in projection (Pods, Events, endpoints…). */
  raw(id: ObjectId): JsonObject | undefined;

  coverage(kind: string): Coverage;
  /**
   * May absence be concluded? Of the whole kind, or of what lies in one namespace. A kind that the cluster does not serve
   * has been read: it has no objects.
   */
  isRead(kind: string, namespace?: string): boolean;
  coverages(): readonly Coverage[];
  /** Namespaces known from Namespace objects or from any object in them. */
  namespaceLabels(namespace: string): Lookup<Labels>;
  namespaces(): readonly string[];

  podsMatching(namespace: string, selector: Labels | Selector): readonly Pod[];
  /** Pods of any namespace that carry all of the labels, by namespace. */
  podsAnywhere(labels: Labels): readonly Pod[];
  /** The running Pod that owns an address; host-network Pods share their node's and are not answered here. */
  podByIP(address: string): Lookup<Pod>;
  /** Every Service that has the address as a ClusterIP, external IP or load-balancer address. */
  serviceByIP(address: string): Lookup<Service>;
  nodeByIP(address: string): Lookup<KindMap['Node']>;
  /** EndpointSlices of a Service (core Endpoints in the same shape where no slices were read). */
  slicesOf(service: Service): Lookup<readonly EndpointSlice[]>;
  /** The top controller of a Pod: Deployment rather than its ReplicaSet. */
  controllerOf(object: Meta): ObjectId;
  /** Pods that belong to a workload (by owner chain). */
  podsOf(workload: ObjectId): readonly Pod[];
  /** Events about an object, oldest first. */
  eventsAbout(id: ObjectId): readonly KindMap['Event'][];
}

export interface Coverage {
  readonly kind: string;
  readonly state: CoverageState;
  readonly reason?: string;
  readonly missing?: MissingBecause;
  readonly count: number;
}
