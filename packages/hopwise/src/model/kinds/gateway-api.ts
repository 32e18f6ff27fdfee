import type { Labels, Meta, Selector } from '../meta.ts';
import type { Condition } from './pod.ts';
import type { LoadBalancerAddress } from './service.ts';

/*
 * Gateway API objects of every served version in one shape, API defaults applied. `field` is always the path of the
 * part inside its object, so that whoever reads a rule can point at it.
 */

/** A reference with group, kind and namespace filled in. Group '' is the core API. */
export interface ObjectReference {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly field: string;
}

export interface GatewayClass extends Meta {
  readonly kind: 'GatewayClass';
  readonly controller: string;
  readonly parameters?: ObjectReference;
  readonly conditions: readonly Condition[];
  readonly hasStatus: boolean;
}

/** Namespaces from which something may attach. */
export type NamespaceFilter =
  | { readonly from: 'All' | 'Same' | 'None' }
  /** Undefined selector: `from: Selector` without one, which selects nothing. */
  | { readonly from: 'Selector'; readonly selector?: Selector };

export interface RouteGroupKind {
  readonly group: string;
  readonly kind: string;
}

export interface GatewayListener {
  readonly name: string;
  readonly port: number;
  /** HTTP, HTTPS, TLS, TCP, UDP or an implementation's own. */
  readonly protocol: string;
  /** Lower case; '' = all. */
  readonly hostname: string;
  readonly tls?: GatewayListenerTls;
  readonly namespaces: NamespaceFilter;
  /** Kinds of route that may attach: those given, else those of the protocol. */
  readonly kinds: readonly RouteGroupKind[];
  /** allowedRoutes.kinds was written out. */
  readonly kindsGiven: boolean;
  readonly field: string;
}
export interface GatewayListenerTls {
  readonly mode: 'Terminate' | 'Passthrough';
  readonly certificates: readonly ObjectReference[];
  readonly hasOptions: boolean;
}

export interface ListenerStatus {
  readonly name: string;
  readonly attachedRoutes?: number;
  readonly conditions: readonly Condition[];
}

export interface Gateway extends Meta {
  readonly kind: 'Gateway';
  readonly className: string;
  readonly listeners: readonly GatewayListener[];
  /** Which ListenerSets may attach; none by default. */
  readonly allowedListeners: NamespaceFilter;
  /** spec.infrastructure.labels and .annotations: put on what the implementation creates. */
  readonly infrastructureLabels: Labels;
  readonly infrastructureAnnotations: Labels;
  readonly infrastructureParameters?: ObjectReference;
  /** Addresses asked for in spec. */
  readonly requestedAddresses: readonly LoadBalancerAddress[];
  /** spec.tls.backend.clientCertificateRef: what the gateway shows to backends. */
  readonly backendClientCertificate?: ObjectReference;
  /** Ports whose HTTPS listeners ask clients for a certificate; 'all' for the default. */
  readonly clientValidation: readonly (number | 'all')[];
  /** Routes that ask for a default Gateway attach to this one (experimental). */
  readonly defaultScope: string;
  readonly addresses: readonly LoadBalancerAddress[];
  readonly conditions: readonly Condition[];
  readonly listenerStatuses: readonly ListenerStatus[];
  readonly hasStatus: boolean;
}

/** Listeners added to a Gateway by somebody else; its experimental predecessor XListenerSet is read as one. */
export interface ListenerSet extends Meta {
  readonly kind: 'ListenerSet';
  readonly parent: ObjectReference;
  readonly listeners: readonly GatewayListener[];
  readonly conditions: readonly Condition[];
  readonly listenerStatuses: readonly ListenerStatus[];
  readonly hasStatus: boolean;
}

export interface ParentRef extends ObjectReference {
  readonly sectionName?: string;
  readonly port?: number;
}

export interface RouteParentStatus {
  readonly parent: ParentRef;
  readonly controller: string;
  readonly conditions: readonly Condition[];
  /** The newest generation any of the conditions speaks about; older than the object's: the status is stale. */
  readonly observedGeneration?: number;
}

/** What all routes have. */
export interface RouteBase extends Meta {
  readonly parents: readonly ParentRef[];
  /** Lower case; empty: the listener's. */
  readonly hostnames: readonly string[];
  /** spec.useDefaultGateways (experimental). */
  readonly defaultGateways: string;
  readonly parentStatuses: readonly RouteParentStatus[];
  readonly hasStatus: boolean;
}

export type MatchKind = 'Exact' | 'RegularExpression';

export interface ValueMatch {
  readonly kind: MatchKind | 'unknown';
  readonly name: string;
  readonly value: string;
}

export interface HttpRouteMatch {
  readonly path: { readonly kind: 'Exact' | 'PathPrefix' | 'RegularExpression' | 'unknown'; readonly value: string };
  readonly method?: string;
  readonly headers: readonly ValueMatch[];
  readonly query: readonly ValueMatch[];
  readonly field: string;
}

export interface HeaderValue {
  readonly name: string;
  readonly value: string;
}
export interface HeaderChanges {
  readonly set: readonly HeaderValue[];
  readonly add: readonly HeaderValue[];
  readonly remove: readonly string[];
}
export interface PathModifier {
  readonly kind: 'ReplaceFullPath' | 'ReplacePrefixMatch' | 'unknown';
  readonly value: string;
}

export type RouteFilter =
  | { readonly kind: 'RequestHeaderModifier'; readonly changes: HeaderChanges; readonly field: string }
  | { readonly kind: 'ResponseHeaderModifier'; readonly changes: HeaderChanges; readonly field: string }
  | {
      readonly kind: 'RequestRedirect';
      readonly scheme?: string;
      readonly hostname?: string;
      readonly path?: PathModifier;
      readonly port?: number;
      readonly status: number;
      readonly field: string;
    }
  | { readonly kind: 'URLRewrite'; readonly hostname?: string; readonly path?: PathModifier; readonly field: string }
  | {
      readonly kind: 'RequestMirror';
      readonly backend: BackendTarget;
      readonly percent: number;
      readonly field: string;
    }
  | { readonly kind: 'CORS'; readonly field: string }
  | { readonly kind: 'ExternalAuth'; readonly backend: BackendTarget; readonly field: string }
  | { readonly kind: 'ExtensionRef'; readonly ref: ObjectReference; readonly field: string }
  /** A type that this version of hopwise does not know. */
  | { readonly kind: 'unknown'; readonly type: string; readonly field: string };

/** Backend kind Service of the core group unless said otherwise. */
export interface BackendTarget extends ObjectReference {
  readonly port?: number;
}
export interface RouteBackendRef extends BackendTarget {
  readonly weight: number;
  readonly filters: readonly RouteFilter[];
}

export interface SessionPersistence {
  readonly kind: string;
  readonly name?: string;
}

export interface RouteRetry {
  readonly codes: readonly number[];
  readonly attempts?: number;
  /** Milliseconds. */
  readonly backoff?: number;
}

export interface RouteRuleBase {
  readonly name?: string;
  readonly filters: readonly RouteFilter[];
  readonly backends: readonly RouteBackendRef[];
  readonly persistence?: SessionPersistence;
  readonly field: string;
}

export interface HttpRouteRule extends RouteRuleBase {
  /** Never empty: no matches is a prefix match on `/`. */
  readonly matches: readonly HttpRouteMatch[];
  /** Milliseconds; 0 switches the timeout off; undefined leaves it to the implementation. */
  readonly requestTimeout?: number;
  readonly backendRequestTimeout?: number;
  readonly retry?: RouteRetry;
}

export interface HttpRoute extends RouteBase {
  readonly kind: 'HTTPRoute';
  readonly rules: readonly HttpRouteRule[];
}

export interface GrpcRouteMatch {
  /** Service and method ('' matches any); undefined matches everything. */
  readonly method?: { readonly kind: MatchKind | 'unknown'; readonly service: string; readonly method: string };
  readonly headers: readonly ValueMatch[];
  readonly field: string;
}
export interface GrpcRouteRule extends RouteRuleBase {
  /** Never empty: no matches matches every gRPC request. */
  readonly matches: readonly GrpcRouteMatch[];
}
export interface GrpcRoute extends RouteBase {
  readonly kind: 'GRPCRoute';
  readonly rules: readonly GrpcRouteRule[];
}

/** A rule of a route below HTTP: backends only. */
export interface StreamRouteRule {
  readonly name?: string;
  readonly backends: readonly RouteBackendRef[];
  readonly field: string;
}
export interface TlsRoute extends RouteBase {
  readonly kind: 'TLSRoute';
  readonly rules: readonly StreamRouteRule[];
}
export interface TcpRoute extends RouteBase {
  readonly kind: 'TCPRoute';
  readonly rules: readonly StreamRouteRule[];
}
export interface UdpRoute extends RouteBase {
  readonly kind: 'UDPRoute';
  readonly rules: readonly StreamRouteRule[];
}

export interface ReferenceGrant extends Meta {
  readonly kind: 'ReferenceGrant';
  readonly from: readonly { readonly group: string; readonly kind: string; readonly namespace: string }[];
  /** Undefined name: every object of the kind in this namespace. */
  readonly to: readonly { readonly group: string; readonly kind: string; readonly name?: string }[];
}

export interface BackendTlsPolicy extends Meta {
  readonly kind: 'BackendTLSPolicy';
  /** sectionName is a Service port's name. */
  readonly targets: readonly (ObjectReference & { readonly sectionName?: string })[];
  /** Sent as SNI and, without subjectAltNames, the name the certificate must carry. */
  readonly hostname?: string;
  readonly subjectAltNames: readonly string[];
  readonly caCertificates: readonly ObjectReference[];
  /** `System`, or an implementation's own. */
  readonly wellKnownCa?: string;
  readonly ancestorStatuses: readonly RouteParentStatus[];
}
