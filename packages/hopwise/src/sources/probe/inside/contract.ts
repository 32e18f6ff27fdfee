import type { ObjectId } from '../../../base/object-id.ts';
import type { ProbeObservation } from '../../probe-observation.ts';
import type { Forward } from './localhost.ts';

/** What the probes inside need of a connection to the API server. */
export interface ApiClient {
  request(request: {
    readonly path: string;
    readonly query?: Readonly<Record<string, string>>;
    readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly timeoutMs?: number;
    readonly maxBytes?: number;
    readonly retry?: boolean;
    readonly signal: AbortSignal;
  }): Promise<{
    readonly status: number;
    readonly headers: Readonly<Record<string, string | undefined>>;
    readonly body: Buffer;
  }>;
}

/** One place on the request's way inside the cluster. */
export interface InsideTarget {
  readonly role: 'service' | 'endpoint';
  /** The Service or the Pod. */
  readonly object: ObjectId;
  readonly namespace: string;
  /** Of the object. */
  readonly objectName: string;
  /** Number or port name, as the Service calls it; the endpoint's number for a Pod. */
  readonly port: number | string;
  /** ClusterIP or endpoint address, and the port to connect to there; undefined: only by name. */
  readonly address?: string;
  readonly addressPort?: number;
  readonly node?: string;
  readonly tls: boolean;
  /** The backend speaks HTTP/2 without TLS (h2c, gRPC). */
  readonly h2c: boolean;
}

/** What is asked at every target: what the backend would receive from the gateway, query and credentials left out. */
export interface InsidePlan {
  readonly method: 'GET' | 'HEAD' | 'OPTIONS';
  readonly path: string;
  readonly host: string;
  readonly targets: readonly InsideTarget[];
  /** The gateway's Pod whose place a Pod of ours takes; undefined: it is not known. */
  readonly gateway?: { readonly namespace: string; readonly pod: string };
}

export interface InsideOptions {
  /** Has curl as its entry point or on its PATH. */
  readonly image: string;
  /** Asked before anything is created, with what it is, line by line. False: nothing is created. */
  readonly confirm: (lines: readonly string[]) => Promise<boolean>;
  /** Told how to undo what was created, for when the program is interrupted; answers how to take that back. */
  readonly onInterrupt: (undo: () => Promise<void>) => () => void;
  /** Connects to localhost inside a Pod; without it that is not tried. */
  readonly forward?: Forward;
  /** What a probe may take, milliseconds. */
  readonly answerMs: number;
  /** How long a Pod may take to be scheduled, to pull its image and to run, milliseconds. */
  readonly podMs: number;
}

export interface InsideProber {
  probe(
    plan: InsidePlan,
    signal: AbortSignal,
    watch?: (detail: string) => void,
  ): Promise<{ readonly probes: readonly ProbeObservation[]; readonly skipped: readonly string[] }>;
}

/** Endpoints that are tried; more are told, not tried. */
export const MOST_TARGETS = 24;
/** Small, kept up to date, and nothing but curl. */
export const DEFAULT_IMAGE = 'docker.io/curlimages/curl:8.11.1';
