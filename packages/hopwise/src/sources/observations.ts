import type { FailureMode } from './failure.ts';
import type { GatewayConfigObservation } from './gateway-config-observation.ts';
import type { ProbeObservation } from './probe-observation.ts';

/** One container's log as found on disk: `logs/<namespace>/<pod>/<container>.log`, `.previous.log` for the one before. */
export interface LogFile {
  readonly file: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly previous: boolean;
  /** The text, already bounded by the reader (tail kept when too large); invalid UTF-8 replaced. */
  readonly text: string;
  readonly truncated: boolean;
}

/** Where a line came from; every observation carries one so that evidence can quote it. */
export interface LogPlace {
  readonly file: string;
  readonly line: number;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly previous: boolean;
  readonly quote: string;
}

/** A request as a proxy (gateway, sidecar or a proxying app) logged it. */
export interface AccessEntry {
  readonly type: 'access';
  readonly at: LogPlace;
  readonly format: string;
  /** Epoch milliseconds of the log line. */
  readonly time?: number;
  readonly method?: string;
  readonly host?: string;
  /** Path with query as logged. */
  readonly path?: string;
  readonly protocol?: string;
  readonly status?: number;
  /** Milliseconds the proxy spent on the request. */
  readonly durationMs?: number;
  readonly client?: string;
  readonly userAgent?: string;
  readonly requestId?: string;
  /** The proxy's own name of the backend: `shop-storefront-80`, `outbound|80||profile-api.accounts.svc.cluster.local`. */
  readonly backendName?: string;
  /** The route's own name where the proxy logs it. */
  readonly routeName?: string;
  /** Every address tried, in order. */
  readonly attempts: readonly Attempt[];
  /** Envoy response flags, HAProxy termination state… */
  readonly flags?: string;
  /** Envoy response code details and the like. */
  readonly details?: string;
  /** How the request failed, when the line itself says so. */
  readonly mode?: FailureMode;
  /** The proxy made the status itself (true), passed it on (false), or the line cannot tell (undefined). */
  readonly generated?: boolean;
  /** Local address of the proxy's connection to the backend (`10.244.0.14:40112`): tells connection reuse. */
  readonly localAddress?: string;
}
export interface Attempt {
  readonly address?: string;
  readonly status?: number;
  readonly durationMs?: number;
  readonly bytes?: number;
}

/** An error line of a proxy about a backend. */
export interface BackendErrorEntry {
  readonly type: 'backend-error';
  readonly at: LogPlace;
  readonly format: string;
  readonly time?: number;
  readonly mode: FailureMode;
  /** `10.244.0.16:7000`; a name when the proxy could not resolve it. */
  readonly address?: string;
  readonly scheme?: string;
  readonly host?: string;
  readonly method?: string;
  readonly path?: string;
  /** Path the backend was asked for, where the line shows it. */
  readonly backendPath?: string;
  readonly backendName?: string;
  readonly requestId?: string;
  /** The phrase that says it: `connect() failed (111: Connection refused)`. */
  readonly phrase: string;
  readonly client?: string;
}

/** A process said which address it listens on. */
export interface ListenEntry {
  readonly type: 'listen';
  readonly at: LogPlace;
  readonly time?: number;
  /** `0.0.0.0`, `::`, `127.0.0.1`, `localhost`, '' when only a port was said (or a URL for people: `Local: http://localhost:3000`). */
  readonly address: string;
  /** Undefined for a line that says no port. */
  readonly port?: number;
  readonly tls?: boolean;
  readonly protocol?: 'http' | 'grpc' | 'https' | 'other';
}

/** A request as the application itself logged it. */
export interface AppRequestEntry {
  readonly type: 'app-request';
  readonly at: LogPlace;
  readonly time?: number;
  readonly method?: string;
  readonly path?: string;
  readonly status?: number;
  readonly durationMs?: number;
  readonly client?: string;
  readonly userAgent?: string;
  readonly requestId?: string;
}

/** Something an application reported about itself or its dependencies. */
export interface AppEventEntry {
  readonly type: 'app-event';
  readonly at: LogPlace;
  readonly time?: number;
  readonly event: AppEvent;
  /** What it concerns, when the line names it: a host, `host:port`, a URL, a file, an env variable. */
  readonly subject?: string;
  readonly method?: string;
  readonly path?: string;
}
export type AppEvent =
  | 'dependency-dns-failure'
  | 'dependency-refused'
  | 'dependency-timeout'
  | 'dependency-unreachable'
  | 'dependency-auth-failed'
  | 'dependency-error'
  | 'client-gone' // the peer closed before the response was written
  | 'slow-request'
  | 'pool-exhausted'
  | 'queue-full'
  | 'out-of-memory'
  | 'crash' // panic, segfault, unhandled exception, traceback that ends the process
  | 'worker-killed' // a supervisor killed a worker (gunicorn WORKER TIMEOUT, php-fpm, unicorn)
  | 'config-missing' // a required variable, file or key is missing
  | 'config-invalid'
  | 'bind-failed' // address already in use, permission denied
  | 'not-ready' // the app says it cannot serve yet
  | 'ready'
  | 'shutting-down' // SIGTERM received, draining
  | 'tls-client-sent-http' // plain HTTP arrived at a TLS port
  | 'http-client-sent-tls' // a TLS hello arrived at a plain port
  | 'protocol-mismatch' // HTTP/1 at an h2c/gRPC port or the reverse
  | 'not-found' // the app says it has no such path or file
  | 'unhandled-request-error';

/** A controller or gateway said something about its configuration. */
export interface ControllerEntry {
  readonly type: 'controller';
  readonly at: LogPlace;
  readonly time?: number;
  readonly event: ControllerEvent;
  /** `Kind/ns/name`, or a part of it such as `ns/name`, when the line names an object. */
  readonly subject?: string;
  /** The message without its prefix. */
  readonly message: string;
}
export type ControllerEvent =
  | 'config-rejected' // generated configuration refused or failed to load
  | 'config-applied'
  | 'object-ignored' // an object was skipped (class, validation)
  | 'service-missing'
  | 'port-missing'
  | 'endpoints-missing'
  | 'secret-missing'
  | 'annotation-invalid'
  | 'permission-denied' // RBAC
  | 'watch-failed'
  | 'dns-failure'
  | 'limit-reached' // worker_connections, open files
  | 'started';

export type LogEntry =
  | AccessEntry
  | BackendErrorEntry
  | ListenEntry
  | AppRequestEntry
  | AppEventEntry
  | ControllerEntry;

/** What the client saw, from `response.txt`, a probe or `--status`. */
export interface ResponseObservation {
  readonly file?: string;
  readonly status?: number;
  readonly protocol?: string;
  readonly method?: string;
  /** Request target as sent (`/path?query`). */
  readonly target?: string;
  readonly requestHost?: string;
  /** Lower-case names; the last value wins except set-cookie. */
  readonly headers: Readonly<Record<string, string>>;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly body: string;
  /** Total time in milliseconds, when the text has one (`time_total`, `real`, …). */
  readonly totalMs?: number;
  /** `date` header, epoch milliseconds. */
  readonly date?: number;
  readonly connectedTo?: { readonly address: string; readonly port: number };
  /** curl's own failure: `Could not resolve host`, `Connection refused`, `SSL certificate problem`… */
  readonly clientError?: ClientError;
  /** Statuses of a loop of requests, in order, when the text holds several. */
  readonly series: readonly SeriesPoint[];
  readonly grpcStatus?: number;
  readonly grpcMessage?: string;
  readonly tls?: TlsObservation;
}
export interface SeriesPoint {
  /** 0 when nothing answered (curl's `000`). */
  readonly status: number;
  readonly seconds?: number;
  /** Epoch milliseconds, when the loop printed times. */
  readonly time?: number;
}
export interface ClientError {
  readonly kind: 'dns' | 'refused' | 'timeout' | 'tls' | 'reset' | 'empty-reply' | 'other';
  readonly message: string;
}
export interface TlsObservation {
  readonly subject?: string;
  readonly issuer?: string;
  /** Epoch milliseconds. */
  readonly expires?: number;
  readonly alpn?: string;
}

/** Everything that was seen rather than configured. */
export interface Observations {
  readonly entries: readonly LogEntry[];
  readonly response?: ResponseObservation;
  /** What hopwise itself tried, when it was asked to (`sources/probe`). */
  readonly probes?: readonly ProbeObservation[];
  /** What the gateway's Pods have loaded, when they were asked (`sources/gateway-config`). */
  readonly gatewayConfig?: readonly GatewayConfigObservation[];
  /** Logs that were read, so that "no line says" can be told from "no log was there". */
  readonly logs: readonly LogCoverage[];
}
export interface LogCoverage {
  readonly file: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly previous: boolean;
  readonly lines: number;
  readonly understood: number;
  readonly truncated: boolean;
  /** First and last time seen in the file, epoch milliseconds. */
  readonly from?: number;
  readonly to?: number;
}
