import { describe, expect, it } from 'vitest';
import { LogLine } from '../line.ts';
import { parseLogs } from '../parse-logs.ts';
import { LOG_FORMATS } from './index.ts';

const NEAR = Date.UTC(2026, 4, 12, 10, 15);
const FILE = {
  file: 'x.log',
  namespace: 'shop',
  pod: 'web-6d5-abcde',
  container: 'web',
  previous: false,
  truncated: false,
};

function read(text: string): Record<string, unknown>[] {
  return parseLogs([{ ...FILE, text }], NEAR).entries.map(({ at: _at, ...rest }) => rest);
}

/** One real-looking line of each format and what has to come out of it (only the fields that matter). */
const LINES: readonly (readonly [name: string, line: string, want: Record<string, unknown>])[] = [
  [
    'ingress-nginx, refused three times',
    '10.0.0.1 - - [12/May/2026:10:14:02 +0000] "GET /x?a=1 HTTP/1.1" 502 150 "-" "curl/8" 80 0.004 [shop-web-80] [] 10.244.0.7:8080, 10.244.0.8:8080 0, 0 0.001, 0.003 502, 502 abcdef',
    {
      format: 'ingress-nginx-access',
      time: Date.UTC(2026, 4, 12, 10, 14, 2),
      status: 502,
      path: '/x?a=1',
      durationMs: 4,
      backendName: 'shop-web-80',
      requestId: 'abcdef',
      generated: true,
      attempts: [
        { address: '10.244.0.7:8080', status: 502, durationMs: 1, bytes: 0 },
        { address: '10.244.0.8:8080', status: 502, durationMs: 3, bytes: 0 },
      ],
    },
  ],
  [
    "ingress-nginx, the backend's own 502",
    '10.0.0.1 - - [12/May/2026:10:14:02 +0200] "GET /x HTTP/1.1" 502 33 "-" "curl/8" 80 0.004 [shop-web-80] [] 10.244.0.7:8080 33 0.004 502 abcdef',
    { time: Date.UTC(2026, 4, 12, 8, 14, 2), generated: false, mode: 'passed-on' },
  ],
  [
    'ingress-nginx, nobody to ask',
    '10.0.0.1 - - [12/May/2026:10:14:02 +0000] "GET /x HTTP/1.1" 503 190 "-" "curl/8" 80 0.000 [shop-web-80] [] - - - - abcdef',
    { attempts: [], generated: true, mode: 'no-endpoints' },
  ],
  [
    'ingress-nginx, custom error page from another backend',
    '10.0.0.1 - - [12/May/2026:10:14:02 +0000] "GET /x HTTP/1.1" 502 557 "-" "curl/8" 80 0.004 [shop-web-80] [] 10.244.0.7:8080 : 10.244.0.9:8080 0 : 557 0.001 : 0.003 502 : 502 abcdef',
    { generated: true },
  ],
  [
    'ingress-nginx, canary',
    '10.0.0.1 - - [12/May/2026:10:14:02 +0000] "GET /x HTTP/1.1" 200 10 "-" "curl/8" 80 0.004 [shop-web-80] [shop-next-80] 10.244.0.7:8080 10 0.001 200 abcdef',
    { backendName: 'shop-next-80', generated: false },
  ],
  [
    'NGINX JSON',
    '{"time":"2026-05-12T10:14:02+00:00","remote_addr":"10.0.0.1","request_method":"GET","host":"shop.example.com","request_uri":"/x?y=1","status":"502","body_bytes_sent":"150","request_time":"0.003","proxy_upstream_name":"shop-web-80","upstream_addr":"10.244.0.7:8080","upstream_status":"502","upstream_response_time":"0.001","upstream_response_length":"0","req_id":"abc"}',
    { format: 'nginx-json', status: 502, host: 'shop.example.com', path: '/x?y=1', generated: true, durationMs: 3 },
  ],
  [
    'combined with X-Forwarded-For',
    '10.0.0.1 - - [12/May/2026:10:14:02 +0000] "GET /x HTTP/2.0" 502 157 "-" "Mozilla/5.0 (X11)" "198.51.100.4"',
    { format: 'combined', status: 502, client: '10.0.0.1', userAgent: 'Mozilla/5.0 (X11)' },
  ],
  [
    'combined with named upstream fields',
    '10.0.0.1 - - [12/May/2026:10:14:02 +0000] "GET /x HTTP/1.1" 502 157 "-" "curl" "-" rt=0.003 urt="0.002" ua="10.244.0.7:8080" us="502"',
    { durationMs: 3, attempts: [{ address: '10.244.0.7:8080', status: 502, durationMs: 2 }] },
  ],
  [
    'NGINX error, refused',
    '2026/05/12 10:14:02 [error] 33#33: *7 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1, server: shop.example.com, request: "GET /x HTTP/1.1", upstream: "http://10.244.0.7:8080/y", host: "shop.example.com"',
    {
      type: 'backend-error',
      mode: 'refused',
      address: '10.244.0.7:8080',
      scheme: 'http',
      host: 'shop.example.com',
      path: '/x',
      backendPath: '/y',
      client: '10.0.0.1',
      phrase: 'connect() failed (111: Connection refused) while connecting to upstream',
    },
  ],
  [
    'NGINX error, no peer to name',
    '2026/05/12 10:14:02 [error] 33#33: *7 no live upstreams while connecting to upstream, client: 10.0.0.1, server: s, request: "GET /x HTTP/1.1", upstream: "http://shop_web/x", host: "shop.example.com"',
    { mode: 'no-live-endpoint', backendName: 'shop_web' },
  ],
  [
    'NGINX error, name',
    '2026/05/12 10:14:02 [error] 33#33: *7 orders.shop.svc could not be resolved (3: Host not found), client: 10.0.0.1, server: s, request: "GET /x HTTP/1.1", host: "h"',
    { mode: 'dns-failure', address: 'orders.shop.svc' },
  ],
  [
    'NGINX alert',
    '2026/05/12 10:14:02 [alert] 33#33: 1024 worker_connections are not enough',
    { event: 'limit-reached' },
  ],
  [
    'NGINX file not found',
    '2026/05/12 10:14:02 [error] 30#30: *88 open() "/usr/share/nginx/html/api/x" failed (2: No such file or directory), client: 10.0.0.1, server: localhost, request: "GET /api/x HTTP/1.1", host: "h"',
    { type: 'app-event', event: 'not-found', subject: '/usr/share/nginx/html/api/x', path: '/api/x' },
  ],
  [
    'Kong access',
    '10.0.0.1 - - [12/May/2026:10:14:02 +0000] "GET /x HTTP/1.1" 502 75 "-" "okhttp" kong_request_id: "62aaf301"',
    { format: 'kong-access', requestId: '62aaf301', status: 502 },
  ],
  [
    'Traefik access, dial timeout',
    '10.0.0.1 - - [12/May/2026:10:14:02 +0000] "GET /x HTTP/2.0" 504 15 "-" "-" 12 "websecure-shop-web@kubernetes" "http://10.244.0.7:8080" 30001ms',
    {
      format: 'traefik-access',
      generated: true,
      mode: 'connect-timeout',
      attempts: [{ address: '10.244.0.7:8080' }],
      durationMs: 30001,
    },
  ],
  [
    "Traefik access, the backend's own 504",
    '10.0.0.1 - - [12/May/2026:10:14:02 +0000] "GET /x HTTP/2.0" 504 991 "-" "-" 12 "websecure-shop-web@kubernetes" "http://10.244.0.7:8080" 12000ms',
    { generated: false, mode: 'passed-on' },
  ],
  [
    'Traefik access, no router',
    '10.0.0.1 - - [12/May/2026:10:14:02 +0000] "GET /x HTTP/2.0" 404 19 "-" "-" 12 "-" "-" 0ms',
    { mode: 'no-route' },
  ],
  [
    'Traefik JSON',
    '{"ClientHost":"10.0.0.1","DownstreamContentSize":11,"DownstreamStatus":502,"Duration":1234567,"OriginStatus":502,"RequestHost":"shop.example.com","RequestMethod":"GET","RequestPath":"/x","RouterName":"r@kubernetes","ServiceAddr":"10.244.0.7:8080","ServiceURL":"http://10.244.0.7:8080","StartUTC":"2026-05-12T10:14:02.1Z","level":"info","msg":""}',
    { format: 'traefik-json', generated: true, status: 502, host: 'shop.example.com', durationMs: 1 },
  ],
  [
    'Traefik log, failed dial',
    '2026-05-12T10:14:25Z DBG github.com/traefik/traefik/v3/pkg/server/service/proxy.go:100 > 502 Bad Gateway error="dial tcp 10.244.0.7:8080: connect: connection refused"',
    { format: 'traefik-log', mode: 'refused', address: '10.244.0.7:8080' },
  ],
  [
    'Traefik log, missing service',
    '2026-05-12T10:14:25Z ERR Cannot create service error="service not found" ingress=web namespace=shop providerName=kubernetes serviceName=web',
    { event: 'service-missing', subject: 'Ingress/shop/web' },
  ],
  [
    'Envoy default, upstream timed out',
    '[2026-05-12T10:14:02.412Z] "GET /x HTTP/2" 504 UT 0 24 15001 - "198.51.100.8, 10.0.0.1" "curl" "id-1" "shop.example.com" "10.244.0.7:8080"',
    {
      format: 'envoy-access',
      flags: 'UT',
      mode: 'read-timeout',
      generated: true,
      client: '198.51.100.8',
      requestId: 'id-1',
      durationMs: 15001,
    },
  ],
  [
    'Envoy default, passed on',
    '[2026-05-12T10:14:02.412Z] "GET /x HTTP/2" 504 - 0 167 10011 10010 "-" "curl" "id" "shop.example.com" "10.244.0.7:8080"',
    { generated: false, mode: 'passed-on', attempts: [{ address: '10.244.0.7:8080', status: 504, durationMs: 10010 }] },
  ],
  [
    'Istio, plain text answered TLS',
    '[2026-05-12T10:14:02.412Z] "GET /x HTTP/1.1" 503 UF upstream_reset_before_response_started{connection_failure,TLS_error:|268435703:SSL_routines:OPENSSL_internal:WRONG_VERSION_NUMBER:TLS_error_end} - "TLS_error:|268435703:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER:TLS_error_end" 0 230 15 - "-" "curl" "id" "shop.example.com" "10.244.0.7:8080" outbound|80||web.shop.svc.cluster.local - 10.96.0.1:80 10.244.0.9:1234 - default',
    {
      mode: 'tls-handshake',
      backendName: 'outbound|80||web.shop.svc.cluster.local',
      routeName: 'default',
      client: '10.244.0.9',
    },
  ],
  [
    'Istio, reset on a reused connection',
    '[2026-05-12T10:14:02.412Z] "PUT /x HTTP/2" 503 UC upstream_reset_before_response_started{connection_termination} - "-" 3 95 0 - "10.0.0.1" "u" "id" "h" "10.244.0.7:8080" outbound|80||web.shop.svc.cluster.local 10.244.0.9:40112 10.244.0.9:8443 10.0.0.1:2 h -',
    { mode: 'reset', generated: true, localAddress: '10.244.0.9:40112' },
  ],
  [
    'Istio, refused',
    '[2026-05-12T10:14:02.412Z] "GET /x HTTP/1.1" 503 UF,URX upstream_reset_before_response_started{remote_connection_failure,delayed_connect_error:_111} - "delayed_connect_error:_111" 0 152 15 - "-" "c" "id" "h" "10.244.0.7:8080" outbound|80||w.s.svc - 1.1.1.1:80 1.1.1.1:1 - default',
    { mode: 'refused', flags: 'UF,URX' },
  ],
  [
    'Envoy JSON',
    '{"start_time":"2026-05-12T10:14:02.412Z","method":"GET","x-envoy-origin-path":"/x","response_code":404,"response_flags":"NR","response_code_details":"route_not_found","duration":0,":authority":"shop.example.com","upstream_host":null,"route_name":null,"user-agent":"curl"}',
    {
      format: 'envoy-json',
      status: 404,
      mode: 'no-route',
      generated: true,
      path: '/x',
      host: 'shop.example.com',
      attempts: [],
    },
  ],
  [
    'Envoy debug',
    '[2026-05-12 10:14:02.887][15][debug][client] [external/envoy/source/common/http/codec_client.cc:228] [Tags: "ConnectionId":"413"] Error dispatching received data: http/1.1 protocol error: HPE_INVALID_CONSTANT',
    { format: 'envoy-component', mode: 'protocol-error' },
  ],
  [
    'HAProxy, server timed out',
    '198.51.100.23:51805 [12/May/2026:10:14:02.785] https~ shop_web_http/SRV_2 0/0/1/-1/50002 504 198 - - sH-- 12/9/2/1/0 0/0 "POST shop.example.com/api/x HTTP/2.0"',
    {
      format: 'haproxy-access',
      mode: 'read-timeout',
      generated: true,
      host: 'shop.example.com',
      path: '/api/x',
      durationMs: 50002,
      flags: 'sH--',
    },
  ],
  [
    'HAProxy behind syslog, connect timed out',
    '<134>May 12 10:14:02 haproxy[8]: 198.51.100.23:51805 [12/May/2026:10:14:02.785] http shop_web_http/SRV_1 0/0/5001/-1/5001 503 221 - - sC-- 1/1/1/0/3 0/0 {shop.example.com} "GET /x HTTP/1.1"',
    { mode: 'connect-timeout', path: '/x' },
  ],
  [
    'HAProxy, no server',
    '198.51.100.23:51805 [12/May/2026:10:14:02.785] https~ shop_web_http/<NOSRV> 0/-1/-1/-1/0 503 221 - - SC-- 1/1/1/0/0 0/0 "GET https://shop.example.com/x HTTP/2.0"',
    { mode: 'no-endpoints', host: 'shop.example.com', path: '/x' },
  ],
  [
    'HAProxy alert',
    '[WARNING]  (8) : Server shop_web_http/SRV_1 is DOWN, reason: Layer4 connection problem, info: "Connection refused", check duration: 0ms. 0 active servers left.',
    { format: 'haproxy-server', mode: 'refused', backendName: 'shop_web_http/SRV_1' },
  ],
  [
    'HAProxy controller',
    "2026/05/12 10:14:02 ERROR  handler/ingress.go:101 Ingress 'shop/web': service 'shop/web' does not exist",
    { event: 'service-missing', subject: 'Service/shop/web' },
  ],
  [
    'Hubble',
    'May 12 10:14:02.123: ingress-nginx/controller-abc:41212 (ID:1203) <> shop/web-6d5-abcde:8080 (ID:3301) Policy denied DROPPED (TCP Flags: SYN)',
    {
      format: 'hubble',
      mode: 'connect-timeout',
      address: 'shop/web-6d5-abcde:8080',
      client: 'ingress-nginx/controller-abc:41212',
    },
  ],
  [
    'Hubble JSON',
    '{"flow":{"time":"2026-05-12T10:14:02.1Z","verdict":"DROPPED","drop_reason_desc":"POLICY_DENIED","IP":{"source":"10.244.0.3","destination":"10.244.0.7"},"l4":{"TCP":{"source_port":41212,"destination_port":8080}},"destination":{"namespace":"shop","pod_name":"web-1"}},"node_name":"n"}',
    { mode: 'connect-timeout', address: '10.244.0.7:8080', backendName: 'shop/web-1', client: '10.244.0.3' },
  ],
  [
    'klog, service missing',
    'W0512 10:14:02.418120       7 controller.go:1108] Error obtaining Endpoints for Service "shop/web": no object matching key "shop/web" in local store',
    { event: 'service-missing', subject: 'Service/shop/web', time: Date.UTC(2026, 4, 12, 10, 14, 2, 418) },
  ],
  [
    'klog, structured',
    'I0512 10:14:02.418120       7 store.go:425] "Ignoring ingress because of error while validating ingress class" ingress="shop/web" error="ingress does not contain a valid IngressClass"',
    { event: 'object-ignored', subject: 'Ingress/shop/web' },
  ],
  [
    'klog, RBAC',
    'E0512 10:14:02.418120       7 reflector.go:147] Failed to watch *v1.EndpointSlice: failed to list *v1.EndpointSlice: endpointslices.discovery.k8s.io is forbidden: User "system:serviceaccount:a:b" cannot list resource "endpointslices" in API group "discovery.k8s.io" at the cluster scope',
    { event: 'permission-denied', subject: 'endpointslices.discovery.k8s.io' },
  ],
  [
    'klog, event of F5',
    'I0512 10:14:02.418120       1 event.go:285] Event(v1.ObjectReference{Kind:"Ingress", Namespace:"shop", Name:"web", UID:"1"}): type: \'Warning\' reason: \'Rejected\' shop/web was rejected: spec.rules: Required value',
    { event: 'config-rejected', subject: 'Ingress/shop/web' },
  ],
  [
    'klog, missing port',
    'W0512 10:14:02.418120       1 controller.go:2320] Error retrieving endpoints for the service web: No port {http 0} in service web',
    { event: 'port-missing' },
  ],
  [
    'zap console',
    '2026-05-12T10:14:02Z\terror\tdataplane-synchronizer\tCould not update kong admin\t{"error": "failed posting new config to /config: got status code 400"}',
    { event: 'config-rejected' },
  ],
  [
    'zap console of an application',
    '2026-05-12T10:14:02.123Z\tinfo\tserver\trequest completed\t{"method":"GET","path":"/x","status":503,"duration":"12ms"}',
    { type: 'app-request', status: 503, durationMs: 12 },
  ],
  [
    'controller-runtime JSON',
    '{"level":"error","ts":"2026-05-12T10:14:02Z","msg":"Reconciler error","controller":"ingress","object":{"name":"web","namespace":"shop"},"error":"ingress: shop/web: Service \\"web\\" not found"}',
    { event: 'service-missing', subject: 'Service/shop/web' },
  ],
  [
    'AWS load balancer, target timed out',
    'https 2026-05-12T10:14:02.123456Z app/lb/50d 198.51.100.3:2817 10.0.0.1:80 0.086 -1 -1 504 - 34 366 "GET https://shop.example.com:443/x?y HTTP/2.0" "curl/8" C T arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/k8s-shop-web-123/73e "Root=1-5" "shop.example.com" "arn" 0 2026-05-12T10:13:02.123456Z "forward" "-" "-" "10.0.0.1:80" "-" "-" "-"',
    {
      format: 'aws-elb',
      status: 504,
      host: 'shop.example.com',
      path: '/x?y',
      generated: true,
      mode: 'read-timeout',
      backendName: 'k8s-shop-web-123',
    },
  ],
  [
    "AWS load balancer, the target's own 502",
    'http 2026-05-12T10:14:02.123456Z app/lb/50d 198.51.100.3:2817 10.0.0.1:80 0.000 0.001 0.000 502 502 34 366 "GET http://shop.example.com:80/x HTTP/1.1" "curl/8" - - arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/k8s-shop-web-123/73e "Root=1-5" "-" "-" 0 2026-05-12T10:14:02.122456Z "forward" "-" "-" "10.0.0.1:80" "502" "-" "-"',
    { generated: false, mode: 'passed-on', attempts: [{ address: '10.0.0.1:80', status: 502 }] },
  ],
  [
    'Google load balancer',
    '{"httpRequest":{"latency":"30.001s","remoteIp":"1.2.3.4","requestMethod":"GET","requestUrl":"https://shop.example.com/x?y=1","serverIp":"10.4.0.5","status":502},"jsonPayload":{"statusDetails":"backend_timeout"},"resource":{"labels":{"backend_service_name":"k8s1-shop"}},"timestamp":"2026-05-12T10:14:02.123456Z"}',
    { format: 'gcp-lb', details: 'backend_timeout', mode: 'read-timeout', durationMs: 30001, path: '/x?y=1' },
  ],
  [
    'Azure Application Gateway',
    '{"timeStamp":"2026-05-12T10:14:02+00:00","backendPoolName":"pool-shop","properties":{"clientIP":"1.2.3.4","httpMethod":"GET","requestUri":"/x","requestQuery":"y=1","httpStatus":502,"timeTaken":20.205,"serverRouted":"10.244.0.7:8080","serverStatus":"","originalHost":"shop.example.com","error_info":"ERRORINFO_UPSTREAM_TIMED_OUT"}}',
    {
      format: 'azure-appgw',
      mode: 'read-timeout',
      generated: true,
      host: 'shop.example.com',
      path: '/x?y=1',
      durationMs: 20205,
    },
  ],
  [
    'Caddy error',
    '{"level":"error","ts":1778580842.123,"logger":"http.log.error","msg":"dial tcp 10.244.0.7:8080: connect: connection refused","request":{"client_ip":"10.0.0.1","method":"GET","host":"shop.example.com","uri":"/x"},"status":502}',
    { format: 'caddy', mode: 'refused', address: '10.244.0.7:8080', host: 'shop.example.com', path: '/x' },
  ],
  [
    'cloudflared',
    '2026-05-12T10:14:02Z ERR Request failed error="Unable to reach the origin service. The service may be down or it may not be responding to traffic from cloudflared: dial tcp: lookup web.shop.svc.cluster.local on 10.96.0.10:53: no such host" connIndex=0 dest=https://shop.example.com/x event=0 type=http',
    {
      format: 'cloudflared',
      mode: 'dns-failure',
      address: 'web.shop.svc.cluster.local',
      host: 'shop.example.com',
      path: '/x',
    },
  ],
  [
    'CoreDNS error',
    '[ERROR] plugin/errors: 2 orders.shop.svc.cluster.local. A: read udp 10.244.0.3:55555->10.0.0.2:53: i/o timeout',
    { format: 'coredns', mode: 'dns-failure', address: '10.0.0.2:53', host: 'orders.shop.svc.cluster.local' },
  ],
  [
    'CoreDNS query log',
    '[INFO] 10.244.0.5:41212 - 12345 "A IN orders.shop.svc.cluster.local. udp 54 false 512" NXDOMAIN qr,aa,rd 147 0.000180126s',
    { mode: 'dns-failure', client: '10.244.0.5', host: 'orders.shop.svc.cluster.local' },
  ],
  [
    'linkerd-proxy',
    '[   120.512s]  WARN ThreadId(01) outbound:proxy{addr=10.96.0.5:80}: linkerd_reconnect: Failed to connect error=endpoint 10.244.0.7:8080: Connection refused (os error 111)',
    { format: 'linkerd-proxy', mode: 'refused', address: '10.244.0.7:8080' },
  ],
  [
    'Apache proxy error',
    '[Tue May 12 10:14:02.000000 2026] [proxy:error] [pid 1:tid 1] (111)Connection refused: AH00957: http: attempt to connect to 10.0.0.9:8080 (backend) failed',
    { format: 'apache-error', mode: 'refused', address: '10.0.0.9:8080', time: Date.UTC(2026, 4, 12, 10, 14, 2) },
  ],
  [
    'oauth2-proxy',
    '198.51.100.23:0 - 9a4e0 - - [2026/05/12 10:11:21] dash.example.com GET - "/oauth2/callback" HTTP/1.1 "Mozilla/5.0" 302 24 0.284',
    { format: 'oauth2-proxy', host: 'dash.example.com', status: 302, durationMs: 284 },
  ],
  [
    'Contour',
    'time="2026-05-12T10:14:02Z" level=error msg="unresolved service reference: service port \\"80\\" not found" context=dag',
    { event: 'port-missing' },
  ],
];

describe('log formats', () => {
  it.each(LINES)('%s', (_name, line, want) => {
    const [entry] = read(line);
    expect(entry).toMatchObject(want);
  });

  it('recognise every line the same behind a container runtime, kubectl and stern', () => {
    for (const [, line, want] of LINES) {
      for (const prefix of [
        '2026-05-12T10:14:40.123456789Z stdout F ',
        '2026-05-12T10:14:40.123456789Z ',
        'web-1 app › ',
      ]) {
        expect(read(prefix + line)[0]).toMatchObject(want);
      }
    }
  });

  it('take a cut line for nothing, or for a simpler format that it then really is', () => {
    for (const [name, line] of LINES) {
      for (const length of [1, 12, 30, Math.floor(line.length / 2), line.length - 20]) {
        for (const entry of read(line.slice(0, length))) {
          const mode = (entry as { mode?: string }).mode;
          const whole = read(line).map((one) => (one as { mode?: string }).mode);
          // A server that is DOWN for a reason cut away is still DOWN.
          expect([undefined, 'no-live-endpoint', ...whole], `${name} cut at ${length}`).toContain(mode);
        }
      }
    }
  });

  it('are each met by a line that only one of them claims', () => {
    const specific = LOG_FORMATS.filter((format) => format.generality === undefined);
    const met = new Set<string>();
    for (const [name, text] of LINES) {
      const claims = specific.filter((format) => claim(format, text));
      expect(claims.length, `${name}: ${claims.map(({ id }) => id)}`).toBeLessThanOrEqual(1);
      for (const { id } of claims) met.add(id);
    }
    expect([...met].sort()).toEqual(specific.map(({ id }) => id).sort());
  });

  it('are listed once each, sorted', () => {
    const ids = LOG_FORMATS.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort());
  });
});

function claim(format: (typeof LOG_FORMATS)[number], text: string): boolean {
  const line = new LogLine(text);
  return format.sniff(line) && format.parse(line, FILE) !== undefined;
}
