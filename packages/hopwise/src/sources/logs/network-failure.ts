import type { FailureMode } from '../failure.ts';

/** What went wrong between a program and the address it called, in the words of the program's runtime. */
export interface NetworkFailure {
  readonly mode: FailureMode;
  /** `host:port` or a host, as the message names it. */
  readonly address?: string;
}

interface Phrase {
  readonly needle: string;
  readonly mode: FailureMode;
}

/**
 * Messages of Go (net, net/http, crypto/tls), the JVM, Node, Python, .NET, Ruby, PHP and libcurl; lower-case needles, first
 * match wins, so the more telling one stands first.
 */
const PHRASES: readonly Phrase[] = [
  // names
  { needle: 'no such host', mode: 'dns-failure' },
  { needle: 'enotfound', mode: 'dns-failure' },
  { needle: 'eai_again', mode: 'dns-failure' },
  { needle: 'name or service not known', mode: 'dns-failure' },
  { needle: 'temporary failure in name resolution', mode: 'dns-failure' },
  { needle: 'nodename nor servname provided', mode: 'dns-failure' },
  { needle: 'could not translate host name', mode: 'dns-failure' },
  { needle: 'could not resolve host', mode: 'dns-failure' },
  { needle: 'failed to resolve', mode: 'dns-failure' },
  { needle: 'unknownhostexception', mode: 'dns-failure' },
  { needle: 'unknown host', mode: 'dns-failure' },
  { needle: 'nameresolutionerror', mode: 'dns-failure' },
  { needle: 'getaddrinfo failed', mode: 'dns-failure' },
  { needle: 'php_network_getaddresses', mode: 'dns-failure' },
  { needle: 'server misbehaving', mode: 'dns-failure' },
  { needle: 'unknown mysql server host', mode: 'dns-failure' },
  { needle: 'nxdomain', mode: 'dns-failure' },
  { needle: 'name resolution failed', mode: 'dns-failure' },
  { needle: 'produced zero addresses', mode: 'dns-failure' },
  // an answer that breaks HTTP's own rules (Go net/textproto, net/http transfer.go)
  { needle: 'malformed mime header', mode: 'invalid-response' },
  { needle: 'unsupported transfer encoding', mode: 'invalid-response' },
  { needle: 'too many transfer encodings', mode: 'invalid-response' },
  { needle: 'bad content-length', mode: 'invalid-response' },
  // TLS and protocol
  { needle: 'first record does not look like a tls handshake', mode: 'tls-handshake' },
  { needle: 'server gave http response to https client', mode: 'protocol-error' },
  { needle: 'malformed http response', mode: 'protocol-error' },
  { needle: 'malformed http status', mode: 'protocol-error' },
  { needle: 'http2: frame too large', mode: 'protocol-error' },
  { needle: 'error reading server preface', mode: 'protocol-error' },
  { needle: 'unsupported protocol scheme', mode: 'protocol-error' },
  { needle: 'wrong_version_number', mode: 'tls-handshake' },
  { needle: 'wrong version number', mode: 'tls-handshake' },
  { needle: 'tls handshake timeout', mode: 'tls-handshake' },
  { needle: 'x509:', mode: 'tls-handshake' },
  { needle: 'remote error: tls', mode: 'tls-handshake' },
  { needle: 'certificate verify failed', mode: 'tls-handshake' },
  { needle: 'certificate has expired', mode: 'tls-handshake' },
  { needle: 'self-signed certificate', mode: 'tls-handshake' },
  { needle: 'self signed certificate', mode: 'tls-handshake' },
  { needle: 'unable to verify the first certificate', mode: 'tls-handshake' },
  { needle: 'sslhandshakeexception', mode: 'tls-handshake' },
  { needle: 'pkix path', mode: 'tls-handshake' },
  // connecting
  { needle: 'connection refused', mode: 'refused' },
  { needle: 'econnrefused', mode: 'refused' },
  { needle: 'connect call failed', mode: 'refused' },
  { needle: 'all connection attempts failed', mode: 'refused' },
  { needle: "' (111)", mode: 'refused' },
  { needle: 'no route to host', mode: 'no-route-to-host' },
  { needle: 'ehostunreach', mode: 'no-route-to-host' },
  { needle: 'enetunreach', mode: 'no-route-to-host' },
  { needle: 'network is unreachable', mode: 'no-route-to-host' },
  { needle: 'noroutetohostexception', mode: 'no-route-to-host' },
  { needle: 'host is unreachable', mode: 'no-route-to-host' },
  { needle: "can't reach database server", mode: 'no-route-to-host' },
  { needle: 'broker may not be available', mode: 'no-route-to-host' },
  { needle: 'no servers available for connection', mode: 'no-route-to-host' },
  { needle: 'connect timed out', mode: 'connect-timeout' },
  { needle: 'connecttimeouterror', mode: 'connect-timeout' },
  { needle: 'exceptions.connecttimeout', mode: 'connect-timeout' },
  { needle: 'connecttimeoutexception', mode: 'connect-timeout' },
  { needle: 'connection timed out', mode: 'connect-timeout' },
  { needle: 'operation timed out', mode: 'connect-timeout' },
  { needle: 'etimedout', mode: 'connect-timeout' },
  { needle: 'server selection timed out', mode: 'connect-timeout' },
  { needle: "' (110)", mode: 'connect-timeout' },
  // reading
  { needle: 'timeout awaiting response headers', mode: 'read-timeout' },
  { needle: 'awaiting headers', mode: 'read-timeout' },
  { needle: 'read timed out', mode: 'read-timeout' },
  { needle: 'sockettimeoutexception', mode: 'read-timeout' },
  { needle: 'readtimeouterror', mode: 'read-timeout' },
  { needle: 'exceptions.readtimeout', mode: 'read-timeout' },
  { needle: 'context deadline exceeded', mode: 'read-timeout' },
  { needle: 'deadlineexceeded', mode: 'read-timeout' },
  { needle: 'deadline_exceeded', mode: 'read-timeout' },
  { needle: 'i/o timeout', mode: 'read-timeout' },
  { needle: 'upstream request timeout', mode: 'read-timeout' },
  { needle: 'connection reset', mode: 'reset' },
  { needle: 'econnreset', mode: 'reset' },
  { needle: 'socket hang up', mode: 'reset' },
  { needle: 'lost connection to mysql', mode: 'reset' },
  { needle: 'server closed idle connection', mode: 'reset' },
  { needle: 'unexpected eof', mode: 'reset' },
  { needle: 'remote end closed connection', mode: 'reset' },
  { needle: 'remotedisconnected', mode: 'reset' },
  { needle: 'premature end of', mode: 'reset' },
  { needle: 'transport connection broken', mode: 'reset' },
  // hyper, which linkerd-proxy and other Rust programs speak HTTP with
  { needle: 'connection closed before message completed', mode: 'reset' },
];

/** Cheap test before the table: most lines hold none of these. */
const HINT =
  /refused|timed?[- _]?out|deadline|reach|route|host|resol|translate|nxdomain|eai_again|notfound|misbehav|x509|tls|ssl|pkix|certif|reset|hang up|eof|closed|disconnected|malformed|preface|protocol|http2|premature|broken|unexpected|attempts failed|call failed|\(11[01]\)|zero addresses|no servers|lost connection|available|not known|servname|getaddrinfo|transfer encoding|content-length/i;

/** The network failure a message reports; undefined when it reports none. */
export function readNetworkFailure(message: string): NetworkFailure | undefined {
  if (!HINT.test(message)) return undefined;
  const text = message.length > 4000 ? message.slice(0, 4000) : message;
  const lower = text.toLowerCase();
  const phrase = PHRASES.find(({ needle }) => lower.includes(needle)) ?? refusedConnection(lower);
  if (phrase === undefined)
    return /\beof\b/.test(lower) && lower.endsWith('eof') ? { mode: 'reset', ...addressOf(text) } : undefined;
  return { mode: refine(phrase.mode, lower), ...addressOf(text) };
}

/** `Connection to orders-db:5432 refused. Check that …` (PostgreSQL's JDBC driver). */
function refusedConnection(lower: string): Phrase | undefined {
  return /\bconnection to \S{1,255} refused\b/.test(lower) ? { needle: '', mode: 'refused' } : undefined;
}

/** Go says `i/o timeout` for every phase; what it was doing stands before it. */
function refine(mode: FailureMode, lower: string): FailureMode {
  // A look-up that was refused, or got no answer, is about the DNS server, not about the name's owner.
  if (/\blookup \S{1,255}(?: on \S{1,64})?: /.test(lower)) return 'dns-failure';
  if (mode !== 'read-timeout') return mode;
  return /\bdial (?:tcp|udp)|\bconnect(?:ing|ion)? to\b|failed to connect|could not connect/.test(lower)
    ? 'connect-timeout'
    : mode;
}

const HOST_PORT = String.raw`(?:\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252})):\d{1,5}`;
const ADDRESSES: readonly RegExp[] = [
  // dial tcp: lookup name on 10.96.0.10:53: no such host
  /\blookup ([A-Za-z0-9_.-]{1,255})(?: on [\d.:[\]a-f]{2,64})?:/,
  new RegExp(String.raw`\bdial (?:tcp[46]?|udp[46]?) (${HOST_PORT})`),
  new RegExp(`->(${HOST_PORT})`),
  // getaddrinfo ENOTFOUND name, connect ECONNREFUSED 10.0.0.1:5432
  /\bgetaddrinfo [A-Z_]{5,20} ([A-Za-z0-9_.-]{1,255})/,
  new RegExp(String.raw`\bconnect [A-Z]{5,20} (${HOST_PORT})`),
  // host "db" (10.0.0.3), port 5432 · host name "db" to address
  /\bhost name "([^"\s]{1,255})"/,
  // 14 UNAVAILABLE: Name resolution failed for target dns:orders:50051
  new RegExp(String.raw`\btarget (?:dns:)?/{0,3}(${HOST_PORT})`),
  // Connection to node -1 (kafka/10.0.0.1:9092) could not be established
  /\bnode -?\d{1,9} \(([A-Za-z0-9_.-]{1,255}\/?[A-Za-z0-9_.:-]{0,255})\)/,
  /MySQL server on '([^'\s]{1,255})'/,
  /UnknownHostException: ([A-Za-z0-9_.-]{1,255})/,
  /(?:Could not resolve host|Unknown MySQL server host|Failed to resolve|unknown host):? '?"?([A-Za-z0-9_.-]{1,255})/i,
];
const SERVER_HOST =
  /\b(?:server|connection to server)(?: running)? (?:at|on) (?:host )?"([^"\s]{1,255})"(?: \([^)\s]{1,64}\))?,? (?:and accepting TCP\/IP connections on )?port (\d{1,5})/;
const JVM_ADDRESS = new RegExp(
  String.raw`\b(?:connect(?:ing|ed|ion)? to|connect|reach|to|from|at|with|host|address|server|refused|out):? "?'?/?(?:[a-z][a-z0-9+]{1,11}:(?://)?)?(?:[^\s/@"']{1,80}@)?([A-Za-z0-9_.-]{1,255}/)?(${HOST_PORT})`,
  'i',
);
/** .NET: `Connection refused (orders:8080)`. */
const PARENTHESES = new RegExp(String.raw`\((${HOST_PORT})\)`);
const URL_HOST =
  /\b[a-z][a-z0-9+.:]{1,20}:\/\/(?:[^\s/@"']{1,200}@)?(\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9_.-]{1,255})(:\d{1,5})?/;

function addressOf(text: string): { address?: string } {
  for (const pattern of ADDRESSES) {
    const match = pattern.exec(text);
    if (match?.[1] !== undefined) return { address: match[1] };
  }
  const prisma = /database server at [`"]([^`"\s]{1,255})[`"]:[`"](\d{1,5})/.exec(text);
  if (prisma !== null) return { address: `${prisma[1]}:${prisma[2]}` };
  const pool = /\bhost='([^'\s]{1,255})', port=(\d{1,5})/.exec(text);
  if (pool !== null) return { address: `${pool[1]}:${pool[2]}` };
  const server = SERVER_HOST.exec(text);
  if (server !== null) return { address: `${server[1]}:${server[2]}` };
  const jvm = JVM_ADDRESS.exec(text);
  if (jvm !== null)
    return { address: jvm[1] === undefined ? (jvm[2] ?? '') : `${jvm[1].slice(0, -1)}:${jvm[2]?.split(':').at(-1)}` };
  const bracketed = PARENTHESES.exec(text);
  if (bracketed?.[1] !== undefined) return { address: bracketed[1] };
  const url = URL_HOST.exec(text);
  return url === null ? {} : { address: `${url[1]}${url[2] ?? ''}` };
}
