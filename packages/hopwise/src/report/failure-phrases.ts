import type { FailureMode } from '../sources/failure.ts';

/** How each failure is told in the first line, after "is made by <gateway>:". */
export const FAILURE_PHRASES: Readonly<Record<FailureMode, string>> = {
  'gateway-unreachable': 'nothing answers there',
  'no-route': 'no rule takes this request',
  'wrong-backend': 'another rule than the intended one answers',
  'no-service': 'the Service or port that its rule names does not exist',
  'no-endpoints': 'the Service has no usable endpoint',
  'dns-failure': 'a name does not resolve',
  refused: 'the Pod refuses the connection',
  'no-route-to-host': 'there is no network route to the Pod',
  'connect-timeout': 'it cannot reach the Pod',
  'tls-handshake': 'TLS with the backend fails',
  'protocol-error': 'the backend speaks another protocol',
  reset: 'the backend closes the connection without an answer',
  'read-timeout': 'the backend does not answer in time',
  'header-too-large': "the backend's response header does not fit its buffer",
  'invalid-response': 'the backend answers with malformed HTTP',
  overflow: 'a limit refuses the request',
  'no-live-endpoint': 'every endpoint is held to be down',
  'upgrade-failed': 'the upgrade to WebSocket does not happen',
  'request-refused': 'the request itself is refused',
  'passed-on': 'it is what the backend answered',
};
