import { describe, expect, it } from 'vitest';
import { parseLogs } from '../parse-logs.ts';

const FILE = {
  file: 'x.log',
  namespace: 'shop',
  pod: 'web-6d5-abcde',
  container: 'web',
  previous: false,
  truncated: false,
};

function read(text: string): Record<string, unknown>[] {
  return parseLogs([{ ...FILE, text }]).entries.map(({ at: _at, time: _time, ...rest }) => rest);
}

const LISTENS: readonly (readonly [line: string, address: string, port: number | undefined, more?: object])[] = [
  ['[2026-05-12 10:20:11 +0000] [1] [INFO] Listening at: http://127.0.0.1:7000 (1)', '127.0.0.1', 7000, { tls: false }],
  ['      Now listening on: http://[::]:80', '::', 80],
  ['      Now listening on: http://localhost:5000', 'localhost', 5000],
  ['INFO:     Uvicorn running on http://127.0.0.1:8000 (Press CTRL+C to quit)', '127.0.0.1', 8000],
  [
    '[2026-02-10T16:20:00.114+00:00][INFO ][http.server] http server running at https://0.0.0.0:5601',
    '0.0.0.0',
    5601,
    { tls: true, protocol: 'https' },
  ],
  ['time=2026-05-12T09:19:26Z level=info msg=Starting the public httpd on: :4433', '', 4433],
  [
    '2026-05-12T10:20:11.000Z  INFO 1 --- [main] o.s.b.w.e.tomcat.TomcatWebServer  : Tomcat started on port(s): 8080 (http) with context path',
    '',
    8080,
  ],
  [
    '2026-05-12T10:20:11.000Z  INFO 1 --- [main] o.s.b.w.e.tomcat.TomcatWebServer  : Tomcat started on port 8443 (https)',
    '',
    8443,
    { tls: true },
  ],
  ['Version 0.24.3 has been started on port 5230', '', 5230],
  ['2026-01-29T07:46:45Z cart 4.18.0 listening on 0.0.0.0:8080', '0.0.0.0', 8080],
  ['   - Local:        http://localhost:3000', '', 3000],
  ['   - Network:      http://0.0.0.0:3000', '0.0.0.0', 3000],
  ['  ➜  Network: use --host to expose', 'localhost', undefined],
  [' * Running on all addresses (0.0.0.0)', '0.0.0.0', undefined],
  ['{"level":"info","msg":"gRPC server listening","addr":"[::]:50051"}', '::', 50051, { protocol: 'grpc' }],
  [
    '{"time":"2026-05-16T10:43:41Z","msg":"catalog up","transport":"grpc","addr":"[::]:8080","tls":false}',
    '::',
    8080,
    { protocol: 'grpc', tls: false },
  ],
  ['{"severity": "INFO", "message": "listening on :8080, request timeout 240s"}', '', 8080],
  [
    'logger=http.server t=2026-03-06T13:41:06Z level=info msg="HTTP Server Listen" address=[::]:3000 protocol=http',
    '::',
    3000,
  ],
  ['logger=metrics t=2026-03-06T13:41:06Z level=info msg="metrics" address=[::]:9102', '::', 9102],
  ['{"level":"info","msg":"admin endpoint started","address":"localhost:2019"}', 'localhost', 2019],
  ['1:M 12 May 2026 10:10:00.123 * Running mode=standalone, port=6379.', '', 6379],
  ['2026-05-26 02:45:11.021 UTC [1] LOG:  listening on IPv4 address "0.0.0.0", port 5432', '0.0.0.0', 5432],
  [
    "2026-05-26T02:45:11.021000Z 0 [System] [MY-1] [Server] mysqld: ready for connections. Version: '8.0.36'  socket: '/run/x.sock'  port: 3306",
    '',
    3306,
  ],
  [
    '{"t":{"$date":"2026-05-12T10:10:00.123+00:00"},"s":"I","c":"NETWORK","msg":"Listening on","attr":{"address":"0.0.0.0:27017"}}',
    '0.0.0.0',
    27017,
  ],
  ['[GIN-debug] Listening and serving HTTP on :8080', '', 8080],
  ['* Listening on http://0.0.0.0:3000', '0.0.0.0', 3000],
  ['Example app listening on port 3000!', '', 3000],
  ['Server running at http://localhost:3000/', '', 3000],
  ['Server started, listening on 50051', '', 50051],
  [
    '2026-05-12 10:10:00.123:INFO:oejs.AbstractConnector:main: Started ServerConnector@4b12{HTTP/1.1, (http/1.1)}{127.0.0.1:8080}',
    '127.0.0.1',
    8080,
  ],
  ['12-May-2026 10:10:00.123 INFO [main] AbstractProtocol.start Starting ProtocolHandler ["http-nio-8080"]', '', 8080],
  ['[info] Running MyAppWeb.Endpoint with cowboy 2.9.0 at :::4000 (http)', '::', 4000],
  [
    '[2026-05-12 10:10:00,1] INFO Awaiting socket connections on 0.0.0.0:9092. (kafka.network.DataPlaneAcceptor)',
    '0.0.0.0',
    9092,
  ],
  ['argocd-server v2.10 serving on port 8080 (url: , tls: true, namespace: argocd)', '', 8080, { tls: true }],
  ['I0512 10:10:00.000000       1 serving.go:77] Serving securely on [::]:10250', '::', 10250],
  [
    '{"LogLevel":"Information","Message":"Now listening on: http://[::]:8080","State":{"address":"http://[::]:8080"}}',
    '::',
    8080,
  ],
  ['{"level":"info","msg":"server started","port":8080}', '', 8080],
  ['\u001b[90m2026-05-12T10:14:25Z\u001b[0m \u001b[32mINF\u001b[0m listening on \u001b[1m:8080\u001b[0m', '', 8080],
  ['Serving HTTP on 127.0.0.1 port 8000 (http://127.0.0.1:8000/) ...', '127.0.0.1', 8000],
  ['Server is running on 3000', '', 3000],
  ['n8n ready on 0.0.0.0, port 5678', '0.0.0.0', 5678],
  ['API: http://10.244.0.5:9000  http://127.0.0.1:9000', '10.244.0.5', 9000],
  ['Listening on http://web-6d5-abcde:8080', 'web-6d5-abcde', 8080],
];

const NOT_LISTENS: readonly string[] = [
  'connect to 127.0.0.1:5432',
  'URL: https://shop.example.com',
  'backup started at 2030',
  'could not connect on 127.0.0.1 port 5432',
  'connected to redis://redis:6379',
  'Error: listen EADDRINUSE: address already in use :::3000',
  'failed to start listener on :8080: permission denied',
  'INFO stop listening on :8080',
  'INFO not listening on :8080 yet',
  'listening for events on queue orders at rabbitmq:5672',
  'connection refused: is the server running on host "db" (10.0.0.3) and accepting TCP/IP connections on port 5432?',
  'Waiting for database at 10.1.1.1:5432',
  'job running at 12:30, started at 10:10:00',
  'Started GET "/orders/5" for 10.244.0.1 at 2026-05-12 10:10:00 +0000',
  'GET /docs/listening-on:8080 200 3ms',
  '{"level":"info","msg":"connected","addr":"10.0.0.5:5432"}',
  '{"level":"error","msg":"listen failed","addr":":8080"}',
  '{"level":"info","msg":"started pool","host":"db","port":5432}',
  '{"level":"info","msg":"starting health checks","addr":"10.0.0.5:8080"}',
  '{"level":"info","msg":"database server reached","port":5432}',
];

const REQUESTS: readonly (readonly [line: string, want: object])[] = [
  [
    'INFO:     10.244.0.1:41234 - "GET /health HTTP/1.1" 200 OK',
    { method: 'GET', path: '/health', status: 200, client: '10.244.0.1' },
  ],
  ['10.244.0.1 - - [12/May/2026 10:10:00] "GET /x HTTP/1.1" 404 -', { path: '/x', status: 404 }],
  ['[12/May/2026 10:10:00] "GET /admin HTTP/1.1" 302 0', { path: '/admin', status: 302 }],
  [
    '[GIN] 2026/05/12 - 10:10:00 | 500 |    1.5345ms |   10.244.0.1 | GET      "/api/v1?x=1"',
    { path: '/api/v1?x=1', status: 500, durationMs: 2 },
  ],
  ['GET /api/users 200 4.123 ms - 15', { path: '/api/users', status: 200, durationMs: 4 }],
  ['method=GET path=/x format=html status=502 duration=12.3', { path: '/x', status: 502 }],
  [
    '2026/05/12 10:10:00 "GET http://shop.example.com/api HTTP/1.1" from 10.244.0.1:33333 - 200 12B in 1.9ms',
    { path: '/api', status: 200, durationMs: 2 },
  ],
  [
    '{"level":30,"req":{"method":"GET","url":"/x","remoteAddress":"::1"},"res":{"statusCode":200},"responseTime":12}',
    { path: '/x', status: 200, durationMs: 12, client: '::1' },
  ],
  [
    '{"httpRequest": {"requestMethod": "GET", "requestUrl": "/r?y=1", "status": 200, "latency": "46.812s"}}',
    { path: '/r?y=1', status: 200, durationMs: 46812 },
  ],
  [
    '{"level":"INFO","msg":"rpc","method":"/quoter.v1.Quoter/Get","code":"OK"}',
    { method: 'POST', path: '/quoter.v1.Quoter/Get' },
  ],
  [
    '      Request finished HTTP/1.1 GET http://calls.example.com/hubs?id=1 - - - 101 - - 1310000.4417ms',
    { path: '/hubs?id=1', status: 101, durationMs: 1_310_000 },
  ],
  ['2026-05-26T03:04:01.000Z [http] GET /api/posts 200 118ms', { path: '/api/posts', status: 200, durationMs: 118 }],
  [
    'INFO 1 --- [exec-9] c.e.ProxyController  : POST /api/search relayed from elasticsearch: 200, 48 hits, 79 ms',
    { path: '/api/search', status: 200, durationMs: 79 },
  ],
];

const EVENTS: readonly (readonly [line: string, event: string, subject?: string])[] = [
  ['Error: connect ECONNREFUSED 10.0.0.5:5432', 'dependency-refused', '10.0.0.5:5432'],
  ['Error: getaddrinfo ENOTFOUND orders-db', 'dependency-dns-failure', 'orders-db'],
  [
    'psycopg2.OperationalError: could not translate host name "db.prod" to address: Name or service not known',
    'dependency-dns-failure',
    'db.prod',
  ],
  [
    'OperationalError: connection to server at "orders-db" (10.96.1.2), port 5432 failed: Connection refused',
    'dependency-refused',
    'orders-db:5432',
  ],
  [
    "ConnectionError: HTTPConnectionPool(host='orders', port=8080): Max retries exceeded (Caused by NewConnectionError('[Errno 111] Connection refused'))",
    'dependency-refused',
    'orders:8080',
  ],
  [
    'org.postgresql.util.PSQLException: Connection to orders-db:5432 refused. Check that the hostname is correct',
    'dependency-refused',
    'orders-db:5432',
  ],
  ['Caused by: java.net.UnknownHostException: orders-db.prod.svc', 'dependency-dns-failure', 'orders-db.prod.svc'],
  [
    'PG::ConnectionBad: could not connect to server: Connection refused Is the server running on host "db" (10.0.0.3) and accepting TCP/IP connections on port 5432?',
    'dependency-refused',
    'db:5432',
  ],
  [
    "Cannot connect to host orders:8080 ssl:default [Connect call failed ('10.96.4.4', 8080)]",
    'dependency-refused',
    'orders:8080',
  ],
  ["ERROR 2003 (HY000): Can't connect to MySQL server on 'mysql' (111)", 'dependency-refused', 'mysql'],
  [
    'Error: 14 UNAVAILABLE: Name resolution failed for target dns:orders:50051',
    'dependency-dns-failure',
    'orders:50051',
  ],
  [
    'WARN Connection to node -1 (kafka/10.0.0.1:9092) could not be established. Broker may not be available.',
    'dependency-unreachable',
    'kafka/10.0.0.1:9092',
  ],
  ['http: Accept error: accept tcp [::]:8080: accept4: too many open files; retrying in 1s', 'pool-exhausted'],
  ['HttpRequestException: Connection refused (orders:8080)', 'dependency-refused', 'orders:8080'],
  [
    'ERROR Get "http://inventory:8080/items": dial tcp 10.96.5.5:8080: i/o timeout',
    'dependency-timeout',
    '10.96.5.5:8080',
  ],
  [
    'ERROR Get "http://inventory.shop.svc/items": dial tcp: lookup inventory.shop.svc on 10.96.0.10:53: no such host',
    'dependency-dns-failure',
    'inventory.shop.svc',
  ],
  [
    'ERROR Get "http://inventory:8080/items": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    'dependency-timeout',
    'inventory:8080',
  ],
  [
    'ERROR cache: cannot connect to redis://:s3cret@redis-main:6379/1: Connection refused',
    'dependency-refused',
    'redis-main:6379',
  ],
  ['FATAL:  password authentication failed for user "orders"', 'dependency-auth-failed', 'orders'],
  [
    'http: TLS handshake error from 10.244.0.1:39218: client sent an HTTP request to an HTTPS server',
    'tls-client-sent-http',
  ],
  [
    'http: TLS handshake error from 10.244.0.1:39218: tls: first record does not look like a TLS handshake',
    'tls-client-sent-http',
  ],
  ['IllegalArgumentException: Invalid character found in method name [0x160x030x010x02]', 'http-client-sent-tls'],
  ['transport: http2Server.HandleStreams received bogus greeting from client: "GET / HTTP/1.1"', 'protocol-mismatch'],
  ['An HTTP/1.x request was sent to an HTTP/2 only endpoint.', 'protocol-mismatch'],
  [
    'WARN 1 --- [exec-4] o.s.w.Handler : org.apache.catalina.connector.ClientAbortException: java.io.IOException: Broken pipe',
    'client-gone',
  ],
  ['write tcp 10.244.0.5:8080->10.244.0.1:51234: write: broken pipe', 'client-gone'],
  ['read tcp 10.244.0.5:8080->10.244.0.1:51234: read: connection reset by peer', 'client-gone'],
  ['read tcp 10.244.0.5:51234->10.96.0.5:5432: read: connection reset by peer', 'dependency-error', '10.96.0.5:5432'],
  ['[2026-05-12 10:10:00 +0000] [1] [CRITICAL] WORKER TIMEOUT (pid:9)', 'worker-killed'],
  ['HikariPool-1 - Connection is not available, request timed out after 30000ms.', 'pool-exhausted'],
  ['[pg] pool stats max=10 total=10 idle=0 waiting=52', 'pool-exhausted'],
  ['*** uWSGI listen queue of socket "0.0.0.0:8000" (fd: 3) full !!! (101/100) ***', 'queue-full'],
  ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory', 'out-of-memory'],
  ['panic: runtime error: invalid memory address or nil pointer dereference', 'crash'],
  ['Error: Missing required environment variable: DATABASE_URL', 'config-missing', 'DATABASE_URL'],
  ["KeyError: 'REDIS_URL'", 'config-missing', 'REDIS_URL'],
  ['open /etc/app/config.yaml: no such file or directory', 'config-missing', '/etc/app/config.yaml'],
  ['Error: listen EADDRINUSE: address already in use :::3000', 'bind-failed', ':::3000'],
  ['listen tcp :80: bind: permission denied', 'bind-failed', ':80'],
  ['received SIGTERM, shutting down gracefully', 'shutting-down'],
  ['WARN cache is cold, not ready yet', 'not-ready'],
  ['WARN Exception on /api/orders [POST]', 'unhandled-request-error'],
  ['Not Found: /api/v1.0/config/', 'not-found', '/api/v1.0/config/'],
  ['annual statement 2025 rendered in 82714 ms (3 411 pages)', 'slow-request', '82714 ms'],
];

const NO_EVENTS: readonly string[] = [
  'INFO connection timeout set to 30s',
  'INFO config readTimeout=30s connectTimeout=5s',
  'INFO connected to redis://redis:6379',
  'INFO retrying on connection refused enabled',
  '{"level":"info","msg":"stats","connection_refused":0}',
  'INFO errors by kind: refused=0 timeouts=0',
  'GET /docs/error-connection-refused 200 3ms',
  'GET /search?q=panic:+connection+refused+to+10.0.0.1:80 200 3ms',
  'http: TLS handshake error from 10.244.0.1:39218: EOF',
  '[pg] pool stats max=10 total=4 idle=3 waiting=0',
  'LOG:  checkpoint complete: wrote 268 buffers (1.6%); 0 WAL file(s) added; total=27.4 s',
  'INFO registered SIGTERM handler',
];

describe('application lines', () => {
  it.each(LISTENS.map((row) => ({ row })))('listen: $row.0', ({ row: [line, address, port, more = {}] }) => {
    const entries = read(line);
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({ type: 'listen', address, ...(port === undefined ? {} : { port }) });
    for (const [key, value] of Object.entries(more)) expect(entries[0]?.[key], key).toBe(value);
  });

  it.each(NOT_LISTENS)('no listen: %s', (line) => {
    expect(read(line).filter(({ type }) => type === 'listen')).toEqual([]);
  });

  it('believes a dev server that says its local address is all there is', () => {
    const vite = '  ➜  Local:   http://localhost:5173/\n  ➜  Network: use --host to expose\n';
    expect(read(vite)).toMatchObject([{ type: 'listen', address: 'localhost', port: 5173 }]);
    expect(read('   - Local:        http://localhost:3000\n')).toMatchObject([{ address: '', port: 3000 }]);
  });

  it('keeps every listener of a process', () => {
    const entries = read('admin listening on 127.0.0.1:9901\npublic API listening on 0.0.0.0:8081\n');
    expect(entries.map(({ port }) => port)).toEqual([9901, 8081]);
  });

  it.each(REQUESTS)('request: %s', (line, want) => {
    expect(read(line)[0]).toMatchObject({ type: 'app-request', ...want });
  });

  it.each(EVENTS.map((row) => ({ row })))('event: $row.0', ({ row: [line, event, subject] }) => {
    expect(read(line)[0]).toMatchObject({ type: 'app-event', event, ...(subject === undefined ? {} : { subject }) });
  });

  it.each(NO_EVENTS)('no event: %s', (line) => {
    expect(read(line).filter(({ type }) => type === 'app-event')).toEqual([]);
  });

  it('names the request a failure belongs to', () => {
    expect(read('POST /api/x 500 Error: connect ECONNREFUSED 10.0.0.5:5432')).toEqual([
      { type: 'app-request', method: 'POST', path: '/api/x', status: 500 },
      { type: 'app-event', event: 'dependency-refused', subject: '10.0.0.5:5432', method: 'POST', path: '/api/x' },
    ]);
    expect(read('[http] client closed connection before response: GET /api/rooms')).toEqual([
      { type: 'app-event', event: 'client-gone', method: 'GET', path: '/api/rooms' },
    ]);
  });
});
