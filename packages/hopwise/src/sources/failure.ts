/**
 * How a request can fail between a gateway and its answer, in the field's terms. Each dialect's failure table says which
 * status, body and log phrase its proxy gives for each; observed failures are named with the same words, so that a cause
 * can be compared with what was seen.
 */
export type FailureMode =
  | 'gateway-unreachable' // nothing answers at the edge or gateway
  | 'no-route' // no host or path rule: the gateway's own not-found
  | 'wrong-backend' // a rule answered, but not the intended one
  | 'no-service' // the rule's Service or Service port does not exist
  | 'no-endpoints' // the Service has no usable endpoint
  | 'dns-failure' // a name did not resolve
  | 'refused' // TCP connection refused
  | 'no-route-to-host' // ICMP unreachable / no route
  | 'connect-timeout' // SYN unanswered
  | 'tls-handshake' // TLS to the backend failed
  | 'protocol-error' // bytes of another protocol came back
  | 'reset' // connection reset or closed before a response
  | 'read-timeout' // connected, no (complete) response in time
  | 'header-too-large' // the response header exceeds the proxy's buffer
  | 'invalid-response' // malformed response
  | 'overflow' // a limit refused the request before the backend was asked
  | 'no-live-endpoint' // every endpoint is held down by failures or health checks
  | 'upgrade-failed' // WebSocket upgrade did not happen
  | 'request-refused' // the gateway refuses the request itself (413, 400, 431, 403 …)
  | 'passed-on'; // the backend's own answer
