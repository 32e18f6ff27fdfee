import type { FailureMode } from '../failure.ts';
import type { ControllerEvent } from '../observations.ts';

/**
 * What NGINX's error messages mean, first match wins. Sources: src/http/ngx_http_upstream.c, ngx_http_upstream_round_robin.c,
 * modules/ngx_http_proxy_module.c, ngx_http_grpc_module.c, ngx_http_parse.c, event/ngx_event_openssl.c,
 * core/ngx_resolver.c, core/ngx_connection.c. A phrase is matched anywhere in the message; a third
 * word must be there too, which tells the side towards the backend from the one towards the client.
 */
const FAILURES: readonly (readonly [phrase: string, mode: FailureMode, also?: string])[] = [
  // connecting (ngx_http_upstream_test_connect, ngx_event_connect_peer)
  ['connect() failed (111:', 'refused'],
  ['connect() failed (113:', 'no-route-to-host'],
  ['connect() failed (101:', 'no-route-to-host'],
  ['connect() failed (110:', 'connect-timeout'],
  ['connect() failed (104:', 'reset'],
  ['connect() failed (1:', 'no-route-to-host'],
  ['connect() failed (13:', 'no-route-to-host'],
  ['connect() failed (99:', 'overflow'],
  ['connect() failed (11:', 'overflow'],
  ['connect() to unix:', 'refused'],
  // TLS towards the backend; the peer's alert names what it dislikes
  ['SSL_do_handshake() failed', 'tls-handshake', 'upstream'],
  ['upstream SSL certificate', 'tls-handshake'],
  ['peer closed connection in SSL handshake', 'tls-handshake', 'upstream'],
  ['while SSL handshaking to upstream', 'tls-handshake'],
  // timeouts by phase
  // (errno text is libc's: "Connection timed out" with glibc, "Operation timed out" with musl)
  [') while connecting to upstream', 'connect-timeout', 'upstream timed out'],
  ['upstream timed out', 'read-timeout'],
  // closed or reset
  ['upstream prematurely closed connection', 'reset'],
  ['recv() failed (104:', 'reset', 'upstream'],
  ['readv() failed (104:', 'reset', 'upstream'],
  ['send() failed (104:', 'reset', 'upstream'],
  ['send() failed (32:', 'reset', 'upstream'],
  ['writev() failed (104:', 'reset', 'upstream'],
  ['writev() failed (32:', 'reset', 'upstream'],
  ['SSL_read() failed', 'reset', 'upstream'],
  ['SSL_write() failed', 'reset', 'upstream'],
  // choice of peer
  ['no live upstreams', 'no-live-endpoint'],
  // response header and body
  ['upstream sent too big header', 'header-too-large'],
  ['upstream sent too big', 'header-too-large'],
  ['upstream sent no valid HTTP', 'protocol-error'],
  ['upstream sent invalid http2', 'protocol-error'],
  ['upstream sent http2', 'protocol-error'],
  ['upstream sent too large http2 frame', 'protocol-error'],
  ['upstream sent frame', 'protocol-error'],
  ['upstream rejected request with error', 'reset'],
  ['upstream sent goaway', 'reset'],
  ['upstream sent unexpected', 'invalid-response'],
  ['upstream sent invalid', 'invalid-response'],
  ['upstream sent duplicate header', 'invalid-response'],
  ['upstream sent more data', 'invalid-response'],
  ['upstream sent data after', 'invalid-response'],
  ['upstream sent unsupported', 'invalid-response'],
  ['upstream sent ', 'invalid-response'],
  ['upstream response is incomplete', 'reset'],
  // names
  ['could not be resolved (', 'dns-failure'],
  ['host not found in upstream', 'dns-failure'],
  ['no resolver defined to resolve', 'dns-failure'],
  // ingress-nginx rootfs/etc/nginx/lua/util/dns.lua
  ['failed to query the DNS server for', 'dns-failure'],
  // the request itself
  ['client intended to send too large body', 'request-refused'],
  ['client sent too long URI', 'request-refused'],
  ['client sent too long header', 'request-refused'],
  ['client sent too large request', 'request-refused'],
  ['limiting requests, excess', 'overflow'],
  ['limiting connections by zone', 'overflow'],
  ['access forbidden by rule', 'request-refused'],
];

/** How a backend failed according to an NGINX error message; undefined when the message is about something else. */
export function failureOf(message: string): FailureMode | undefined {
  return FAILURES.find(
    ([phrase, , also]) => message.includes(phrase) && (also === undefined || message.includes(also)),
  )?.[1];
}

const CONTROLLER: readonly (readonly [phrase: string, event: ControllerEvent])[] = [
  ['worker_connections are not enough', 'limit-reached'],
  ['(24: Too many open files)', 'limit-reached'],
  ['(24: No file descriptors available)', 'limit-reached'],
  ['worker_connections are more than open file resource limit', 'limit-reached'],
  ['signal process started', 'config-applied'],
  ['start worker processes', 'started'],
];

/** What an NGINX message says about the proxy itself. `[emerg]` is always a configuration NGINX refused. */
export function controllerRule(message: string, level: string): ControllerEvent | undefined {
  for (const [phrase, event] of CONTROLLER) if (message.includes(phrase)) return event;
  if (message.includes('rewrite or internal redirection cycle')) return 'config-rejected';
  return level === 'emerg' ? 'config-rejected' : undefined;
}

/** What PHP wrote to its standard error, passed on by ngx_http_fastcgi_module. */
export function fastcgiSaid(message: string): 'not-found' | 'unhandled-request-error' | undefined {
  if (!message.startsWith('FastCGI sent in stderr')) return undefined;
  if (message.includes('Primary script unknown')) return 'not-found';
  return /PHP (?:Fatal|Parse) error/.test(message) ? 'unhandled-request-error' : undefined;
}

/** The file a static server looked for in vain (ngx_http_static_module, ngx_http_index_module). */
export function fileNotFound(message: string): string | undefined {
  const match =
    /^(?:open\(\) )?"([^"]{1,4096})" (?:failed \(2:|is not found \(2:)/.exec(message) ??
    /^directory index of "([^"]{1,4096})" is forbidden/.exec(message);
  return match?.[1];
}
