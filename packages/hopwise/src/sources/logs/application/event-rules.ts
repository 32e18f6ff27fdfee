import type { AppEvent } from '../../observations.ts';

export interface EventRule {
  readonly event: AppEvent;
  /** Lower-case words, one of which the line must hold: asked before the pattern, because asking is cheap. */
  readonly needles: readonly string[];
  /** What the line must really say; a rule without one is told by its needle alone. The first group that matches is the subject. */
  readonly pattern?: RegExp;
  readonly unless?: RegExp;
}

/** Clients and servers that speak different protocols to each other, as the server's side tells it. */
const PROTOCOL: readonly EventRule[] = [
  // plain HTTP at a TLS port (Go, NGINX, Elasticsearch, Netty, OpenSSL, Kestrel)
  {
    event: 'tls-client-sent-http',
    needles: [
      'client sent an http request to an https server',
      'plain http request was sent to https port',
      'plain http request to https port',
      'received plaintext http traffic on an https channel',
      'cannot determine the frame size or a corrupted frame was received',
    ],
  },
  {
    event: 'tls-client-sent-http',
    needles: ['first record does not look like a tls handshake'],
    pattern: /(?:TLS|security) handshake (?:error )?from \S{1,64}: tls: first record/,
  },
  {
    event: 'tls-client-sent-http',
    needles: ['not an ssl/tls record: '],
    pattern: /record: (?:474554|504f5354|505554|48454144|4f5054|44454c|504154|50524920)/i,
  },
  { event: 'tls-client-sent-http', needles: ['ssl routines:'], pattern: /SSL routines:[^\n]{0,80}http request\b/ },
  // a TLS hello at a plain port: record type 22, version 3.x, however a runtime prints those bytes
  {
    event: 'http-client-sent-tls',
    needles: ['\\x16\\x03', '0x160x03', '\\u0016\\u0003', '[0x160x3', '\\026\\003', 'received bytes: 1603'],
  },
  // HTTP/1 at an HTTP/2 or gRPC port and the reverse
  {
    event: 'protocol-mismatch',
    needles: [
      'received bogus greeting from client',
      'error reading preface from client',
      'client preface string missing or corrupt',
      'http/1.x request was sent to an http/2 only endpoint',
      'pri * http/2.0',
      'invalid http version: (2, 0)',
      'invalid character found in the http protocol',
      'invalid http request received',
      'invalid length of startup packet',
      'possible security attack detected',
      'sent an http request over a native',
    ],
  },
];

const CLIENTS: readonly EventRule[] = [
  {
    event: 'client-gone',
    needles: [
      'clientabortexception',
      'clientdisconnected',
      'jetty.io.eofexception',
      'asyncrequestnotusableexception',
      'cannot write to closing transport',
      'probably the client disconnected',
      'client reset the request stream',
    ],
  },
  { event: 'client-gone', needles: ['broken pipe', 'epipe', 'sigpipe'], unless: /\bdial |\bupstream/i },
  {
    event: 'client-gone',
    needles: ['client', 'peer', 'downstream'],
    pattern:
      /\b(?:client|peer|downstream) (?:has |was )?(?:closed|disconnected|hung up|gone|went away|aborted|reset|cancell?ed)|request (?:was )?(?:aborted|cancell?ed) by (?:the )?client/i,
    unless: /\b(?:redis|db|database|kafka|mongo|sql|amqp|pool) client\b/i,
  },
];

const RESOURCES: readonly EventRule[] = [
  {
    event: 'worker-killed',
    needles: [
      'worker timeout',
      'was sent sig',
      'harakiri',
      'terminating timed out worker',
      'was terminated due to signal',
    ],
    pattern:
      /WORKER TIMEOUT \(pid:\d{1,9}\)|Worker \(pid:\d{1,9}\) was sent SIG|HARAKIRI|[Tt]erminating timed out worker|was terminated due to signal/,
  },
  {
    event: 'worker-killed',
    needles: ['execution timed out (', 'killing'],
    pattern: /execution timed out \([^)]{1,20}\), terminating|worker=\d{1,4} PID:\d{1,9} timeout/,
  },
  {
    event: 'out-of-memory',
    needles: [
      'java.lang.outofmemoryerror',
      'javascript heap out of memory',
      'runtime: out of memory',
      'std::bad_alloc',
      'out of memory: kill',
      'cannot allocate memory',
      'bytes exhausted (tried',
    ],
  },
  { event: 'out-of-memory', needles: ['memoryerror'], pattern: /(?:^|: )MemoryError\b/ },
  {
    event: 'pool-exhausted',
    needles: [
      'connection is not available, request timed out after',
      'queuepool limit of size',
      'resourcerequest timed out',
      'timeout acquiring a connection',
      'timeout exceeded when trying to connect',
      'pool is probably full',
      'pool is full',
      'pool is exhausted',
      'pool exhausted',
      'rejectedexecutionexception',
      'sorry, too many clients already',
      'remaining connection slots are reserved',
      'too many connections',
      'reached pm.max_children',
      'reached maxrequestworkers',
      'timeout waiting for connection from pool',
    ],
  },
  {
    event: 'pool-exhausted',
    needles: ['no free ', 'no idle ', 'no available ', 'busy'],
    pattern:
      /\bno (?:free|idle|available) (?:connections?|workers?|threads?)\b|\ball (?:\d{1,6} )?(?:workers|threads) (?:are )?busy/i,
  },
  {
    event: 'pool-exhausted',
    needles: ['idle=0'],
    pattern: /\bidle=0\b.{0,20}\b(?:waiting|pending|queued|threadsAwaitingConnection)=[1-9]/i,
  },
  {
    event: 'queue-full',
    needles: ['queue', 'backlog'],
    pattern:
      /listen queue of socket .{1,80}full|\b(?:accept|request|task|work|job) queue (?:is )?full|\bqueue is full|backlog (?:is )?full|Task queue depth is \d/i,
  },
];

const CONFIGURATION: readonly EventRule[] = [
  {
    event: 'config-missing',
    needles: ['environment variable', 'env var'],
    pattern:
      /(?:[Mm]issing|[Rr]equired|[Uu]nset|[Uu]ndefined) (?:required )?(?:environment |env )(?:variable|var)s?:? ["'`]?([A-Z][A-Z0-9_]{1,100})|(?:environment variable|env var(?:iable)?) ["'`]?([A-Z][A-Z0-9_]{1,100})["'`]? (?:is |was |must be |has )?(?:not (?:been )?(?:set|defined|found|provided)|required|missing|undefined|set\b)/,
  },
  {
    event: 'config-missing',
    needles: ['not set', 'is required', 'must be set', 'is missing', 'is undefined', 'missing value'],
    pattern:
      /\b([A-Z][A-Z0-9]{1,40}(?:_[A-Z0-9]{1,40}){1,8}) (?:environment variable )?(?:is not set|is required|must be set|is missing|not set|is undefined)|required key ([A-Z][A-Z0-9_]{1,100}) missing value/,
  },
  {
    event: 'config-missing',
    needles: ['keyerror: ', 'could not resolve placeholder'],
    pattern: /KeyError: '([A-Z][A-Z0-9_]{2,100})'|Could not resolve placeholder '([^']{1,200})'/,
  },
  {
    event: 'config-missing',
    needles: ['no such file', 'enoent', 'filenotfound', 'config file', 'configuration file'],
    pattern:
      /(?:open |No such file or directory: '?|no such file or directory, \w{2,10} '|FileNotFoundException: |[Cc]onfig(?:uration)? file (?:not found:? |does not exist:? )?)"?(\/[^\s:'"]{0,300}(?:conf|\.ya?ml|\.json|\.toml|\.ini|\.env|\.properties|\.pem|\.crt|\.key|secret|cert)[^\s:'"]{0,100})['"]?(?::| \(|$| is missing| not found| does not exist)/,
  },
  {
    event: 'config-invalid',
    needles: ['config', 'yaml: ', 'flag'],
    pattern:
      /(?:[Ii]nvalid|[Mm]alformed|[Cc]annot parse|[Ff]ailed to (?:parse|load|read)|[Ee]rror (?:parsing|loading|reading)|[Cc]ould not (?:parse|load)) (?:the )?config(?:uration)?\b|yaml: (?:unmarshal errors|line \d)|flag provided but not defined|unknown (?:shorthand )?flag|[Cc]onfig(?:uration)? (?:validation )?error:/,
  },
  {
    event: 'bind-failed',
    needles: [
      'eaddrinuse',
      'already in use',
      'address in use',
      'bind: ',
      'eacces',
      'bind() to ',
      'usage of each socket address',
    ],
    pattern:
      /listen (?:tcp\d? |unix )?(\S{0,64}:\d{1,5}): bind: |EADDRINUSE:? (?:address already in use )?(\S{0,64}:\d{1,5})|EACCES: permission denied (\S{1,64}:\d{1,5})|Port (\d{1,5}) (?:was |is )?already in use|\bbind\(\) to (\S{1,64}) failed|EADDRINUSE|[Aa]ddress already in use|[Aa]ddress in use\b|Only one usage of each socket address|bind: permission denied/,
  },
];

const DEPENDENCIES: readonly EventRule[] = [
  {
    event: 'dependency-auth-failed',
    needles: ['authentication failed for user', 'access denied for user', 'login failed for user'],
    pattern: /for user "?'?([^"'\s@]{1,100})/,
  },
  {
    event: 'dependency-auth-failed',
    needles: [
      'noauth authentication required',
      'wrongpass',
      'invalid username-password pair',
      'access_refused',
      'sasl authentication failed',
      'scram authentication failed',
      'mongoservererror: authentication failed',
      'no pg_hba.conf entry for host',
      'ora-01017',
    ],
  },
  {
    event: 'dependency-error',
    needles: ['does not exist', 'unknown database'],
    pattern: /\b(?:database|role|relation) "([^"]{1,100})" does not exist|Unknown database '([^']{1,100})'/,
  },
  {
    event: 'dependency-error',
    needles: ['circuit'],
    pattern: /[Cc]ircuit ?[Bb]reaker '?([\w.-]{1,100})?'? is (?:OPEN|open)/,
  },
];

const LIFE: readonly EventRule[] = [
  // a panic the server recovered is a failed request, not the end of the process
  {
    event: 'unhandled-request-error',
    needles: [
      'http: panic serving ',
      'exception on /',
      'threw exception',
      'unhandled exception has occurred while executing the request',
      'error handling request',
      'panic recovered',
    ],
  },
  { event: 'unhandled-request-error', needles: ['internal server error: /'] },
  {
    event: 'crash',
    needles: ['panic', 'fatal error: '],
    pattern: /^panic: |^fatal error: |^thread '[^']{1,64}' panicked at/,
  },
  {
    event: 'crash',
    needles: [
      'segmentation fault',
      'sigsegv',
      'core dumped',
      'terminate called after throwing',
      'uncaughtexception',
      'unhandledpromiserejection',
      'unhandledrejection',
      'application failed to start',
      'application run failed',
      'application startup failed',
      'worker failed to boot',
      'npm err! code elifecycle',
      'exception in thread "main"',
    ],
  },
  {
    event: 'crash',
    needles: ['uncaught ', 'unhandled exception'],
    pattern: /\bUncaught \w{0,40}(?:Error|Exception)\b|\bUnhandled exception\b/,
  },
  {
    event: 'shutting-down',
    needles: ['sigterm', 'signal 15', 'handling signal', 'terminat', 'shut', 'graceful', 'draining'],
    pattern:
      /\bSIGTERM\b(?! handler)|\bsignal 15\b|Handling signal: (?:term|int)|received (?:the )?(?:terminate|shutdown|termination) signal|[Gg]raceful(?:ly)? (?:shutdown|shutting down|stopping)|\b[Ss]hutting down\b|\bdraining (?:connections|requests)\b/,
    unless: /waiting for|\bon SIGTERM\b|\btrap\b|timeout[=:]/i,
  },
  {
    event: 'not-ready',
    needles: ['ready', 'starting up', 'warming up'],
    pattern: /\bnot (?:yet )?ready\b(?! to be)|server is not ready yet|(?:is|still) (?:starting up|warming up)/i,
    unless: /probe|pod is not ready|was not ready/i,
  },
  {
    event: 'ready',
    needles: ['ready', 'now available', 'startup complete'],
    pattern:
      /\b(?:now |is )?ready to (?:serve|accept|handle)|\bis now available\b|Application startup complete|(?:^|[\s,])ready(?: in [\d.]{1,10} ?m?s)?[.!]?$/i,
    unless: /\bnot\b|pod|node/i,
  },
  { event: 'ready', needles: ['started '], pattern: /\bStarted \w{1,80} in [\d.]{1,12} seconds/ },
];

const PATHS: readonly EventRule[] = [
  {
    event: 'not-found',
    needles: ['no route', 'no mapping for', 'no static resource', 'cannot ', 'not found: /'],
    pattern:
      /No route matches \[[A-Z]{3,8}\] "(\/[^"]{0,2000})"|No route found for "[A-Z]{3,8} ([^"]{1,2000})"|No mapping for [A-Z]{3,8} (\/\S{0,2000})|No static resource (\S{1,2000})|Cannot (?:GET|POST|PUT|DELETE|PATCH) (\/\S{0,2000})|Not Found: (\/\S{0,2000})/,
  },
  {
    event: 'not-found',
    needles: ['no such file'],
    pattern:
      /no such file or directory, (?:open|stat) '([^']{1,2000})'|No such file or directory: '([^']{1,2000})'|\bopen (\/[^\s:]{1,2000}): no such file or directory/,
  },
  {
    event: 'slow-request',
    needles: ['took', ' in ', 'elapsed', 'duration:', 'slow '],
    pattern:
      /\b(?:took|rendered in|completed in|finished in|processed in|answered in|responded in|elapsed|duration:|slow (?:query|request)\S{0,10})\s{0,3}[=:]?\s{0,3}(\d{5,9}(?:\.\d{1,6})? ?ms|(?:[5-9]|\d{2,5})(?:\.\d{1,6})? ?s(?:ec(?:onds)?)?)\b/i,
  },
];

/**
 * Phrases of runtimes, frameworks and servers that say one thing only; first match wins, so the narrower stands first.
 * Every one names what happened, never a word that a path, a setting or a metric may hold as well.
 */
export const EVENT_RULES: readonly EventRule[] = [
  ...PROTOCOL,
  ...CLIENTS,
  ...RESOURCES,
  ...CONFIGURATION,
  ...DEPENDENCIES,
  ...LIFE,
  ...PATHS,
];

/** Rules asked last, when nothing named the address or the way a dependency failed. */
export const LATE_RULES: readonly EventRule[] = [
  {
    event: 'dependency-error',
    needles: ['code = unavailable', 'statusruntimeexception: unavailable', '14 unavailable'],
  },
  {
    event: 'dependency-error',
    needles: ['upstream', 'backend', 'dependency'],
    pattern:
      /\b(?:upstream|backend|dependency)\b.{0,60}? (?:returned|responded with|answered) (?:an? )?(?:HTTP )?(?:status )?(?:code )?5\d\d\b/i,
  },
];
