import type { AppEvent } from '../../observations.ts';

export interface EventRule {
  readonly event: AppEvent;
  /** Its first group that matched, when it has any, is the subject. */
  readonly pattern: RegExp;
  readonly unless?: RegExp;
}

/** Cheap test before the rules: a line without any of these words can be none of the events. */
export const MAY_BE_EVENT =
  /refus|time(?:d)?[- _]?out|deadline|reset|broken|pipe|clos|abort|gone|disconnect|panic|fatal|segm|signal|sig[tks]|term|exception|error|fail|memory|oom|heap|pool|exhaust|busy|queue|full|limit|too many|clients|waiting|missing|required|not set|must be|not found|no such|unknown|invalid|denied|in use|eaddr|eacces|resolv|host|unreach|ready|available|shut|drain|stopp|handshake|tls|ssl|https|preface|bogus|http\/|plain|kill|harakiri|slow|took|rendered|cannot|unable|auth|password|startup|complete|started|no route|no mapping|no static|x16|crash|dump|boot|reach/i;

/**
 * Phrases of runtimes, frameworks and servers that say one thing only; first match wins, so the narrower stands first.
 * Every one names what happened, never a word that a path, a setting or a metric may hold as well.
 */
export const EVENT_RULES: readonly EventRule[] = [
  // plain HTTP at a TLS port (Go, nginx, Elasticsearch, Netty, Kestrel, OpenSSL)
  { event: 'tls-client-sent-http', pattern: /client sent an HTTP request to an HTTPS server/i },
  {
    event: 'tls-client-sent-http',
    pattern:
      /(?:TLS|security) handshake (?:error )?from \S{1,64}: tls: first record does not look like a TLS handshake/,
  },
  { event: 'tls-client-sent-http', pattern: /plain HTTP request (?:was sent )?to HTTPS port/i },
  { event: 'tls-client-sent-http', pattern: /received plaintext http traffic on an https channel/i },
  {
    event: 'tls-client-sent-http',
    pattern: /not an SSL\/TLS record: (?:474554|504f5354|505554|48454144|4f5054|44454c|504154|50524920)/i,
  },
  { event: 'tls-client-sent-http', pattern: /SSL routines:[^\n]{0,80}http request\b/ },
  { event: 'tls-client-sent-http', pattern: /Cannot determine the frame size or a corrupted frame was received/ },
  // a TLS hello at a plain port: record type 22, version 3.x, however a runtime prints those bytes
  {
    event: 'http-client-sent-tls',
    pattern: /(?:\\x16\\x03|0x160x03|\\u0016\\u0003|x16 x03|Hex dump for received bytes: 1603|\[0x160x3|\\026\\003)/,
  },
  { event: 'http-client-sent-tls', pattern: /TLS traffic (?:received )?on (?:a )?(?:plain|http)/i },
  // HTTP/1 at an HTTP/2 or gRPC port and the reverse
  { event: 'protocol-mismatch', pattern: /received bogus greeting from client/ },
  { event: 'protocol-mismatch', pattern: /error reading preface from client/ },
  { event: 'protocol-mismatch', pattern: /HTTP\/2 client preface string missing or corrupt/i },
  { event: 'protocol-mismatch', pattern: /An HTTP\/1\.x request was sent to an HTTP\/2 only endpoint/ },
  { event: 'protocol-mismatch', pattern: /"?PRI \* HTTP\/2\.0/ },
  {
    event: 'protocol-mismatch',
    pattern: /Invalid HTTP Version: \(2, ?0\)|Invalid character found in the HTTP protocol/,
  },
  { event: 'protocol-mismatch', pattern: /Invalid HTTP request received/ },
  {
    event: 'protocol-mismatch',
    pattern: /invalid length of startup packet|Possible SECURITY ATTACK detected|sent an HTTP request over a native/,
  },
  // the client left
  {
    event: 'client-gone',
    pattern:
      /ClientAbortException|ClientDisconnected|client disconnected|jetty\.io\.EofException|AsyncRequestNotUsableException/,
  },
  {
    event: 'client-gone',
    pattern: /\bwrite(?: response| error)?: (?:write: )?broken pipe|\bbroken pipe\b|\bEPIPE\b|\bSIGPIPE\b/i,
    unless: /dial |upstream/,
  },
  {
    event: 'client-gone',
    pattern:
      /\b(?:client|peer|downstream) (?:has )?(?:closed|disconnected|hung up|gone|went away|aborted|reset|cancell?ed)/i,
  },
  {
    event: 'client-gone',
    pattern:
      /request (?:was )?(?:aborted|cancell?ed) by (?:the )?client|client reset the request stream|The request was aborted/i,
  },
  { event: 'client-gone', pattern: /Cannot write to closing transport|probably the client disconnected/i },
  // supervisors
  {
    event: 'worker-killed',
    pattern: /\bWORKER TIMEOUT \(pid:(\d{1,9})\)|Worker \(pid:(?:\d{1,9})\) was sent SIG(?:KILL|ABRT)/,
  },
  {
    event: 'worker-killed',
    pattern: /HARAKIRI|worker=\d{1,4} PID:\d{1,9} timeout|execution timed out \([^)]{1,20}\), terminating/,
  },
  {
    event: 'worker-killed',
    pattern: /[Tt]erminating timed out worker|Worker with pid \d{1,9} was terminated due to signal/,
  },
  // memory
  {
    event: 'out-of-memory',
    pattern: /java\.lang\.OutOfMemoryError|JavaScript heap out of memory|runtime: out of memory|std::bad_alloc/,
  },
  {
    event: 'out-of-memory',
    pattern:
      /^MemoryError\b|: MemoryError\b|Allowed memory size of \d{1,15} bytes exhausted|Out of memory: Kill|Cannot allocate memory/,
  },
  // pools and queues
  {
    event: 'pool-exhausted',
    pattern: /Connection is not available, request timed out after|QueuePool limit of size|ResourceRequest timed out/,
  },
  {
    event: 'pool-exhausted',
    pattern:
      /Timeout acquiring a connection|timeout exceeded when trying to connect|pool is (?:probably )?(?:full|exhausted)/i,
  },
  {
    event: 'pool-exhausted',
    pattern:
      /(?:connection |thread |worker )?pool (?:is )?exhausted|RejectedExecutionException|no (?:free|idle|available) (?:connections?|workers?|threads?)\b/i,
  },
  {
    event: 'pool-exhausted',
    pattern: /sorry, too many clients already|remaining connection slots are reserved|Too many connections\b/,
  },
  {
    event: 'pool-exhausted',
    pattern:
      /reached pm\.max_children|max_children setting|server reached MaxRequestWorkers|all (?:\d{1,6} )?(?:workers|threads) (?:are )?busy/i,
  },
  { event: 'pool-exhausted', pattern: /\bpool\b[^\n]{0,60}\bidle=0\b[^\n]{0,20}\b(?:waiting|pending|queued)=[1-9]/i },
  { event: 'pool-exhausted', pattern: /total=\d{1,6}, active=\d{1,6}, idle=0, waiting=[1-9]/ },
  {
    event: 'queue-full',
    pattern:
      /listen queue of socket [^\n]{1,80}full|(?:accept|request|task|work|job) queue (?:is )?full|queue is full|backlog (?:is )?full/i,
  },
  { event: 'queue-full', pattern: /Task queue depth is \d/ },
  // configuration
  {
    event: 'config-missing',
    pattern:
      /(?:[Mm]issing|[Rr]equired|[Uu]nset|[Uu]ndefined) (?:required )?(?:environment |env )(?:variable|var)s?:? ["'`]?([A-Z][A-Z0-9_]{1,100})/,
  },
  {
    event: 'config-missing',
    pattern:
      /(?:environment variable|env var(?:iable)?) ["'`]?([A-Z][A-Z0-9_]{1,100})["'`]? (?:is |was |must be |has )?(?:not (?:been )?(?:set|defined|found|provided)|required|missing|undefined|set\b)/i,
  },
  {
    event: 'config-missing',
    pattern:
      /\b([A-Z][A-Z0-9_]{2,100}) (?:environment variable )?(?:is not set|is required|must be set|is missing|not set|is undefined)/,
  },
  {
    event: 'config-missing',
    pattern: /KeyError: '([A-Z][A-Z0-9_]{2,100})'|required key ([A-Z][A-Z0-9_]{1,100}) missing value/,
  },
  { event: 'config-missing', pattern: /Could not resolve placeholder '([^']{1,200})'/ },
  {
    event: 'config-missing',
    pattern:
      /(?:open |No such file or directory: '?|ENOENT: no such file or directory, \w{2,10} '|FileNotFoundException: |[Cc]onfig(?:uration)? file (?:not found:? |does not exist:? )?)"?(\/[^\s:'"]{0,300}(?:conf|config|\.ya?ml|\.json|\.toml|\.ini|\.env|\.properties|\.pem|\.crt|\.key|secret|cert)[^\s:'"]{0,100})['"]?(?::| \(|$| is missing| not found| does not exist)/,
  },
  {
    event: 'config-invalid',
    pattern:
      /(?:[Ii]nvalid|[Mm]alformed|[Cc]annot parse|[Ff]ailed to (?:parse|load|read)|[Ee]rror (?:parsing|loading|reading)|[Cc]ould not (?:parse|load)) (?:the )?config(?:uration)?\b/,
  },
  {
    event: 'config-invalid',
    pattern:
      /yaml: (?:unmarshal errors|line \d)|flag provided but not defined|unknown (?:shorthand )?flag|[Cc]onfig(?:uration)? (?:validation )?error:/,
  },
  // sockets of its own
  {
    event: 'bind-failed',
    pattern:
      /listen (?:tcp\d? |unix )?(\S{0,64}:\d{1,5}): bind: |EADDRINUSE:? (?:address already in use )?(\S{0,64}:\d{1,5})|EACCES: permission denied (\S{1,64}:\d{1,5})/,
  },
  { event: 'bind-failed', pattern: /Port (\d{1,5}) (?:was |is )?already in use|\bbind\(\) to (\S{1,64}) failed/ },
  {
    event: 'bind-failed',
    pattern:
      /EADDRINUSE|[Aa]ddress already in use|[Aa]ddress in use\b|Only one usage of each socket address|bind: permission denied/,
  },
  // credentials of a dependency
  {
    event: 'dependency-auth-failed',
    pattern:
      /password authentication failed for user "?([^"\s]{1,100})|Access denied for user '?([^'\s@]{1,100})|Login failed for user/,
  },
  {
    event: 'dependency-auth-failed',
    pattern:
      /NOAUTH Authentication required|WRONGPASS|invalid username-password pair|ACCESS_REFUSED|SASL authentication failed|SCRAM authentication failed/i,
  },
  {
    event: 'dependency-auth-failed',
    pattern: /MongoServerError: Authentication failed|AuthenticationFailed|no pg_hba\.conf entry for host|ORA-01017/,
  },
  {
    event: 'dependency-error',
    pattern: /(?:database|role|relation) "([^"]{1,100})" does not exist|Unknown database '([^']{1,100})'/,
  },
  { event: 'dependency-error', pattern: /[Cc]ircuit ?[Bb]reaker '?([\w.-]{1,100})'? is (?:OPEN|open)/ },
  // requests that blew up, before crashes: a panic the server recovered is not the end of it
  {
    event: 'unhandled-request-error',
    pattern:
      /http: panic serving |Exception on \/|threw exception|unhandled exception has occurred while executing the request/i,
  },
  {
    event: 'unhandled-request-error',
    pattern:
      /^(?:ERROR )?Internal Server Error: \/|\[Recovery\][^\n]{0,40}panic recovered|ASGI application|Error handling request/,
  },
  {
    event: 'crash',
    pattern: /^panic: |^fatal error: |^goroutine \d{1,9} \[running\]|^thread '[^']{1,64}' panicked at/,
  },
  {
    event: 'crash',
    pattern:
      /[Ss]egmentation fault|\bSIGSEGV\b|core dumped|terminate called after throwing|exited on signal (?:6|7|8|11)\b/,
  },
  {
    event: 'crash',
    pattern:
      /\b(?:uncaughtException|Uncaught \w{0,40}(?:Error|Exception)|Unhandled exception|UnhandledPromiseRejection|unhandledRejection)\b/,
  },
  {
    event: 'crash',
    pattern:
      /APPLICATION FAILED TO START|Application run failed|Application startup failed|Worker failed to boot|npm ERR! code ELIFECYCLE|Exception in thread "main"/,
  },
  // coming and going
  {
    event: 'shutting-down',
    pattern:
      /\bSIGTERM\b(?! handler)|signal (?:15|terminated)\b|Handling signal: (?:term|int)|received (?:the )?(?:terminate|shutdown|termination) signal/i,
  },
  {
    event: 'shutting-down',
    pattern:
      /(?:[Cc]ommencing |[Ss]tarting )?[Gg]raceful(?:ly)? (?:shutdown|shutting down|stopping)|\b[Ss]hutting down\b|Application is shutting down|\bdraining (?:connections|requests)\b/,
  },
  {
    event: 'not-ready',
    pattern:
      /\b(?:is |are |am )?not (?:yet )?ready\b(?! to be)|server is not ready yet|(?:is|still) (?:starting up|warming up)|the database system is starting up/i,
    unless: /probe|pod is not ready|was not ready/i,
  },
  {
    event: 'ready',
    pattern:
      /\b(?:now |is )?ready to (?:serve|accept|handle)|\bis now available\b|Application startup complete|(?:^|[\s,])ready(?: in [\d.]{1,10} ?m?s)?[.!]?$/i,
    unless: /\bnot\b|pod|node/i,
  },
  { event: 'ready', pattern: /\bStarted \w{1,80} in [\d.]{1,12} seconds/ },
  // paths it does not serve
  {
    event: 'not-found',
    pattern:
      /No route matches \[[A-Z]{3,8}\] "(\/[^"]{0,2000})"|No route found for "[A-Z]{3,8} ([^"]{1,2000})"|No mapping for [A-Z]{3,8} (\/\S{0,2000})/,
  },
  {
    event: 'not-found',
    pattern:
      /No static resource (\S{1,2000})|Cannot (?:GET|POST|PUT|DELETE|PATCH) (\/\S{0,2000})|^(?:WARNING )?Not Found: (\/\S{0,2000})/,
  },
  {
    event: 'not-found',
    pattern:
      /ENOENT: no such file or directory, (?:open|stat) '([^']{1,2000})'|No such file or directory: '([^']{1,2000})'|\bopen (\/[^\s:]{1,2000}): no such file or directory/,
  },
  {
    event: 'slow-request',
    pattern:
      /\b(?:took|rendered in|completed in|finished in|processed in|answered in|responded in|elapsed|duration:|slow (?:query|request)\S{0,10})\s{0,3}[=:]?\s{0,3}(\d{5,9}(?:\.\d{1,6})? ?ms|(?:[5-9]|\d{2,5})(?:\.\d{1,6})? ?s(?:ec(?:onds)?)?)\b/i,
  },
];

/** Rules asked last, when nothing named the address or the way a dependency failed. */
export const LATE_RULES: readonly EventRule[] = [
  {
    event: 'dependency-error',
    pattern: /\bcode = Unavailable\b|StatusRuntimeException: UNAVAILABLE|\b14 UNAVAILABLE\b/,
  },
  {
    event: 'dependency-error',
    pattern:
      /\b(?:upstream|backend|dependency)\b.{0,60}? (?:returned|responded with|answered) (?:an? )?(?:HTTP )?(?:status )?(?:code )?5\d\d\b/i,
  },
];
