import type { FailureAnswer, FailureTable } from '../../route-table.ts';

const SPECIFICATION = 'gateway-api apis/v1/httproute_types.go';

/** The answers that the specification itself asks for; for the rest any of the usual gateway errors may come. */
export const SPECIFICATION_FAILURES: FailureTable = {
  'no-route': { status: 404, reference: `${SPECIFICATION} HTTPRouteRule.Matches` },
  'no-service': { status: 500, also: [503], reference: `${SPECIFICATION} HTTPRouteRule.BackendRefs` },
  'no-endpoints': { status: 503, also: [500, 502], reference: `${SPECIFICATION} HTTPRouteRule.BackendRefs` },
  'read-timeout': { status: 504, reference: 'gateway-api GEP-1742' },
  refused: { status: 503, also: [502], reference: 'implementation-specific' },
  'no-route-to-host': { status: 503, also: [502, 504], reference: 'implementation-specific' },
  'connect-timeout': { status: 503, also: [504, 502], reference: 'implementation-specific' },
  'tls-handshake': { status: 503, also: [502], reference: 'implementation-specific' },
  'protocol-error': { status: 502, also: [503], reference: 'implementation-specific' },
  'invalid-response': { status: 502, also: [503], reference: 'implementation-specific' },
  'header-too-large': { status: 502, also: [503], reference: 'implementation-specific' },
  reset: { status: 503, also: [502], reference: 'implementation-specific' },
  overflow: { status: 503, reference: 'implementation-specific' },
  'no-live-endpoint': { status: 503, also: [502], reference: 'implementation-specific' },
};

const NGINX = 'nginx src/http/ngx_http_upstream.c ngx_http_upstream_next';

function nginx(status: number, reference = NGINX): FailureAnswer {
  return { status, server: 'nginx', reference };
}

/** NGINX Gateway Fabric: invalid references answer 500, a Service without endpoints 503 from a local socket. */
export const NGINX_FAILURES: FailureTable = {
  'no-route': nginx(404, 'nginx-gateway-fabric: default server returns 404'),
  'no-service': nginx(500, 'nginx-gateway-fabric: nginx-500-server.sock'),
  'no-endpoints': { ...nginx(503, 'nginx-gateway-fabric: nginx-503-server.sock'), also: [502] },
  'no-live-endpoint': nginx(502),
  refused: nginx(502),
  'no-route-to-host': nginx(502),
  'tls-handshake': nginx(502),
  reset: nginx(502),
  'protocol-error': nginx(502),
  'invalid-response': nginx(502),
  'header-too-large': nginx(502),
  'connect-timeout': nginx(504),
  'read-timeout': nginx(504),
};

const TRAEFIK = 'traefik pkg/server/service/loadbalancer, pkg/proxy/httputil/proxy.go';

function traefik(status: number, body: string): FailureAnswer {
  return { status, body, reference: TRAEFIK };
}

export const TRAEFIK_FAILURES: FailureTable = {
  'no-route': traefik(404, '404 page not found'),
  'no-service': { status: 500, also: [503, 404], reference: 'traefik pkg/provider/kubernetes/gateway/httproute.go' },
  'no-endpoints': traefik(503, 'no available server'),
  'no-live-endpoint': traefik(503, 'no available server'),
  refused: traefik(502, 'Bad Gateway'),
  'no-route-to-host': traefik(502, 'Bad Gateway'),
  'dns-failure': traefik(502, 'Bad Gateway'),
  reset: traefik(502, 'Bad Gateway'),
  'invalid-response': { status: 500, also: [502], reference: TRAEFIK },
  'protocol-error': { status: 500, also: [502], reference: TRAEFIK },
  'tls-handshake': { status: 500, also: [502], reference: TRAEFIK },
  'connect-timeout': traefik(504, 'Gateway Timeout'),
  'read-timeout': traefik(504, 'Gateway Timeout'),
};

const KONG = 'kong kong/error_handlers.lua and NGINX beneath it';

export const KONG_FAILURES: FailureTable = {
  'no-route': { status: 404, body: 'no Route matched with those values', reference: KONG },
  'no-service': { status: 500, also: [503], reference: SPECIFICATION },
  'no-endpoints': { status: 503, body: 'failure to get a peer from the ring-balancer', reference: KONG },
  'no-live-endpoint': { status: 503, body: 'failure to get a peer from the ring-balancer', reference: KONG },
  refused: { status: 502, body: 'An invalid response was received from the upstream server', reference: KONG },
  reset: { status: 502, body: 'An invalid response was received from the upstream server', reference: KONG },
  'tls-handshake': { status: 502, reference: KONG },
  'protocol-error': { status: 502, reference: KONG },
  'invalid-response': { status: 502, reference: KONG },
  'header-too-large': { status: 502, reference: KONG },
  'no-route-to-host': { status: 502, reference: KONG },
  'dns-failure': { status: 503, body: 'name resolution failed', reference: KONG },
  'connect-timeout': { status: 504, body: 'The upstream server is timing out', reference: KONG },
  'read-timeout': { status: 504, body: 'The upstream server is timing out', reference: KONG },
};

const HAPROXY = 'HAProxy configuration manual, section 8.5 (session state at disconnection)';

export const HAPROXY_FAILURES: FailureTable = {
  'no-route': { status: 404, reference: 'haproxy-ingress: default backend' },
  'no-service': { status: 503, also: [500, 404], reference: HAPROXY },
  'no-endpoints': { status: 503, reference: HAPROXY },
  'no-live-endpoint': { status: 503, reference: HAPROXY },
  refused: { status: 503, reference: `${HAPROXY}: SC` },
  'no-route-to-host': { status: 503, reference: `${HAPROXY}: SC` },
  'connect-timeout': { status: 503, also: [504], reference: `${HAPROXY}: sC` },
  'tls-handshake': { status: 503, reference: HAPROXY },
  reset: { status: 502, reference: `${HAPROXY}: SH` },
  'protocol-error': { status: 502, reference: `${HAPROXY}: PH` },
  'invalid-response': { status: 502, reference: `${HAPROXY}: PH` },
  'header-too-large': { status: 502, also: [500], reference: `${HAPROXY}: PH` },
  'read-timeout': { status: 504, reference: `${HAPROXY}: sH` },
  overflow: { status: 503, reference: `${HAPROXY}: sQ` },
};

/** Application Load Balancer (AWS documentation, "Troubleshoot your Application Load Balancers", HTTP 500 to 504). */
const ALB = 'AWS ELB user guide: load-balancer-troubleshooting';

export const ALB_FAILURES: FailureTable = {
  'no-route': { status: 404, reference: 'aws-load-balancer-controller: default action' },
  'no-service': { status: 500, also: [503], reference: SPECIFICATION },
  'no-endpoints': { status: 503, server: 'awselb/2.0', reference: ALB },
  'no-live-endpoint': { status: 502, also: [503, 504], server: 'awselb/2.0', reference: ALB },
  refused: { status: 502, server: 'awselb/2.0', reference: ALB },
  reset: { status: 502, server: 'awselb/2.0', reference: ALB },
  'tls-handshake': { status: 502, server: 'awselb/2.0', reference: ALB },
  'invalid-response': { status: 502, server: 'awselb/2.0', reference: ALB },
  'protocol-error': { status: 502, server: 'awselb/2.0', reference: ALB },
  'header-too-large': { status: 502, server: 'awselb/2.0', reference: ALB },
  'connect-timeout': { status: 504, server: 'awselb/2.0', reference: ALB },
  'no-route-to-host': { status: 504, server: 'awselb/2.0', reference: ALB },
  'read-timeout': { status: 504, server: 'awselb/2.0', reference: ALB },
};

/** Google Cloud application load balancers (documentation: logging statusDetails `failed_to_connect_to_backend` and others). */
const GCLB = 'Google Cloud load balancing: logging-and-monitoring, statusDetails';

export const GKE_FAILURES: FailureTable = {
  'no-route': { status: 404, body: 'fault filter abort', reference: 'GKE Gateway: default backend' },
  'no-service': { status: 500, also: [503], body: 'fault filter abort', reference: SPECIFICATION },
  'no-endpoints': { status: 503, also: [502], body: 'no healthy upstream', reference: GCLB },
  'no-live-endpoint': { status: 503, also: [502], body: 'no healthy upstream', reference: GCLB },
  refused: { status: 502, also: [503], reference: GCLB },
  reset: { status: 502, also: [503], reference: GCLB },
  'no-route-to-host': { status: 502, also: [503], reference: GCLB },
  'connect-timeout': { status: 502, also: [503, 504], reference: GCLB },
  'tls-handshake': { status: 502, also: [503], reference: GCLB },
  'invalid-response': { status: 502, reference: GCLB },
  'protocol-error': { status: 502, reference: GCLB },
  'read-timeout': { status: 504, also: [502, 408], reference: GCLB },
};
