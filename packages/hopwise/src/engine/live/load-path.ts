import { splitId } from '../../base/object-id.ts';
import { CHECKS } from '../../checks/registry.gen.ts';
import { type Diagnosed, diagnoseWorld } from '../../diagnosis/diagnose.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import { type Need, RecordingModel } from '../../model/recording-model.ts';
import { buildRoutes } from '../../routing/build.ts';
import { CompiledRoutes } from '../../routing/compiled-routes.ts';
import type { RouteTable } from '../../routing/route-table.ts';
import type { ClusterSource } from '../../sources/cluster/cluster-source.ts';
import { CLUSTER_KINDS, fileName } from '../../sources/cluster/kinds.ts';
import type { LogQuery, ObjectQuery } from '../../sources/cluster/query.ts';
import type { Sink } from '../../sources/contract.ts';
import { teeSink } from '../../sources/tee-sink.ts';
import { findCallers } from '../../trace/find-callers.ts';
import type { Trace } from '../../trace/trace.ts';
import { walk } from '../../trace/walk.ts';
import type { ObjectRef, PathOptions, Progress, RequestInput, RequestSearch, Snapshot } from '../contract.ts';
import { planGatewayConfig } from '../plan-gateway-config.ts';
import { readRequest } from '../read-request.ts';
import { knowRoutes } from '../routed.ts';
import { runProbes } from '../run-probes.ts';
import { SnapshotBuilder } from '../snapshot-builder.ts';
import { ALL_WORKLOADS, FIRST_LOOK, WHOLE_CLUSTER } from './gateway-search.ts';
import { logsNearby, logsOfPath } from './path-logs.ts';
import { isNumerous, keyOf, queryFor } from './queries.ts';

/** Each round walks the path as far as it is known and reads what was missed; a path has fewer steps than this. */
const MAX_ROUNDS = 20;
/** A path that seems to lead through more namespaces than this is no path. */
const MAX_NAMESPACES = 40;
const MAX_PODS = 20_000;

/**
 * Reads of a live cluster what one request's path needs, narrowest first: configuration that decides about routes, where the
 * gateways run, then whatever walking and diagnosing the request asks the model for, round by round, then the logs of the
 * Pods on it. Outward (every workload, then every Pod) only while no gateway was found. What may not be read stays unknown.
 */
export async function loadPath(
  cluster: ClusterSource,
  request: RequestInput | RequestSearch,
  options: PathOptions,
  signal: AbortSignal,
  progress?: Progress,
): Promise<Snapshot> {
  const reading = new PathReading(cluster, options, signal, progress);
  await reading.start(request);
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    if (!(await reading.deepen())) break;
  }
  return reading.finish();
}

/** Readings beyond the path, for a failure that nothing on it explains. */
type Wider = 'nearby logs' | 'workloads' | 'whole cluster';

interface Examined {
  readonly model: ClusterModel;
  readonly trace: Trace;
  readonly diagnosed: Diagnosed;
  readonly tableNeeds: readonly Need[];
  readonly pathNeeds: readonly Need[];
}

class PathReading {
  readonly #cluster: ClusterSource;
  #input: RequestInput = { url: '' };
  readonly #options: PathOptions;
  readonly #signal: AbortSignal;
  readonly #progress: Progress | undefined;
  readonly #snapshot = new SnapshotBuilder();
  readonly #asked = new Set<string>();
  readonly #namespaces = new Set<string>();
  readonly #logsAsked = new Set<string>();
  /**
   * Of a large cluster it takes long to build, so that objects that come in are first walked with the routes as they were, and
   * those built anew when nothing more is asked for. Logs do not change them.
   */
  #routes: { readonly table: RouteTable; readonly needs: readonly Need[] } | undefined;
  #routesAreOld = false;
  #probed = false;
  #configAsked = false;
  /** Wider readings that are left, narrowest first. */
  readonly #wider: Wider[] = ['nearby logs', 'workloads', 'whole cluster', 'nearby logs'];

  constructor(cluster: ClusterSource, options: PathOptions, signal: AbortSignal, progress: Progress | undefined) {
    this.#cluster = cluster;
    this.#options = options;
    this.#signal = signal;
    this.#progress = progress;
  }

  get #sink(): Sink {
    const { record } = this.#options;
    return record === undefined ? this.#snapshot.sink : teeSink(this.#snapshot.sink, record);
  }

  async start(request: RequestInput | RequestSearch): Promise<void> {
    const { response } = this.#options;
    if (response !== undefined) this.#sink.response(response.text, response.file);
    const object = 'find' in request ? request.object : undefined;
    if (!('find' in request)) this.#input = request;
    const kinds = [...new Set(CLUSTER_KINDS.map(fileName))].filter((kind) => !isNumerous(kind));
    await this.#ask([...kinds.map((kind) => ({ kind })), ...FIRST_LOOK, ...queriesFor(object)], 'routes and gateways');
    await this.#readWhatIsAllowed(kinds, object?.namespace);
    if (!('find' in request)) return;
    this.#cluster.finish(this.#sink);
    const found = request.find(this.#snapshot.peek().model);
    this.#input = found.input;
    // Nobody can be asked for a host that was made up.
    this.#probed = found.invented;
  }

  /** One round; false when there is nothing more to read. */
  async deepen(): Promise<boolean> {
    const examined = this.#examine();
    const queries = this.#plan(examined);
    if (queries.length > 0) {
      await this.#ask(queries, describe(queries));
      return true;
    }
    if (this.#routesAreOld) {
      this.#routes = undefined;
      return true;
    }
    if (await this.#probe(examined.trace)) return true;
    if (await this.#readGatewayConfig(examined.trace)) return true;
    if (await this.#readLogs(logsOfPath(examined.trace, this.#options.logsSince))) return true;
    if (isSettled(examined)) return false;
    for (let wider = this.#wider.shift(); wider !== undefined; wider = this.#wider.shift()) {
      if (await this.#widen(wider, examined)) return true;
    }
    return false;
  }

  /** Once, when the path is known: only addresses on it are asked. */
  async #probe(trace: Trace): Promise<boolean> {
    const { probing } = this.#options;
    if (probing === undefined || this.#probed) return false;
    this.#probed = true;
    this.#snapshot.addProbes(await runProbes(probing, readRequest(this.#input), trace, this.#signal, this.#progress));
    return true;
  }

  /** Once, of the gateway that the request is known to pass. */
  async #readGatewayConfig(trace: Trace): Promise<boolean> {
    const read = this.#options.gatewayConfig;
    if (read === undefined || this.#configAsked) return false;
    const targets = planGatewayConfig(trace);
    if (targets.length === 0) return false;
    this.#configAsked = true;
    this.#progress?.({ stage: 'gateway configuration', detail: `${targets.length} Pods` });
    this.#snapshot.setGatewayConfig(await read(targets, this.#signal));
    return true;
  }

  /** False when there was nothing new to read. */
  async #widen(wider: Wider, { trace, model }: Examined): Promise<boolean> {
    switch (wider) {
      case 'nearby logs':
        return this.#readLogs(logsNearby(model, new Set(namespacesOf(trace))));
      case 'workloads':
        await this.#ask(ALL_WORKLOADS, 'all workloads');
        return true;
      case 'whole cluster': {
        // Of a cluster beyond this, reading on would take longer than a person waits for an answer.
        if ((await this.#cluster.count('Pod', this.#signal)) > MAX_PODS) return false;
        await this.#ask(WHOLE_CLUSTER, 'all Pods, Services and events');
        return true;
      }
    }
  }

  async #readLogs(queries: readonly LogQuery[]): Promise<boolean> {
    if (!this.#options.logs) return false;
    const fresh = queries.filter(({ namespace, pod, container, previous }) => {
      const key = `${namespace}/${pod}/${container}/${previous}`;
      return !this.#logsAsked.has(key) && this.#logsAsked.add(key);
    });
    if (fresh.length === 0) return false;
    this.#progress?.({ stage: 'logs', detail: `${fresh.length} logs` });
    await this.#cluster.readLogs(fresh, this.#sink, this.#signal);
    return true;
  }

  finish(): Snapshot {
    const snapshot = this.#snapshot.build(this.#cluster.finish(this.#sink));
    if (this.#routes !== undefined && !this.#routesAreOld) knowRoutes(snapshot.model, this.#routes.table);
    return snapshot;
  }

  /** Walks and diagnoses the request with what is there, and notes what was asked for. */
  #examine(): Examined {
    this.#cluster.finish(this.#sink);
    const { model, observations } = this.#snapshot.peek();
    const recording = new RecordingModel(model);
    if (this.#routes === undefined) {
      this.#routes = { table: buildRoutes(recording), needs: recording.takeNeeds() };
      this.#routesAreOld = false;
    }
    const { table: routes, needs: tableNeeds } = this.#routes;
    const request = readRequest(this.#input);
    const { as } = this.#input;
    const { trace, seen } = walk(recording, routes, new CompiledRoutes(), request, observations, {
      explain: true,
      ...(as === undefined ? {} : { caller: findCallers(recording, as) }),
      ...(this.#input.observedStatus === undefined ? {} : { observedStatus: this.#input.observedStatus }),
    });
    const diagnosed = diagnoseWorld(CHECKS, { model: recording, routes, trace, seen, observations });
    return { model, trace, diagnosed, tableNeeds, pathNeeds: recording.takeNeeds() };
  }

  #plan({ trace, tableNeeds, pathNeeds }: Examined): readonly ObjectQuery[] {
    for (const namespace of namespacesOf(trace)) this.#namespaces.add(namespace);
    // Building the table looks at every gateway of the cluster; only those of this path are worth reading.
    const mine = tableNeeds.filter(({ namespace }) => namespace === undefined || this.#namespaces.has(namespace));
    const queries = new Map<string, ObjectQuery>();
    for (const need of [...pathNeeds, ...mine]) {
      const query = queryFor(need);
      if (query === undefined || this.#asked.has(keyOf(query))) continue;
      if (query.namespace !== undefined) this.#namespaces.add(query.namespace);
      if (this.#namespaces.size > MAX_NAMESPACES) break;
      queries.set(keyOf(query), query);
    }
    return [...queries.values()];
  }

  async #ask(queries: readonly ObjectQuery[], what: string): Promise<void> {
    this.#progress?.({ stage: 'read', detail: what });
    for (const query of queries) this.#asked.add(keyOf(query));
    this.#routesAreOld ||= this.#routes?.needs.some((need) => queries.some((query) => concerns(query, need))) ?? false;
    await this.#cluster.query(queries, this.#sink, this.#signal);
  }

  /** Who may not list a kind everywhere may do so in namespaces: the context's, the URL's, the caller's. */
  async #readWhatIsAllowed(kinds: readonly string[], objectNamespace: string | undefined): Promise<void> {
    const refused = [...kinds, 'Pod', 'Service'].filter((kind) => this.#cluster.isForbidden(kind));
    if (refused.length === 0) return;
    const named = objectNamespace === undefined ? namedNamespaces(this.#input) : [objectNamespace];
    const namespaces = new Set([this.#cluster.client.namespace ?? 'default', ...named]);
    await this.#ask(
      [...namespaces].flatMap((namespace) => refused.map((kind) => ({ kind, namespace }))),
      `namespace ${[...namespaces].join(', ')}`,
    );
  }
}

/** May objects that the query brings be among those that were asked for? */
function concerns(query: ObjectQuery, need: Need): boolean {
  if (query.kind !== need.kind) return false;
  return query.namespace === undefined || need.namespace === undefined || query.namespace === need.namespace;
}

/** The answer would not become another by reading on: a cause that is sure, or a path that is known to its end and works. */
function isSettled({ trace, diagnosed: { verdict, causes } }: Examined): boolean {
  if (verdict.status === 'failing') return (causes[0]?.confidence ?? 0) >= 0.8;
  if (verdict.status === 'inconclusive') return false;
  return trace.inCluster || (trace.gateway !== undefined && trace.gateway.pods.state === 'found');
}

/** Namespaces that a request's path leads through. */
function namespacesOf({ gateway, rule, backends, callers }: Trace): readonly string[] {
  const ids = [gateway?.object, rule?.object, ...backends.map(({ ref }) => ref.object)];
  return [
    ...ids.flatMap((id) => (id === undefined ? [] : [splitId(id).namespace])),
    ...(gateway?.pods.state === 'found' ? gateway.pods.value.map((pod) => pod.namespace) : []),
    ...(gateway?.services ?? []).map((service) => service.namespace),
    ...(callers.state === 'found' ? callers.value.map((pod) => pod.namespace) : []),
  ].filter((namespace) => namespace !== '');
}

/** A Service or Pod that stands for its requests is of a kind that is not read whole. */
function queriesFor(object: ObjectRef | undefined): readonly ObjectQuery[] {
  if (object === undefined || !isNumerous(object.kind)) return [];
  const { namespace } = object;
  return ['Service', ...(object.kind === 'Service' ? [] : [object.kind])].map((kind) => ({ kind, namespace }));
}

/** `cart.shop.svc…` and `--as shop/web` name a namespace. */
function namedNamespaces({ url, as }: RequestInput): readonly string[] {
  const host = /^(?:[a-z]+:\/\/)?[^./:]+\.([a-z0-9-]+)\.svc(?:[./:]|$)/i.exec(url)?.[1];
  const parts = as?.split('/') ?? [];
  const caller = parts.length >= 2 ? parts[parts.length - 2] : undefined;
  return [host, caller].filter((name) => name !== undefined);
}

function describe(queries: readonly ObjectQuery[]): string {
  const kinds = [...new Set(queries.map(({ kind }) => kind))].sort();
  const namespaces = [...new Set(queries.flatMap(({ namespace }) => namespace ?? []))].sort();
  const shown = kinds.length > 4 ? `${kinds.slice(0, 4).join(', ')} …` : kinds.join(', ');
  return namespaces.length === 0 ? shown : `${shown} of ${namespaces.slice(0, 3).join(', ')}`;
}
