import type { ObjectId } from '../base/object-id.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { FailureMode } from '../sources/failure.ts';
import type { GatewayConfigObservation } from '../sources/gateway-config-observation.ts';
import type {
  AccessEntry,
  AppEventEntry,
  AppRequestEntry,
  BackendErrorEntry,
  ControllerEntry,
  ListenEntry,
  ResponseObservation,
} from '../sources/observations.ts';
import type { ProbeObservation } from '../sources/probe-observation.ts';
import type { HopKind } from './trace.ts';

/** What was seen of this request's path: log lines joined to the gateway, the backends and the app. */
export interface PathObservations {
  /** Of the failing request, as the client reported it; where nobody did, of a probe. */
  readonly response?: ResponseObservation;
  /** What hopwise tried itself; empty unless asked to. */
  readonly probes: readonly ProbeObservation[];
  /** What the gateway's Pods say they have loaded; absent unless asked for. */
  readonly gatewayConfig?: readonly GatewayConfigObservation[];
  /** Status the client got: given with the request, from the response, else from the latest matching gateway line. */
  readonly status?: number;
  /** Milliseconds the failing request took, when known. */
  readonly durationMs?: number;
  /** Who made the status, with the reasons; undefined when the evidence does not say. */
  readonly generatedBy?: GeneratedBy;
  /** The ways this request was seen to fail, most telling first. */
  readonly modes: readonly ObservedMode[];
  /** Gateway access lines of this host and path (same rule), oldest first. */
  readonly access: readonly AccessEntry[];
  /** Gateway access lines of the same host or backend with other paths. */
  readonly nearby: readonly AccessEntry[];
  /** Gateway error lines for this host/path or this path's endpoints. */
  readonly errors: readonly BackendErrorEntry[];
  /** Error lines of the gateway for other hosts. */
  readonly otherErrors: readonly BackendErrorEntry[];
  /** Lines of the Pods behind the Service. */
  readonly app: AppObservations;
  readonly controller: readonly ControllerEntry[];
  /** The request is known to fail: its status, gRPC status, missing upgrade or the client's own error say so. */
  readonly failing: boolean;
  /** Is it failing now? `recovered`: failures are followed by successes; `none`: only successes were seen. */
  readonly now: 'failing' | 'recovered' | 'intermittent' | 'none' | 'unknown';
  readonly lastFailure?: number;
  readonly lastSuccess?: number;
}

export interface AppObservations {
  readonly pods: readonly Pod[];
  readonly listens: readonly ListenEntry[];
  readonly requests: readonly AppRequestEntry[];
  readonly events: readonly AppEventEntry[];
  /** The app is itself a proxy: its own access lines and errors about what lies behind it. */
  readonly access: readonly AccessEntry[];
  readonly errors: readonly BackendErrorEntry[];
  /** At least one log of these Pods was read. */
  readonly logged: boolean;
}

export interface ObservedMode {
  readonly mode: FailureMode;
  readonly evidence: Evidence;
  readonly count: number;
  /** Addresses it was seen at. */
  readonly addresses: readonly string[];
  /** Which hop reported it: the gateway, or the app about something behind it. */
  readonly reporter: 'gateway' | 'app' | 'client' | 'edge';
  readonly last?: number;
}

export interface GeneratedBy {
  readonly hop: HopKind;
  readonly component: string;
  readonly object?: ObjectId;
  readonly evidence: readonly Evidence[];
}
