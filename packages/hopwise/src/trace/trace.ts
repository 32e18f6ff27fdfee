import type { Lookup } from '../base/lookup.ts';
import type { ObjectId } from '../base/object-id.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Pod, Protocol } from '../model/kinds/pod.ts';
import type { EndpointSlice, Service, ServicePort } from '../model/kinds/service.ts';
import type { Request } from '../routing/request.ts';
import type { GatewayInstance, RouteBackend, Rule, VirtualHost } from '../routing/route-table.ts';
import type { FailureMode } from '../sources/failure.ts';

export type HopKind =
  | 'client'
  | 'external-dns'
  | 'edge'
  | 'gateway'
  | 'cluster-dns'
  | 'service'
  | 'network'
  | 'pod'
  | 'app';
export type HopState = 'ok' | 'broken' | 'suspect' | 'unknown';

export interface Hop {
  readonly hop: HopKind;
  readonly state: HopState;
  readonly object?: ObjectId;
  readonly detail: string;
  readonly evidence: readonly Evidence[];
  /** How requests fail here, when they do. */
  readonly mode?: FailureMode;
}

export interface Decision {
  readonly kind: 'backend' | 'redirect' | 'fixed' | 'none';
  readonly gateway?: ObjectId;
  readonly rule?: { readonly object: ObjectId; readonly field: string };
  readonly backends: readonly { readonly object: ObjectId; readonly port?: number | string; readonly weight: number }[];
  readonly status?: number;
  readonly location?: string;
  readonly received?: Received;
  readonly why?: string;
  /** Field of the rule's object that makes the gateway answer itself. */
  readonly at?: string;
}
export interface Received {
  readonly method: string;
  /** With query, byte for byte. */
  readonly path: string;
  readonly host: string;
  readonly protocol: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A rule that looked like a candidate and lost. */
export interface Loser {
  readonly object: ObjectId;
  readonly field: string;
  readonly why: string;
  readonly rule?: Rule;
}

/** The way from the gateway to one backend of the winning rule, as far as it is known. */
export interface BackendPath {
  readonly ref: RouteBackend;
  readonly service: Lookup<Service>;
  readonly port: Lookup<ServicePort>;
  readonly slices: Lookup<readonly EndpointSlice[]>;
  /** Pods that the Service's selector matches. */
  readonly selected: readonly Pod[];
  readonly endpoints: readonly EndpointPath[];
}

export interface EndpointPath {
  readonly address: string;
  /** Undefined: the slice has the address but not the port the route needs. */
  readonly port?: number;
  readonly protocol: Protocol;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  /** The gateway would send requests here. */
  readonly usable: boolean;
  readonly nodeName?: string;
  readonly pod: Lookup<Pod>;
  readonly slice: EndpointSlice;
  /** From each of the caller's Pods; empty when the caller is not known. */
  readonly policy: readonly PolicyFlow[];
}

export interface PolicyFlow {
  /** Undefined: the caller's Pods are not in the input, and the verdict holds for whatever Pod it is. */
  readonly from: Pod | undefined;
  readonly verdict: PolicyVerdict;
}

/** An in-cluster caller's request to something outside the cluster. */
export interface Leaving {
  readonly host: string;
  readonly port: number;
  /** Undefined: the name resolves outside, to whatever. */
  readonly address?: string;
  /** From each of the caller's Pods. */
  readonly flows: readonly PolicyFlow[];
}

/** May a connection pass? `unknown` when policies or the peers could not be examined. */
export interface PolicyVerdict {
  readonly state: 'allowed' | 'denied' | 'unknown';
  /** Which side and object decided; undefined when nothing restricts. */
  readonly side?: 'ingress' | 'egress';
  readonly by: readonly ObjectId[];
  readonly why: string;
  readonly evidence: readonly Evidence[];
}

export interface UnknownThing {
  readonly what: string;
  readonly why: string;
  readonly settledBy: string;
}

export interface Prediction {
  readonly status: number;
  readonly mode?: FailureMode;
  readonly hop: HopKind;
  readonly why: string;
  /** Some requests only (one of several endpoints or weighted backends). */
  readonly partial: boolean;
}

/** One request walked from the client to the app. */
export interface Trace {
  readonly request: Request;
  /** Asked from inside the cluster: no gateway stands in the way. */
  readonly inCluster: boolean;
  /** The LoadBalancer or NodePort Service through which clients outside reach the Pods without a gateway. */
  readonly entry?: Service;
  /** Set when the caller's request goes out of the cluster. */
  readonly leaving?: Leaving;
  readonly decision: Decision;
  readonly gateway?: GatewayInstance;
  readonly host?: VirtualHost;
  readonly rule?: Rule;
  readonly losers: readonly Loser[];
  readonly backends: readonly BackendPath[];
  /** Pods that send to the backends: the gateway's, or the caller's for in-cluster requests. */
  readonly callers: Lookup<readonly Pod[]>;
  readonly hops: readonly Hop[];
  readonly predicted?: Prediction;
  readonly unknowns: readonly UnknownThing[];
}
