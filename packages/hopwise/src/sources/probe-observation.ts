import type { ObjectId } from '../base/object-id.ts';

/** The parts of one request on its way, in their order. What failed is named by the part it failed in. */
export type ProbePhase = 'dns' | 'connect' | 'tls' | 'request' | 'first-byte' | 'body' | 'close';

/** What was spoken over the connection. `nothing`: only connected (and shaken hands), because the request may change something. */
export type ProbeSpeech = 'http/1.1' | 'http/2' | 'grpc-health' | 'websocket' | 'nothing';

/** Who asked: the machine hopwise runs on, the API server as a proxy, or a Pod in the cluster. */
export type ProbeVantage = 'caller' | 'api-server' | 'pod';

/** What was asked. */
export interface ProbeTarget {
  /** `url`: the address that the name leads to; `gateway`: the gateway's own address with the same Host and SNI. */
  readonly role: 'url' | 'gateway' | 'service' | 'endpoint' | 'localhost';
  readonly from: ProbeVantage;
  /** For readers: `shop.example.com:443`, `203.0.113.7:443`, `Service shop/cart:80`. */
  readonly name: string;
  /** What was asked, where it is an object. */
  readonly object?: ObjectId;
  readonly node?: string;
}

/** Everything that was tried at one target. */
export interface ProbeObservation {
  readonly target: ProbeTarget;
  readonly speech: ProbeSpeech;
  readonly tls: boolean;
  readonly dns?: ProbeDns;
  /** In the order they were made. */
  readonly attempts: readonly ProbeAttempt[];
  /** Connections that were left idle and used again. */
  readonly idle: readonly IdleProbe[];
  /** What a reader has to know to weigh it (`bypasses the gateway and its policies`). */
  readonly note?: string;
}

export interface ProbeDns {
  readonly name: string;
  /** As the machine's own resolver gives them (hosts file included), in its order. */
  readonly addresses: readonly string[];
  /** Aliases on the way, in order. */
  readonly aliases: readonly string[];
  readonly ms: number;
  readonly failure?: ProbeFailure;
}

export interface ProbeFailure {
  readonly phase: ProbePhase;
  /** The system's or OpenSSL's own code (`ECONNREFUSED`, `CERT_HAS_EXPIRED`), or one of ours (`TIMEOUT`, `CLOSED`, `TRUNCATED`, `NOT_HTTP`, …). */
  readonly code: string;
  readonly message: string;
}

export interface ProbeAttempt {
  /** Epoch milliseconds at its start. */
  readonly time: number;
  /** Attempts with the same number shared a connection. */
  readonly connection: number;
  readonly reused: boolean;
  readonly address?: string;
  readonly port: number;
  /** Addresses that did not connect before one did. */
  readonly unreachable: readonly { readonly address: string; readonly code: string }[];
  /** Milliseconds each part took; a part that failed has the time until it did. */
  readonly phases: Readonly<Partial<Record<ProbePhase, number>>>;
  readonly tls?: ProbeTls;
  readonly status?: number;
  /** `HTTP/1.1`, `HTTP/2` */
  readonly protocol?: string;
  /** Lower-case names; cookies and credentials blanked. */
  readonly headers: Readonly<Record<string, string>>;
  /** The first kilobytes. */
  readonly body: string;
  readonly bodyBytes: number;
  readonly grpc?: { readonly status?: number; readonly message?: string; readonly health?: string };
  readonly failure?: ProbeFailure;
}

export interface ProbeTls {
  readonly version?: string;
  readonly alpn?: string;
  readonly sni?: string;
  /** Leaf first. */
  readonly chain: readonly ProbeCertificate[];
  /** Why a client that checks would not go on. */
  readonly problems: readonly TlsProblem[];
}
export interface TlsProblem {
  /** `trust` depends on what this machine trusts; the others are wrong for every client. */
  readonly kind: 'expired' | 'not-yet-valid' | 'name' | 'trust' | 'other';
  readonly code: string;
  readonly message: string;
}
export interface ProbeCertificate {
  readonly subject: string;
  readonly issuer: string;
  readonly names: readonly string[];
  /** Epoch milliseconds. */
  readonly from?: number;
  readonly expires?: number;
}

/** A connection that was used, left alone and used again. */
export interface IdleProbe {
  readonly gapMs: number;
  readonly before: ProbeAttempt;
  /** The other side closed the connection so long after the answer, before it was used again. */
  readonly closedAfterMs?: number;
  readonly after?: ProbeAttempt;
}
