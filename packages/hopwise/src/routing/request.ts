/** One request as a client means it. */
export interface Request {
  readonly method: string;
  readonly url: string;
  readonly scheme: 'http' | 'https' | 'ws' | 'wss';
  /** Host header: lower case, without port. A `Host:` header overrides the URL's host. */
  readonly host: string;
  /** The host of the URL itself: what DNS and TLS SNI use. */
  readonly urlHost: string;
  readonly port: number;
  /** Path without query, as sent (percent-encoding kept), at least `/`. */
  readonly path: string;
  /** Query with its `?`, as sent (`?` alone too), or ''. */
  readonly query: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly protocol: 'http' | 'https' | 'grpc' | 'websocket';
  readonly tls: boolean;
}
