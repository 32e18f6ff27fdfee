import type { Agent } from 'node:http';
import type { ApiFailure } from './api/api-failure.ts';

/** One call to the API server. */
export interface ClusterRequest {
  /** `/api/v1/pods`, without query. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Default GET. hopwise itself only reads; what a person confirmed may use others. */
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds without any progress after which the call is given up; default the client's. */
  readonly timeoutMs?: number;
  /** Bytes of the (unzipped) body after which the rest is dropped and `truncated` is set; default 1 GiB. */
  readonly maxBytes?: number;
  /** False: a 429 or 503 is an answer, not a reason to ask again. */
  readonly retry?: boolean;
  readonly signal: AbortSignal;
}

export interface ClusterResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Unzipped. */
  readonly body: Buffer;
  readonly truncated: boolean;
}

/** How to reach the API server by other means than `request` (WebSocket upgrades): the same credentials and trust. */
export interface ClusterAccess {
  /** `https://10.0.0.1:6443`, with any path prefix, without a trailing slash. */
  readonly server: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly agent: Agent;
}

/** A connection to one API server with one user's rights. */
export interface ClusterClient {
  readonly server: string;
  /** Name of the kubeconfig context, when one was used. */
  readonly context: string | undefined;
  /** Namespace of the context or of --namespace. */
  readonly namespace: string | undefined;
  readonly traffic: { readonly requests: number; readonly bytes: number };
  /** Answers whatever status the server gave; throws ClusterError when none came, and the signal's reason when aborted. */
  request(request: ClusterRequest): Promise<ClusterResponse>;
  access(): Promise<ClusterAccess>;
  close(): void;
}

/** A call that got no usable answer. */
export class ClusterError extends Error {
  readonly failure: ApiFailure;
  constructor(failure: ApiFailure) {
    super(failure.message);
    this.name = 'ClusterError';
    this.failure = failure;
  }
}
