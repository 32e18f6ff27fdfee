import type { FailureTable } from '../../route-table.ts';

const ENVOY =
  'https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#command-operators';
const TRAEFIK = 'https://github.com/traefik/traefik/blob/master/pkg/proxy/httputil/proxy.go';
const HAPROXY = 'https://docs.haproxy.org/3.0/configuration.html#1.3.1';
const KONG = 'https://github.com/Kong/kong/blob/master/kong/error_handlers.lua';
const GCLB = 'https://cloud.google.com/load-balancing/docs/https/https-logging-monitoring#statusdetails-http';
const ALB = 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html';
const APPGW = 'https://learn.microsoft.com/azure/application-gateway/application-gateway-troubleshooting-502';
const NGINX = 'https://github.com/nginx/nginx/blob/master/src/http/ngx_http_upstream.c';

const envoy: FailureTable = {
  'no-route': { status: 404, server: 'envoy', reference: ENVOY },
  'no-endpoints': { status: 503, body: 'no healthy upstream', server: 'envoy', reference: ENVOY },
  'no-live-endpoint': { status: 503, body: 'no healthy upstream', server: 'envoy', reference: ENVOY },
  refused: {
    status: 503,
    body: 'upstream connect error or disconnect/reset before headers',
    server: 'envoy',
    reference: ENVOY,
  },
  'no-route-to-host': {
    status: 503,
    body: 'upstream connect error or disconnect/reset before headers',
    server: 'envoy',
    reference: ENVOY,
  },
  'connect-timeout': {
    status: 503,
    also: [504],
    body: 'upstream connect error or disconnect/reset before headers',
    server: 'envoy',
    reference: ENVOY,
  },
  'tls-handshake': { status: 503, body: 'TLS error', server: 'envoy', reference: ENVOY },
  'protocol-error': {
    status: 502,
    also: [503],
    body: 'upstream connect error or disconnect/reset before headers. reset reason: protocol error',
    server: 'envoy',
    reference: ENVOY,
  },
  reset: {
    status: 503,
    body: 'upstream connect error or disconnect/reset before headers',
    server: 'envoy',
    reference: ENVOY,
  },
  'read-timeout': { status: 504, body: 'upstream request timeout', server: 'envoy', reference: ENVOY },
  'header-too-large': { status: 502, also: [503], server: 'envoy', reference: ENVOY },
  'invalid-response': { status: 502, also: [503], server: 'envoy', reference: ENVOY },
  overflow: {
    status: 503,
    body: 'upstream connect error or disconnect/reset before headers. reset reason: overflow',
    server: 'envoy',
    reference: ENVOY,
  },
};

const nginx: FailureTable = {
  'no-route': { status: 404, reference: NGINX },
  'no-service': { status: 502, also: [503], reference: NGINX },
  'no-endpoints': { status: 502, also: [503], reference: NGINX },
  'dns-failure': { status: 502, reference: NGINX },
  refused: { status: 502, reference: NGINX },
  'no-route-to-host': { status: 502, also: [504], reference: NGINX },
  'connect-timeout': { status: 504, reference: NGINX },
  'tls-handshake': { status: 502, reference: NGINX },
  'protocol-error': { status: 502, reference: NGINX },
  reset: { status: 502, reference: NGINX },
  'read-timeout': { status: 504, reference: NGINX },
  'header-too-large': { status: 502, reference: NGINX },
  'invalid-response': { status: 502, reference: NGINX },
  'no-live-endpoint': { status: 502, reference: NGINX },
};

const traefik: FailureTable = {
  'no-route': { status: 404, body: '404 page not found', reference: TRAEFIK },
  'no-service': { status: 404, also: [503], body: '404 page not found', reference: TRAEFIK },
  'no-endpoints': { status: 503, also: [404], body: 'no available server', reference: TRAEFIK },
  'no-live-endpoint': { status: 503, body: 'no available server', reference: TRAEFIK },
  'dns-failure': { status: 502, body: 'Bad Gateway', reference: TRAEFIK },
  refused: { status: 502, body: 'Bad Gateway', reference: TRAEFIK },
  'no-route-to-host': { status: 502, body: 'Bad Gateway', reference: TRAEFIK },
  // Dialling gives up after dialTimeout (30 s by default); a network timeout is answered as 504.
  'connect-timeout': { status: 504, also: [502], body: 'Gateway Timeout', reference: TRAEFIK },
  'tls-handshake': { status: 500, also: [502], body: 'Internal Server Error', reference: TRAEFIK },
  'protocol-error': { status: 500, also: [502], reference: TRAEFIK },
  reset: { status: 502, body: 'Bad Gateway', reference: TRAEFIK },
  'read-timeout': { status: 504, body: 'Gateway Timeout', reference: TRAEFIK },
  'invalid-response': { status: 500, also: [502], reference: TRAEFIK },
};

const haproxy: FailureTable = {
  'no-route': { status: 404, reference: HAPROXY },
  'no-service': { status: 503, also: [404], reference: HAPROXY },
  'no-endpoints': { status: 503, reference: HAPROXY },
  'no-live-endpoint': { status: 503, body: 'No server is available to handle this request.', reference: HAPROXY },
  refused: { status: 503, body: 'No server is available to handle this request.', reference: HAPROXY },
  'no-route-to-host': { status: 503, reference: HAPROXY },
  'connect-timeout': { status: 503, also: [504], reference: HAPROXY },
  'tls-handshake': { status: 503, reference: HAPROXY },
  'protocol-error': { status: 502, body: 'The server returned an invalid or incomplete response.', reference: HAPROXY },
  reset: { status: 502, body: 'The server returned an invalid or incomplete response.', reference: HAPROXY },
  'read-timeout': { status: 504, body: "The server didn't respond in time.", reference: HAPROXY },
  'header-too-large': { status: 502, reference: HAPROXY },
  'invalid-response': {
    status: 502,
    body: 'The server returned an invalid or incomplete response.',
    reference: HAPROXY,
  },
  overflow: { status: 503, reference: HAPROXY },
};

const kong: FailureTable = {
  'no-route': { status: 404, body: 'no Route matched with those values', reference: KONG },
  'no-service': { status: 503, body: 'no Service found with those values', reference: KONG },
  'no-endpoints': { status: 503, body: 'failure to get a peer from the ring-balancer', reference: KONG },
  'no-live-endpoint': { status: 503, body: 'failure to get a peer from the ring-balancer', reference: KONG },
  'dns-failure': { status: 503, body: 'name resolution failed', reference: KONG },
  refused: { status: 502, body: 'An invalid response was received from the upstream server', reference: KONG },
  'no-route-to-host': { status: 502, reference: KONG },
  'connect-timeout': { status: 504, body: 'The upstream server is timing out', reference: KONG },
  'tls-handshake': { status: 502, body: 'An invalid response was received from the upstream server', reference: KONG },
  'protocol-error': { status: 502, body: 'An invalid response was received from the upstream server', reference: KONG },
  reset: { status: 502, body: 'An invalid response was received from the upstream server', reference: KONG },
  'read-timeout': { status: 504, body: 'The upstream server is timing out', reference: KONG },
  'header-too-large': { status: 502, reference: KONG },
  'invalid-response': {
    status: 502,
    body: 'An invalid response was received from the upstream server',
    reference: KONG,
  },
};

const gclb: FailureTable = {
  'no-route': { status: 404, body: 'response 404 (backend NotFound)', reference: GCLB },
  'no-endpoints': { status: 503, also: [502], body: 'no healthy upstream', reference: GCLB },
  'no-live-endpoint': { status: 503, also: [502], body: 'no healthy upstream', reference: GCLB },
  refused: { status: 502, also: [503], reference: GCLB },
  'connect-timeout': { status: 502, also: [503, 504], reference: GCLB },
  'tls-handshake': { status: 502, reference: GCLB },
  reset: { status: 502, reference: GCLB },
  'read-timeout': { status: 502, also: [504, 408], reference: GCLB },
  'invalid-response': { status: 502, reference: GCLB },
};

const alb: FailureTable = {
  'no-route': { status: 404, server: 'awselb/2.0', reference: ALB },
  'no-endpoints': { status: 503, server: 'awselb/2.0', reference: ALB },
  refused: { status: 502, server: 'awselb/2.0', reference: ALB },
  'connect-timeout': { status: 504, server: 'awselb/2.0', reference: ALB },
  'tls-handshake': { status: 502, server: 'awselb/2.0', reference: ALB },
  reset: { status: 502, server: 'awselb/2.0', reference: ALB },
  'read-timeout': { status: 504, server: 'awselb/2.0', reference: ALB },
  'header-too-large': { status: 502, server: 'awselb/2.0', reference: ALB },
  'invalid-response': { status: 502, server: 'awselb/2.0', reference: ALB },
};

const appgw: FailureTable = {
  'no-route': { status: 404, server: 'Microsoft-Azure-Application-Gateway/v2', reference: APPGW },
  'no-endpoints': { status: 502, server: 'Microsoft-Azure-Application-Gateway/v2', reference: APPGW },
  'no-live-endpoint': { status: 502, server: 'Microsoft-Azure-Application-Gateway/v2', reference: APPGW },
  refused: { status: 502, server: 'Microsoft-Azure-Application-Gateway/v2', reference: APPGW },
  'connect-timeout': { status: 502, also: [504], server: 'Microsoft-Azure-Application-Gateway/v2', reference: APPGW },
  'tls-handshake': { status: 502, server: 'Microsoft-Azure-Application-Gateway/v2', reference: APPGW },
  reset: { status: 502, server: 'Microsoft-Azure-Application-Gateway/v2', reference: APPGW },
  'read-timeout': { status: 504, also: [502], server: 'Microsoft-Azure-Application-Gateway/v2', reference: APPGW },
};

/** By the id of the known controller; a controller that is not here has no table: its answers are not known. */
export const FAILURES: Readonly<Record<string, FailureTable>> = {
  traefik,
  haproxytech: haproxy,
  'haproxy-ingress': haproxy,
  openshift: haproxy,
  contour: envoy,
  cilium: envoy,
  istio: envoy,
  gloo: envoy,
  emissary: envoy,
  higress: envoy,
  pomerium: envoy,
  kong,
  apisix: nginx,
  'nginx-inc': nginx,
  gce: gclb,
  alb,
  agic: appgw,
};
