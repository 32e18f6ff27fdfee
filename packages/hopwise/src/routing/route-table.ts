import type { Lookup } from '../base/lookup.ts';
import type { ObjectId } from '../base/object-id.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { LoadBalancerAddress, Service } from '../model/kinds/service.ts';
import type { Labels } from '../model/meta.ts';
import type { Json } from '../sources/contract.ts';
import type { FailureMode } from '../sources/failure.ts';
import type { Request } from './request.ts';

/** A value and who set it. */
export interface Setting<T> {
  readonly value: T;
  readonly from: SettingOrigin;
}
export type SettingOrigin =
  /** Nobody set it. `changeAt`: where it would be set for this route, when that is an object that exists. */
  | {
      readonly kind: 'default';
      readonly reference: string;
      readonly changeAt?: { readonly object: ObjectId; readonly path: string };
    }
  | { readonly kind: 'field'; readonly object: ObjectId; readonly path: string };

/** Settings that decide about 502/504. Times in milliseconds, sizes in bytes. Undefined: the dialect has no such setting or does not know it. */
export interface EffectiveSettings {
  readonly connectTimeout?: Setting<number>;
  readonly readTimeout?: Setting<number>;
  readonly sendTimeout?: Setting<number>;
  /** Whole-request limit (Gateway API `timeouts.request`, Envoy route timeout). 0 = off. */
  readonly requestTimeout?: Setting<number>;
  /** How long an idle connection to a backend is kept for reuse. */
  readonly upstreamIdleTimeout?: Setting<number>;
  readonly clientIdleTimeout?: Setting<number>;
  /** http, https, h2c, grpc, grpcs, fastcgi, auto … as the gateway will speak to the backend. */
  readonly backendProtocol?: Setting<BackendProtocol>;
  readonly backendTls?: Setting<BackendTls>;
  /** Which failures are tried on another endpoint, in the proxy's own words (`error timeout`). */
  readonly retries?: Setting<string>;
  readonly retryTries?: Setting<number>;
  /** Largest response header accepted from a backend. */
  readonly responseHeaderLimit?: Setting<number>;
  /** Largest request body accepted; 0 = no limit. */
  readonly requestBodyLimit?: Setting<number>;
  readonly websocket?: Setting<boolean>;
  readonly affinity?: Setting<string>;
  /** The gateway sends to the ClusterIP instead of the endpoints. */
  readonly viaClusterIP?: Setting<boolean>;
  /** Host header the backend receives, when it is not the client's. */
  readonly hostHeader?: Setting<string>;
  readonly connectionLimit?: Setting<number>;
}
export type BackendProtocol = 'http' | 'https' | 'h2c' | 'h2' | 'grpc' | 'grpcs' | 'fastcgi' | 'ajp' | 'auto';
export interface BackendTls {
  readonly verify: boolean;
  /** Name sent as SNI; undefined: none is sent. */
  readonly sni?: string;
  readonly verifyName?: string;
  readonly caFrom?: ObjectId;
  readonly clientCertificateFrom?: ObjectId;
}

/** The data plane that answers for a set of routes. */
export interface GatewayInstance {
  /** `ingress-nginx/nginx` or the Gateway's id: unique and stable. */
  readonly id: string;
  readonly dialect: string;
  /** What a reader calls it: `ingress-nginx`, `Traefik`, `Gateway gateway-infra/edge`. */
  readonly name: string;
  /** IngressClass/GatewayClass/Gateway that defines it. */
  readonly object?: ObjectId;
  readonly controller: string;
  /** The Pods of the data plane; unknown when they could not be told from others. */
  readonly pods: Lookup<readonly Pod[]>;
  readonly services: readonly Service[];
  readonly addresses: readonly LoadBalancerAddress[];
  readonly listeners: readonly Listener[];
  readonly hosts: readonly VirtualHost[];
  /** What answers when no rule matches. */
  readonly fallback: Action;
  /** The rules are those of the plain Ingress specification because the controller's dialect is not built yet. */
  readonly approximate: boolean;
  /** Things about it that were not understood. */
  readonly notUnderstood: readonly NotUnderstood[];
  readonly failures: FailureTable;
  /** How this proxy reads host and path before it compares them (NGINX decodes and normalises); absent: as sent. */
  readonly target?: TargetReading;
  /** A TLS connection for a server name of no listener is closed in its handshake. */
  readonly closesUnknownNames?: boolean;
  /** Objects that make the controller refuse to load its whole configuration, so that an older one stays in use. */
  readonly rejects?: readonly NotUnderstood[];
}

/** What a proxy makes of a request line and Host header before it looks for a rule. */
export interface TargetReading {
  /** `read` answers one character per byte (values 0-255), and patterns are compared byte by byte. */
  readonly byteWise: boolean;
  readonly read: (request: Request) => RequestTarget;
  /** Query parameters are compared as sent; absent: decoded as forms are. */
  readonly rawQuery?: boolean;
  /** The backend receives the path as read, not as sent; rewrites and redirects start from it too. */
  readonly passesOn?: boolean;
}
export type RequestTarget =
  | { readonly kind: 'read'; readonly host: string; readonly path: string }
  /** The proxy answers without looking at any rule: 400 for a malformed path, or a redirect to the path as it should be. */
  | { readonly kind: 'refused'; readonly status: number; readonly why: string; readonly location?: string };

export interface Listener {
  readonly name: string;
  readonly port: number;
  readonly protocol: 'HTTP' | 'HTTPS' | 'TLS' | 'TCP' | 'UDP';
  /** Host pattern, lower case; '' = all. */
  readonly hostname: string;
  readonly object?: ObjectId;
  readonly field?: string;
  readonly tls?: ListenerTls;
}
export interface ListenerTls {
  readonly mode: 'terminate' | 'passthrough';
  readonly secrets: readonly ObjectId[];
  /** Where the first Secret's name is written, when that is neither an Ingress nor a listener of Gateway API. */
  readonly nameAt?: { readonly object: ObjectId; readonly path: string };
  /** References to certificates that the gateway must not use (no ReferenceGrant), so that they count as missing. */
  readonly refused?: readonly NotUnderstood[];
}

/** All rules for one host pattern, in the order in which the first match wins. */
export interface VirtualHost {
  /** `shop.example.com`, `*.example.com` or '' for any host; lower case. A leading `~` marks a regular expression. */
  readonly host: string;
  /** A wildcard covers exactly one label (Ingress) or any number (Gateway API). */
  readonly wildcard: 'one-label' | 'many-labels';
  /** Only requests of this listener (Gateway API), when set. */
  readonly listener?: string;
  readonly rules: readonly Rule[];
  readonly tls?: ListenerTls;
  /** Objects that declare this host. */
  readonly objects: readonly ObjectId[];
}

export interface Rule {
  readonly object: ObjectId;
  /** `spec.rules[0].http.paths[1]` */
  readonly field: string;
  /** Where the path it matches is written, when not at `path` below `field`. */
  readonly pathAt?: string;
  readonly match: RuleMatch;
  readonly action: Action;
  readonly settings: EffectiveSettings;
  readonly notUnderstood: readonly NotUnderstood[];
  /** Creation time of the object, for messages about who was first. */
  readonly created?: number;
  /** What the proxy answers to failures under this rule, where that is not what the gateway answers elsewhere. */
  readonly failures?: FailureTable;
}

export interface RuleMatch {
  readonly path: PathMatch;
  readonly methods?: readonly string[];
  readonly headers?: readonly NameMatch[];
  readonly query?: readonly NameMatch[];
  /** Only requests that came over TLS (true) or not (false). */
  readonly tls?: boolean;
}
export type PathMatch =
  | { readonly kind: 'exact'; readonly value: string; readonly ignoreCase?: boolean }
  /** Plain string prefix. */
  | { readonly kind: 'prefix'; readonly value: string; readonly ignoreCase?: boolean }
  /** Whole path elements: `/api` covers `/api` and `/api/x`, not `/apix`. */
  | { readonly kind: 'elements'; readonly value: string }
  | {
      readonly kind: 'regex';
      readonly value: string;
      readonly engine: 're2' | 'pcre';
      readonly ignoreCase?: boolean;
      readonly full: boolean;
    };
export interface NameMatch {
  readonly name: string;
  readonly kind: 'exact' | 'regex' | 'present' | 'absent';
  readonly value: string;
  /** Of a regex: RE2 over the whole value unless said otherwise. */
  readonly engine?: 're2' | 'pcre';
  readonly full?: boolean;
}

export type Action =
  | BackendsAction
  | {
      readonly kind: 'redirect';
      readonly status: number;
      readonly location: (request: Request, captures: readonly string[]) => string;
      readonly why: string;
    }
  | {
      readonly kind: 'fixed';
      readonly status: number;
      readonly why: string;
      readonly mode?: FailureMode;
      /** Field of the rule's object that says so, when a closer one than the rule's own is known. */
      readonly at?: string;
    }
  /** Without a status the connection ends before HTTP: nothing is answered at all. */
  | { readonly kind: 'none'; readonly status?: number; readonly why: string };

export interface BackendsAction {
  readonly kind: 'backends';
  readonly backends: readonly RouteBackend[];
  /** What the backend receives. */
  readonly rewrite: Rewrite;
}

export interface RouteBackend {
  /** `Service/ns/name`, or another kind of backend. */
  readonly object: ObjectId;
  /** Port number or name as the route names it; undefined for a resource backend. */
  readonly port?: number | string;
  readonly weight: number;
  /** Why the gateway does not use it, when it refuses to (missing grant, unknown kind). */
  readonly refused?: {
    readonly why: string;
    readonly status: number;
    readonly mode: FailureMode;
    /** ungranted: no ReferenceGrant allows the reference; absent: the reference itself is unusable. */
    readonly reason?: 'ungranted';
  };
  /** Why nobody can tell whether the gateway can use it: an object that may define it was not read. */
  readonly unsure?: { readonly why: string; readonly settledBy: string };
  readonly field: string;
  /** Object the field belongs to when it is not the rule's own (a canary Ingress). */
  readonly fieldOf?: ObjectId;
  /** Where the Service's name and port are written, when not at `name` and `port` below `field`. */
  readonly nameAt?: string;
  readonly portAt?: string;
  /** Where the Service's namespace is (or would be) written, when a field of its own says it. */
  readonly namespaceAt?: string;
  /** The name is written as a host: `cart.shop.svc.cluster.local`. */
  readonly nameAsHost?: boolean;
  /** Only Pods of the Service that have these labels as well (a subset of Istio's), and the field that says so. */
  readonly narrowed?: { readonly labels: Labels; readonly object: ObjectId; readonly path: string };
  /** The Service's port number the gateway uses when it reads `port` in its own way (ingress-nginx also compares targetPort). */
  readonly servicePort?: number;
  /** Canary, mirror … when not plain. */
  readonly role?: 'canary' | 'mirror' | 'default-backend' | 'custom-errors';
}

export interface Rewrite {
  /** New path with query, from the request; captures are those of the path regex (index 0 = whole match). */
  readonly path?: (request: Request, captures: readonly string[]) => string;
  /** The path is rewritten, but into what cannot be told (an expression that cannot be run here). */
  readonly unknown?: true;
  /** How the rewrite reads in the configuration, for people. */
  readonly text?: string;
  readonly host?: string | ((request: Request) => string);
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly from?: SettingOrigin;
}

/** A key or field that changes behaviour in a way hopwise does not model: said, never ignored. */
export interface NotUnderstood {
  readonly object: ObjectId;
  readonly path: string;
  readonly why: string;
  /**
   * ignored: the controller itself makes nothing of it (a typo, an unusable value), behaviour is known;
   * adds-status: understood, but it depends on the client or on time and can only add `mayAnswer`;
   * absent: anything may happen.
   */
  readonly effect?: 'ignored' | 'adds-status';
  readonly mayAnswer?: readonly number[];
}

/** What this proxy answers when a request fails in a given way. */
export type FailureTable = Partial<Record<FailureMode, FailureAnswer>>;
export interface FailureAnswer {
  readonly status: number;
  /** Statuses it may also give (versions, retries). */
  readonly also?: readonly number[];
  /** A part of the body it writes. */
  readonly body?: string;
  /** Value of the Server header. */
  readonly server?: string;
  readonly reference: string;
}

/** A field (`spec.listeners[0].allowedRoutes.namespaces`) and the value it would have to have. */
export interface WantedChange {
  readonly object: ObjectId;
  readonly path: string;
  readonly value: Json;
}

/** A route object that did not make it into any gateway, and why. */
export interface UnattachedRoute {
  readonly object: ObjectId;
  readonly hosts: readonly string[];
  readonly reason:
    | 'class-unclaimed'
    | 'no-class'
    | 'not-allowed'
    | 'no-matching-listener'
    | 'no-parent'
    | 'host-mismatch'
    | 'kind-not-allowed'
    | 'rejected'
    | 'unknown';
  readonly why: string;
  readonly field: string;
  /** The object that would have to change, when it is another one (the Gateway). */
  readonly blamed?: ObjectId;
  readonly evidence: readonly Evidence[];
  readonly certainty: 'certain' | 'unsure';
  /** The smallest change that would let it in, when the objects leave only one. */
  readonly wanted?: WantedChange;
  /** The route's rules as they would be if it were attached, so that "did you mean" can name them. */
  readonly rules?: readonly Rule[];
}

/** Two rules that claim the same host and path; only one is used. */
export interface RouteClash {
  readonly host: string;
  readonly path: string;
  readonly winner: { readonly object: ObjectId; readonly field: string };
  readonly loser: { readonly object: ObjectId; readonly field: string };
  readonly why: string;
}

export interface RouteTable {
  readonly gateways: readonly GatewayInstance[];
  readonly unattached: readonly UnattachedRoute[];
  readonly clashes: readonly RouteClash[];
  readonly notUnderstood: readonly NotUnderstood[];
}
