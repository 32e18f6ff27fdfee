import type { FailureTable } from '../../route-table.ts';

const TEMPLATE = 'https://github.com/kubernetes/ingress-nginx/blob/main/rootfs/etc/nginx/template/nginx.tmpl';
const BALANCER = 'https://github.com/kubernetes/ingress-nginx/blob/main/rootfs/etc/nginx/lua/balancer.lua';
const UPSTREAM = 'https://github.com/nginx/nginx/blob/master/src/http/ngx_http_upstream.c';
const page = (status: string): string => `<center><h1>${status}</h1></center>`;

/**
 * What ingress-nginx answers to each failure. The Server header is removed (server-tokens is off by default); the pages
 * are NGINX's own (src/http/ngx_http_special_response.c), with `<center>nginx</center>` below.
 */
export const FAILURES: FailureTable = {
  'no-route': { status: 404, body: page('404 Not Found'), reference: TEMPLATE },
  'no-service': { status: 503, body: page('503 Service Temporarily Unavailable'), reference: BALANCER },
  'no-endpoints': { status: 503, body: page('503 Service Temporarily Unavailable'), reference: BALANCER },
  'dns-failure': { status: 503, also: [502], body: page('503 Service Temporarily Unavailable'), reference: BALANCER },
  refused: { status: 502, body: page('502 Bad Gateway'), reference: UPSTREAM },
  'no-route-to-host': { status: 502, also: [504], body: page('502 Bad Gateway'), reference: UPSTREAM },
  'connect-timeout': { status: 504, body: page('504 Gateway Time-out'), reference: UPSTREAM },
  'tls-handshake': { status: 502, body: page('502 Bad Gateway'), reference: UPSTREAM },
  'protocol-error': { status: 502, also: [200, 400], body: page('502 Bad Gateway'), reference: UPSTREAM },
  reset: { status: 502, body: page('502 Bad Gateway'), reference: UPSTREAM },
  'read-timeout': { status: 504, body: page('504 Gateway Time-out'), reference: UPSTREAM },
  'header-too-large': { status: 502, body: page('502 Bad Gateway'), reference: UPSTREAM },
  'invalid-response': { status: 502, body: page('502 Bad Gateway'), reference: UPSTREAM },
  overflow: { status: 503, also: [502, 500], body: page('503 Service Temporarily Unavailable'), reference: TEMPLATE },
  'no-live-endpoint': { status: 502, body: page('502 Bad Gateway'), reference: UPSTREAM },
  'request-refused': { status: 413, also: [400, 403, 414, 503], reference: TEMPLATE },
};
