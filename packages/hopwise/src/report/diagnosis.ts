import type { ObjectId } from '../base/object-id.ts';
import type { CauseId } from '../checks/causes.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Json, JsonObject } from '../sources/contract.ts';
import type { CoverageState, MissingBecause } from '../sources/coverage.ts';
import type { ProbeAttempt, ProbeDns, ProbeSpeech, ProbeTarget } from '../sources/probe-observation.ts';
import type { Hop, HopKind, Loser, UnknownThing } from '../trace/trace.ts';

/*
 * The published documents. These types are the contract: the JSON schema is generated from them, and the UI, editors and
 * graders know nothing else.
 */

export const API_VERSION = 'hopwise.dev/v1';

export interface RequestDocument {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly protocol: string;
}

export interface DiagnosisDocument {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: 'Diagnosis';
  readonly request: RequestDocument;
  readonly verdict: Verdict;
  readonly hops: readonly Hop[];
  /** Best first. */
  readonly causes: readonly CauseDocument[];
  readonly unknowns: readonly UnknownThing[];
  readonly coverage: readonly CoverageDocument[];
  /** The facts behind the summary lines of the report. */
  readonly path: PathSummary;
  /** Old failures of a path that works now. */
  readonly history: readonly string[];
  /** What was taken for granted (kinds assumed to have no objects, …). */
  readonly assumptions: readonly string[];
  readonly source: SourceDocument;
  /** The five steps of an investigation and what each found. */
  readonly checklist: readonly ChecklistStep[];
  /** What hopwise tried itself, in the request's order; absent unless it was asked to. */
  readonly probes?: readonly ProbeDocument[];
  /** Milliseconds the whole run took, filled in by the driver. */
  readonly tookMs?: number;
}

/** One target that was tried, and what came of it. */
export interface ProbeDocument {
  readonly target: ProbeTarget;
  readonly speech: ProbeSpeech;
  readonly tls: boolean;
  readonly state: 'ok' | 'broken' | 'intermittent' | 'unknown';
  /** One line: `7 of 20 failed, the last: …`. */
  readonly summary: string;
  /** The first hop that failed. */
  readonly hop?: HopKind;
  readonly dns?: ProbeDns;
  readonly attempts: readonly ProbeAttemptDocument[];
  readonly idle: readonly ProbeIdleDocument[];
  readonly note?: string;
}
/** One attempt, without what the server wrote. */
export type ProbeAttemptDocument = Pick<
  ProbeAttempt,
  | 'connection'
  | 'reused'
  | 'address'
  | 'port'
  | 'unreachable'
  | 'phases'
  | 'tls'
  | 'status'
  | 'protocol'
  | 'grpc'
  | 'failure'
> & {
  /** RFC 3339 */
  readonly time: string;
  readonly server?: string;
  /** Where a redirect points; never followed. */
  readonly location?: string;
};
export interface ProbeIdleDocument {
  readonly gapMs: number;
  readonly summary: string;
  readonly closedAfterMs?: number;
  readonly before: ProbeAttemptDocument;
  readonly after?: ProbeAttemptDocument;
}

export interface Verdict {
  readonly status: 'failing' | 'healthy' | 'inconclusive';
  readonly observedStatus?: number;
  readonly predictedStatus?: number;
  readonly generatedBy?: GeneratedByDocument;
  /** One sentence. */
  readonly summary: string;
}
export interface GeneratedByDocument {
  readonly hop: HopKind;
  readonly component: string;
  readonly object?: ObjectId;
  readonly evidence: readonly Evidence[];
}

export interface CauseDocument {
  readonly id: CauseId;
  readonly confidence: number;
  readonly hop: HopKind;
  readonly object: ObjectId;
  readonly summary: string;
  readonly why: string;
  readonly chain: readonly string[];
  readonly evidence: readonly Evidence[];
  /** What speaks against other explanations. */
  readonly against: readonly Evidence[];
  readonly fix: FixDocument;
  readonly prove: readonly ProofDocument[];
  /** Targets it touches (scan only). */
  readonly affects?: readonly string[];
}

export interface FixDocument {
  readonly summary: string;
  readonly level: 'safe' | 'review' | 'advice';
  readonly patches: readonly PatchDocument[];
  readonly commands: readonly string[];
  /** The model was re-run with the patches: this URL no longer fails and nothing else breaks. */
  readonly verified: boolean;
  /** What the re-run showed, or why there was none. */
  readonly verification: string;
}
export interface PatchDocument {
  readonly object: ObjectId;
  /** merge: RFC 7386; json: RFC 6902. */
  readonly type: 'merge' | 'json';
  readonly patch: JsonObject | readonly Json[];
}
export interface ProofDocument {
  readonly command: string;
  readonly expect: string;
}
export interface CoverageDocument {
  readonly kind: string;
  readonly state: CoverageState;
  readonly count?: number;
  readonly reason?: string;
  readonly missing?: MissingBecause;
}
export interface PathSummary {
  /** Ready-made lines for `request`, `route`, `backend`, `caller`, `loaded`. */
  readonly lines: readonly { readonly label: string; readonly text: string; readonly place?: string }[];
}
export interface SourceDocument {
  readonly description: string;
  readonly problems: readonly { readonly file: string; readonly line?: number; readonly message: string }[];
  /** The snapshot's own time, RFC 3339. */
  readonly time?: string;
}
export interface ChecklistStep {
  readonly step: 'failing-route' | 'ready-endpoints' | 'port-protocol' | 'policy-connectivity' | 'logs';
  readonly title: string;
  readonly state: 'ok' | 'broken' | 'suspect' | 'unknown';
  readonly found: readonly string[];
  readonly tookMs?: number;
}

export interface TraceDocument {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: 'Trace';
  readonly request: RequestDocument;
  readonly decision: DecisionDocument;
  readonly losers: readonly LoserDocument[];
  readonly hops: readonly Hop[];
  readonly predictedStatus?: number;
  readonly unknowns: readonly UnknownThing[];
  readonly coverage: readonly CoverageDocument[];
}
export interface DecisionDocument {
  readonly kind: 'backend' | 'redirect' | 'fixed' | 'none';
  readonly gateway?: ObjectId;
  readonly rule?: { readonly object: ObjectId; readonly field: string };
  readonly backends?: readonly {
    readonly object: ObjectId;
    readonly port?: number | string;
    readonly weight: number;
  }[];
  readonly status?: number;
  readonly location?: string;
  readonly received?: {
    readonly method: string;
    readonly path: string;
    readonly host: string;
    readonly protocol: string;
    readonly headers: Readonly<Record<string, string>>;
  };
}
export type LoserDocument = Omit<Loser, 'rule'>;

export interface ScanDocument {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: 'Scan';
  readonly verdict: { readonly status: 'failing' | 'healthy' | 'inconclusive'; readonly summary: string };
  readonly targets: readonly ScanTarget[];
  readonly causes: readonly CauseDocument[];
  readonly unknowns: readonly UnknownThing[];
  readonly coverage: readonly CoverageDocument[];
  readonly source: SourceDocument;
  /** Findings left out on purpose (baseline, ignore annotations). */
  readonly suppressed: readonly { readonly id: CauseId; readonly object: ObjectId; readonly by: string }[];
  readonly tookMs?: number;
}
export interface ScanTarget {
  /** `https://shop.example.com/api`, `Service/shop/cart:80`, … */
  readonly name: string;
  readonly kind: 'route' | 'entry-point' | 'service';
  readonly object: ObjectId;
  readonly state: 'ok' | 'broken' | 'suspect' | 'unknown';
  readonly causes: readonly { readonly id: CauseId; readonly object: ObjectId }[];
}

/** What differs between two snapshots, for one request or for all routes. */
export interface DiffDocument {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: 'Diff';
  /** Absent when all routes were compared. */
  readonly request?: RequestDocument;
  /** One sentence. */
  readonly summary: string;
  readonly before: DiffSide;
  readonly after: DiffSide;
  /** Routes whose decision or state is another. */
  readonly routes: readonly RouteChange[];
  /** Those on the path first, and of them those that change what runs or who is sent to. */
  readonly changes: readonly ObjectChange[];
  /** Pods and endpoints, which come and go, summed up by their owner. */
  readonly churn: readonly ChurnDocument[];
  /** Changed objects that were left out because they lie in other namespaces than the path. */
  readonly elsewhere: number;
  /** What could not be compared. */
  readonly unknowns: readonly UnknownThing[];
  readonly tookMs?: number;
}
export interface DiffSide {
  readonly source: SourceDocument;
  readonly verdict: Verdict;
  /** Best first. */
  readonly causes: readonly DiffCause[];
}
export interface DiffCause {
  readonly id: CauseId;
  readonly object: ObjectId;
  readonly confidence: number;
  readonly summary: string;
}
export interface RouteChange {
  readonly name: string;
  readonly object: ObjectId;
  /** `worse`: broken now and not before; `better`: the reverse. */
  readonly state: 'worse' | 'better' | 'other';
  /** Where the request goes and how that ends; absent when there was no such route. */
  readonly before?: string;
  readonly after?: string;
}
export interface ObjectChange {
  readonly object: ObjectId;
  /** `recreated`: deleted and made anew under the same name. */
  readonly type: 'added' | 'removed' | 'changed' | 'recreated';
  readonly onPath: boolean;
  readonly fields: readonly FieldChange[];
}
export interface FieldChange {
  /** List items are named by their name, type or key where they have one: `spec.template.spec.containers[app].image`. */
  readonly path: string;
  /** The value as text; absent when the field was not there. Of long texts only the lines that differ. */
  readonly before?: string;
  readonly after?: string;
}
export interface ChurnDocument {
  readonly object: ObjectId;
  readonly before: string;
  readonly after: string;
}
