import type { ClientError } from '../../observations.ts';

/** curl exit codes (https://curl.se/libcurl/c/libcurl-errors.html) that say how the connection failed. */
const BY_CODE = new Map<number, ClientError['kind']>([
  [5, 'dns'],
  [6, 'dns'],
  [7, 'refused'],
  [16, 'other'],
  [28, 'timeout'],
  [35, 'tls'],
  [51, 'tls'],
  [52, 'empty-reply'],
  [53, 'tls'],
  [54, 'tls'],
  [55, 'reset'],
  [56, 'reset'],
  [58, 'tls'],
  [59, 'tls'],
  [60, 'tls'],
  [66, 'tls'],
  [77, 'tls'],
  [80, 'tls'],
  [83, 'tls'],
  [90, 'tls'],
  [91, 'tls'],
  [92, 'reset'],
  [95, 'other'],
  [96, 'tls'],
]);

/** Phrases of curl's notes, wget, grpcurl, HTTPie, Node and Go clients; more telling than a code, so asked first. */
const BY_PHRASE: readonly (readonly [RegExp, ClientError['kind']])[] = [
  [
    /could not resolve host|name or service not known|bad address|no such host|getaddrinfo ENOTFOUND|NameResolutionError/i,
    'dns',
  ],
  [/connection refused|ECONNREFUSED/i, 'refused'],
  [/empty reply from server|socket hang up|remote end closed connection without response/i, 'empty-reply'],
  [/timed out|deadline exceeded|ETIMEDOUT|i\/o timeout/i, 'timeout'],
  [/connection reset|ECONNRESET|recv failure|was not closed cleanly|unexpected eof while reading.*proxy/i, 'reset'],
  [/SSL|TLS|certificate|x509|handshake/i, 'tls'],
];

const CURL = /^curl: \((\d{1,3})\) (.{1,2000})$/;
const OTHER =
  /^(?:wget: (?:bad address|can't connect|download timed out|server returned error)|http: error: |https: error: |Failed to dial target host |error: (?:connect |getaddrinfo |socket hang up|read ECONN)|Error: (?:connect |getaddrinfo )|Connecting to \S{1,255}\.\.\. failed: )/;

/** The client's own failure that a line reports; undefined when it reports none. */
export function readClientError(line: string): ClientError | undefined {
  const curl = CURL.exec(line);
  if (curl !== null) {
    const message = curl[2] ?? '';
    return { kind: kindOf(message) ?? BY_CODE.get(Number(curl[1])) ?? 'other', message: `(${curl[1]}) ${message}` };
  }
  if (!OTHER.test(line) || /server returned error/.test(line)) return undefined;
  const message = line.slice(0, 2000);
  return { kind: kindOf(message) ?? 'other', message };
}

function kindOf(message: string): ClientError['kind'] | undefined {
  return BY_PHRASE.find(([phrase]) => phrase.test(message))?.[1];
}
