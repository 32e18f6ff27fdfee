import type { JsonObject, Sink, Source, SourceSummary } from '../contract.ts';
import type { Origin } from '../origin.ts';
import type { ApiFailure } from './api/api-failure.ts';
import { type Discovery, discover, resourceKey, type ServedResource } from './api/discovery.ts';
import { type ClusterClient, ClusterError } from './client.ts';
import { CoverageLedger } from './coverage-ledger.ts';
import { CLUSTER_KINDS, type ClusterKind, fileName } from './kinds.ts';
import type { LogQuery, ObjectQuery } from './query.ts';
import { countObjects, readList } from './read-list.ts';
import { readContainerLog } from './read-logs.ts';
import type { ListForm } from './read-page.ts';

/** Objects have no file in a cluster; evidence names the object instead. */
const ORIGIN: Origin = { file: '' };
/** Lists side by side. */
const PARALLEL = 8;

/** API resources by the name under which the model files them. */
const RESOURCES: ReadonlyMap<string, readonly ClusterKind[]> = Map.groupBy(CLUSTER_KINDS, fileName);

export interface ReadingOptions extends ListForm {
  /** The whole-cluster reading is of this namespace and of what has none. */
  readonly namespace?: string;
}

interface OpenRead {
  readonly known: ClusterKind;
  readonly served: ServedResource;
  readonly query: ObjectQuery;
  /** Undefined: the whole cluster. */
  readonly namespace: string | undefined;
}

/**
 * A live cluster. As a Source it is read whole; by `query` it gives single kinds, namespaces and objects, and remembers what
 * was read, so that nothing is asked for twice. What cannot be read becomes coverage, never an error; only a server that
 * cannot be reached at all, or does not know the user, throws.
 */
export class ClusterSource implements Source {
  readonly id = 'cluster';
  readonly client: ClusterClient;
  readonly #options: ReadingOptions;
  readonly #ledger = new CoverageLedger();
  /** Newest resourceVersion by list, so that a watch can go on from there. */
  readonly #versions = new Map<string, string>();
  #discovery: Promise<Discovery> | undefined;
  #now: number | undefined;
  #serverVersion: string | undefined;
  #objects = 0;

  constructor(client: ClusterClient, options: ReadingOptions = {}) {
    this.client = client;
    this.#options = options;
  }

  async read(sink: Sink, signal: AbortSignal): Promise<SourceSummary> {
    const namespace = this.#options.namespace === undefined ? {} : { namespace: this.#options.namespace };
    const kinds = new Set(CLUSTER_KINDS.map(fileName));
    await this.query(
      [...kinds].map((kind) => ({ kind, ...namespace })),
      sink,
      signal,
    );
    return this.finish(sink);
  }

  /** Reads what was not read (or refused) before, side by side. Kinds without namespaces are always read whole. */
  async query(queries: readonly ObjectQuery[], sink: Sink, signal: AbortSignal): Promise<void> {
    const discovery = await this.#discover(signal);
    const waiting = queries.flatMap((query) => this.#open(discovery, query));
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await this.#read(next, sink, signal);
    };
    await Promise.all(Array.from({ length: PARALLEL }, work));
  }

  /** Reads logs side by side; what is refused becomes a problem that names the container. */
  async readLogs(queries: readonly LogQuery[], sink: Sink, signal: AbortSignal): Promise<void> {
    const waiting = [...queries];
    const work = async (): Promise<void> => {
      for (let query = waiting.shift(); query !== undefined; query = waiting.shift()) {
        const result = await readContainerLog(this.client, query, signal);
        if ('text' in result) sink.log(result);
        else if (!query.previous) sink.problem({ file: `log of ${nameOf(query)}`, message: result.message });
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, work));
  }

  /** How many objects of a kind there are; Infinity when the server does not say. */
  async count(kind: string, signal: AbortSignal): Promise<number> {
    const discovery = await this.#discover(signal);
    let total = 0;
    for (const known of RESOURCES.get(kind) ?? []) {
      const served = this.#served(discovery, known);
      if (served !== undefined) total += await countObjects(this.client, served, signal);
    }
    return total;
  }

  /** Was a read of this scope refused by RBAC? */
  isForbidden(kind: string, namespace?: string): boolean {
    return (RESOURCES.get(kind) ?? []).some((known) => this.#ledger.failure(known, namespace)?.kind === 'forbidden');
  }

  /** Hands over coverage and snapshot facts; to be called when all has been read. */
  finish(sink: Sink): SourceSummary {
    for (const entry of this.#ledger.coverages()) sink.coverage(entry);
    const { namespace } = this.#options;
    const scope = namespace === undefined ? {} : { scope: `namespace ${namespace}` };
    sink.snapshot({
      ...(this.#now === undefined ? {} : { time: this.#now }),
      ...(this.#serverVersion === undefined ? {} : { serverVersion: this.#serverVersion }),
      ...scope,
      manifestsOnly: false,
    });
    const { server, context } = this.client;
    const { requests, bytes } = this.client.traffic;
    const name = context === undefined ? server : `context ${context}`;
    return {
      kind: 'cluster',
      path: server,
      description: `${name} (${this.#objects} objects, ${requests} requests, ${sizeOf(bytes)})`,
    };
  }

  /** Where a watch of a list that was read would begin; undefined when it was not read. */
  resourceVersion(kind: string, namespace?: string): string | undefined {
    return this.#versions.get(`${kind}/${namespace ?? ''}`);
  }

  /** The reads that a query still needs. */
  #open(discovery: Discovery, query: ObjectQuery): readonly OpenRead[] {
    return (RESOURCES.get(query.kind) ?? []).flatMap((known) => {
      const served = this.#served(discovery, known);
      if (served === undefined) return [];
      const namespace = served.namespaced ? query.namespace : undefined;
      const done =
        this.#ledger.has(known, namespace, query.name) || this.#ledger.failure(known, namespace)?.kind === 'forbidden';
      return done ? [] : [{ known, served, query, namespace }];
    });
  }

  async #read({ known, served, query, namespace }: OpenRead, sink: Sink, signal: AbortSignal): Promise<void> {
    const { objects, failure, resourceVersion, date, cut } = await readList(
      this.client,
      served,
      query,
      this.#options,
      {
        object: (raw: JsonObject) => sink.object(raw, ORIGIN),
        restart: () => sink.forget?.(query.kind, namespace),
      },
      signal,
    );
    this.#objects += objects;
    if (date !== undefined && (this.#now === undefined || date > this.#now)) this.#now = date;
    // A selector narrows the answer: neither it nor its refusal says how far the kind is known.
    if (query.labelSelector !== undefined || query.fieldSelector !== undefined) return;
    if (failure !== undefined) {
      this.#ledger.failed(known, namespace, failure);
      return;
    }
    if (cut === true) return;
    this.#ledger.read(known, namespace, query.name);
    if (query.name === undefined && resourceVersion !== undefined) {
      this.#versions.set(`${query.kind}/${namespace ?? ''}`, resourceVersion);
    }
  }

  /** How the server serves a kind; undefined when it does not, or when nobody could tell, which is put on record. */
  #served(discovery: Discovery, known: ClusterKind): ServedResource | undefined {
    const { kind, group } = known;
    const served = discovery.resources.get(resourceKey(group, kind));
    if (served !== undefined) return served;
    const failure = discovery.failure ?? discovery.unread.get(group);
    if (failure === undefined) this.#ledger.notServed(known, `the cluster does not serve ${kind}`);
    else this.#ledger.failed(known, undefined, failure);
    return undefined;
  }

  #discover(signal: AbortSignal): Promise<Discovery> {
    this.#discovery ??= this.#firstContact(signal);
    return this.#discovery;
  }

  /** The first requests settle whether there is anything to talk to at all. */
  async #firstContact(signal: AbortSignal): Promise<Discovery> {
    const groups = new Set(CLUSTER_KINDS.map(({ group }) => group));
    const [discovery, version] = await Promise.all([discover(this.client, groups, signal), this.#readVersion(signal)]);
    const failure = discovery.failure;
    if (failure !== undefined && isFatal(failure)) throw new ClusterError(failure);
    this.#serverVersion = version;
    return discovery;
  }

  async #readVersion(signal: AbortSignal): Promise<string | undefined> {
    try {
      const response = await this.client.request({ path: '/version', signal });
      const answer: unknown = response.status === 200 ? JSON.parse(response.body.toString('utf8')) : undefined;
      if (typeof answer !== 'object' || answer === null || !('gitVersion' in answer)) return undefined;
      return typeof answer.gitVersion === 'string' ? answer.gitVersion : undefined;
    } catch (error) {
      if (error instanceof ClusterError || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }
}

/** No question will get an answer. */
function isFatal({ kind }: ApiFailure): boolean {
  return kind === 'unauthorized' || kind === 'unreachable' || kind === 'tls' || kind === 'timeout' || kind === 'broken';
}

function nameOf({ namespace, pod, container }: LogQuery): string {
  return `${namespace}/${pod} container ${container}`;
}

function sizeOf(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
