import type { ClusterModel } from '../model/cluster-model.ts';
import type { DiagnosisDocument, ScanDocument, TraceDocument } from '../report/diagnosis.ts';
import type { ClusterSource } from '../sources/cluster/cluster-source.ts';
import type { Sink, Source, SourceSummary } from '../sources/contract.ts';
import type { GatewayConfigReader } from '../sources/gateway-config/contract.ts';
import type { Observations } from '../sources/observations.ts';
import type { Prober } from '../sources/probe/contract.ts';
import type { InsideProber } from '../sources/probe/inside/contract.ts';

/** A request as a user gives it: `curl`-like. */
export interface RequestInput {
  readonly url: string;
  /** Default GET. */
  readonly method?: string;
  /** Any case; a Host header overrides the URL's host. */
  readonly headers?: Readonly<Record<string, string>>;
  /** http | https | grpc | websocket; by default told from the URL and headers. */
  readonly protocol?: string;
  /** Status the user saw, when there is no response.txt. */
  readonly observedStatus?: number;
  /** In-cluster caller: `shop/web-7d9…` (a Pod), `deployment/shop/web` or `Deployment/shop/web`. */
  readonly as?: string;
}

/** An object that stands for the requests it serves: a route, a Service, a Pod. */
export interface ObjectRef {
  /** As the model files it, without an API group: `Ingress`, `HTTPRoute`, `Service`. */
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Of a Service or Pod: only this port, by number or name. */
  readonly port?: string;
}

/** The requests that an object serves: the one to examine, and the others. */
export interface FoundRequests {
  readonly input: RequestInput;
  /** URLs of the object's other rules, hosts and ports, in the object's order. */
  readonly others: readonly string[];
  /** The host is made up, because the object takes any: nobody can be asked for it. */
  readonly invented: boolean;
}

/** Finds an object's requests in the model, once: whoever asks again gets the same. */
export interface RequestSearch {
  readonly object: ObjectRef;
  /** Throws RequestError when there is no such object, or no request that could be meant. */
  find(model: ClusterModel): FoundRequests;
}

/** A cluster read once; answers any number of requests. */
export interface Snapshot {
  readonly model: ClusterModel;
  readonly observations: Observations;
  readonly source: SourceSummary;
}

export interface ScanOptions {
  /** Only targets in this namespace. */
  readonly namespace?: string;
  /** Findings known already: `cause object` pairs. */
  readonly baseline?: readonly { readonly id: string; readonly object: string }[];
}

/** How far a path is read on a live cluster. */
export interface PathOptions {
  readonly logs: boolean;
  /** RFC 3339; log lines before it are not asked for. */
  readonly logsSince?: string;
  /** Ask the request's own path too, once it is known: what is seen guides what is read next. */
  readonly probing?: Probing;
  /** Ask the gateway's Pods what they have loaded, once the path is known. */
  readonly gatewayConfig?: GatewayConfigReader;
  /** What `curl -sv` or `curl -si` printed for the failing request. */
  readonly response?: { readonly text: string; readonly file: string };
  /** Gets everything that is read too, for a capture. */
  readonly record?: Sink;
}

/** Who probes, and how much. */
export interface Probing {
  readonly prober: Prober;
  readonly wishes: ProbeWishes;
  /** Asks inside the cluster too. */
  readonly inside?: InsideProber;
}
export interface ProbeWishes {
  /** Attempts at the URL. */
  readonly repeat: number;
  /** Gaps to leave a connection idle for, milliseconds. */
  readonly idle: readonly number[];
}

/** Progress for a terminal; never part of the answer. */
export type Progress = (event: { readonly stage: string; readonly detail: string }) => void;

export interface Engine {
  load(source: Source, signal: AbortSignal, progress?: Progress): Promise<Snapshot>;
  /** Requests of an object rather than of a URL; `common` is what is asked whichever URL it is. */
  searchRequests(object: ObjectRef, common: Omit<RequestInput, 'url'>): RequestSearch;
  /** Reads of a live cluster only what this request's path needs. Throws RequestError as diagnose does. */
  loadPath(
    cluster: ClusterSource,
    request: RequestInput | RequestSearch,
    options: PathOptions,
    signal: AbortSignal,
    progress?: Progress,
  ): Promise<Snapshot>;
  /** Throws RequestError for a URL that cannot be one. */
  diagnose(snapshot: Snapshot, request: RequestInput): DiagnosisDocument;
  /** The same with probes of the request's own path (sources/probe). */
  diagnoseWithProbes(
    snapshot: Snapshot,
    request: RequestInput,
    probing: Probing,
    signal: AbortSignal,
    progress?: Progress,
  ): Promise<DiagnosisDocument>;
  trace(snapshot: Snapshot, request: RequestInput): TraceDocument;
  scan(snapshot: Snapshot, options: ScanOptions): ScanDocument;
}

/** The request itself makes no sense; `hint` says what to type instead. */
export class RequestError extends Error {
  readonly hint: string;
  constructor(message: string, hint: string) {
    super(message);
    this.name = 'RequestError';
    this.hint = hint;
  }
}
