import type { ClientError } from '../../observations.ts';

/** curl exit codes (https://curl.se/libcurl/c/libcurl-errors.html) that say how the connection failed. */
const BY_CODE = new Map<number, ClientError['kind']>([
  [5, 'dns'],
  [6, 'dns'],
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
  [96, 'tls'],
]);

/** Phrases of curl's notes, wget, HTTPie, Node, Python and Go clients; more telling than a code, so asked first. */
const BY_PHRASE: readonly (readonly [RegExp, ClientError['kind']])[] = [
  [
    /could not resolve host|name or service not known|bad address|no such host|ENOTFOUND|NameResolutionError|unable to resolve/i,
    'dns',
  ],
  [/connection refused|ECONNREFUSED/i, 'refused'],
  [/no route to host|unreachable/i, 'other'],
  [/empty reply from server|socket hang up|remote end closed connection without response/i, 'empty-reply'],
  [/timed out|timeout was reached|deadline exceeded|ETIMEDOUT|i\/o timeout/i, 'timeout'],
  [/connection reset|ECONNRESET|recv failure|was not closed cleanly|connection closed abnormally/i, 'reset'],
  [/SSL|TLS|certificate|x509|handshake/i, 'tls'],
];

const CURL = /^curl: \((\d{1,3})\) (.{1,2000})$/;
const OTHER =
  /^(?:wget: (?:bad address|can't connect|download timed out)|https?: error: |Failed to dial target host |[Ee]rror: (?:connect |getaddrinfo |socket hang up|read ECONN|unable to resolve)|Connecting to \S{1,255}\.\.\. failed: )/;

/**
 * The client's own failure that a line reports; undefined when it reports none. curl's (7) only says that it could not
 * connect: the reason is that of the connection attempt noted before, a refusal when there is none.
 */
export function readClientError(line: string, connectFailure?: ClientError['kind']): ClientError | undefined {
  const curl = CURL.exec(line);
  if (curl !== null) {
    const code = Number(curl[1]);
    const message = curl[2] ?? '';
    const byCode = code === 7 ? (connectFailure ?? 'refused') : BY_CODE.get(code);
    return { kind: reasonOf(message) ?? byCode ?? 'other', message: `(${code}) ${message}` };
  }
  if (!OTHER.test(line)) return undefined;
  const message = line.slice(0, 2000);
  return { kind: reasonOf(message) ?? 'other', message };
}

/** The kind of failure a message speaks of, in the words of any client. */
export function reasonOf(message: string): ClientError['kind'] | undefined {
  return BY_PHRASE.find(([phrase]) => phrase.test(message))?.[1];
}
