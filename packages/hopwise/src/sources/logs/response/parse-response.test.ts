import { describe, expect, it } from 'vitest';
import { parseResponse } from './parse-response.ts';

describe('parseResponse', () => {
  it('reads curl -sv', () => {
    const text = `*   Trying 203.0.113.10:443...
* Connected to shop.example.com (203.0.113.10) port 443
* ALPN: server accepted h2
*  subject: CN=ingress.local
*  expire date: Aug 19 07:39:21 2026 GMT
> POST /cart?x=1 HTTP/2
> Host: shop.example.com
> Authorization: Bearer abc
>
< HTTP/2 502
< date: Tue, 12 May 2026 10:14:55 GMT
< server: nginx
< set-cookie: a=1
< set-cookie: b=2
<
<html>
> not a request
<center>nginx</center>
* time_total: 30.187`;
    expect(parseResponse(text, 'response.txt')).toMatchObject({
      file: 'response.txt',
      status: 502,
      protocol: 'HTTP/2',
      method: 'POST',
      target: '/cart?x=1',
      requestHost: 'shop.example.com',
      requestHeaders: { authorization: '***' },
      headers: { server: 'nginx', 'set-cookie': 'a=1\nb=2' },
      body: '<html>\n> not a request\n<center>nginx</center>',
      totalMs: 30187,
      date: Date.UTC(2026, 4, 12, 10, 14, 55),
      connectedTo: { address: '203.0.113.10', port: 443 },
      tls: { alpn: 'h2', subject: 'CN=ingress.local', expires: Date.UTC(2026, 7, 19, 7, 39, 21) },
      series: [],
    });
  });

  it('takes the last of several responses and keeps the others in the series', () => {
    const text = `$ curl -siL https://shop.example.com/api
HTTP/1.1 301 Moved Permanently\r
Location: /api/\r
\r
HTTP/1.1 502 Bad Gateway\r
Server: nginx\r
\r
bad`;
    expect(parseResponse(text)).toMatchObject({
      status: 502,
      method: 'GET',
      target: '/api',
      requestHost: 'shop.example.com',
      body: 'bad',
      headers: { server: 'nginx' },
      series: [{ status: 301 }, { status: 502 }],
    });
    const upload =
      '> PUT /f HTTP/1.1\n> Host: h\n>\n< HTTP/1.1 100 Continue\n<\n} [65536 bytes data]\n< HTTP/1.1 413 Too Large\n<\n{ [3 bytes data]\n';
    expect(parseResponse(upload)).toMatchObject({ status: 413, method: 'PUT', body: '' });
  });

  it('reads loops, with times when they say them', () => {
    const text = `$ while sleep 1; do echo "$(date -u +%T) $(curl -s -o /dev/null -w '%{http_code}' https://shop.example.com/)"; done
14:04:28 200
14:04:29 502
14:04:30 000

< HTTP/2 503
< date: Thu, 02 Jul 2026 14:05:28 GMT
`;
    expect(parseResponse(text)).toMatchObject({
      status: 503,
      series: [
        { status: 200, time: Date.UTC(2026, 6, 2, 14, 4, 28) },
        { status: 502, time: Date.UTC(2026, 6, 2, 14, 4, 29) },
        { status: 0 },
        { status: 503 },
      ],
    });
    expect(parseResponse('202 0.061\n503 0.014\n').series).toEqual([
      { status: 202, seconds: 0.061 },
      { status: 503, seconds: 0.014 },
    ]);
    expect(parseResponse('200 200 503 200').series.map(({ status }) => status)).toEqual([200, 200, 503, 200]);
    expect(
      parseResponse('502 connect=0.01 ttfb=0.02 total=0.031\n200 connect=0.01 ttfb=0.02 total=0.5').series,
    ).toEqual([
      { status: 502, seconds: 0.031 },
      { status: 200, seconds: 0.5 },
    ]);
  });

  it.each([
    ['curl: (6) Could not resolve host: shop.example.com', 'dns'],
    ["curl: (7) Failed to connect to h port 443 after 12 ms: Couldn't connect to server", 'refused'],
    ['curl: (7) Failed to connect to h port 443: No route to host', 'other'],
    ['curl: (28) Operation timed out after 30001 milliseconds with 0 bytes received', 'timeout'],
    ['curl: (35) OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to h:443', 'tls'],
    ['curl: (35) Recv failure: Connection reset by peer', 'reset'],
    ['curl: (52) Empty reply from server', 'empty-reply'],
    ['curl: (56) Recv failure: Connection reset by peer', 'reset'],
    ['curl: (60) SSL certificate problem: unable to get local issuer certificate', 'tls'],
    ['curl: (92) HTTP/2 stream 1 was not closed cleanly: INTERNAL_ERROR (err 2)', 'reset'],
    ["wget: bad address 'shop.example.com'", 'dns'],
    ['http: error: ConnectionError: HTTPConnectionPool: Connection refused', 'refused'],
  ])('%s', (text, kind) => {
    expect(parseResponse(text)).toMatchObject({ clientError: { kind } });
    expect(parseResponse(text)).not.toHaveProperty('status');
  });

  it("takes curl's reason from the attempt it noted", () => {
    const text =
      "* connect to 203.0.113.10 port 443 failed: Connection timed out\ncurl: (7) Failed to connect to h port 443 after 9 ms: Couldn't connect to server";
    expect(parseResponse(text).clientError?.kind).toBe('timeout');
  });

  it.each([
    ['HTTP request sent, awaiting response... 504 Gateway Time-out', 504],
    ['wget: server returned error: HTTP/1.1 503 Service Unavailable', 503],
    ['error: Unexpected server response: 200', 200],
    ['Connected (press CTRL+C to quit)', 101],
    ['http_code: 504', 504],
    ['{"http_code":504,"time_total":60.061}', 504],
    ['HTTP/3 502\n\nx', 502],
  ])('%s', (text, status) => {
    expect(parseResponse(text).status).toBe(status);
  });

  it('reads gRPC outcomes', () => {
    expect(parseResponse('ERROR:\n  Code: Unavailable\n  Message: no healthy upstream\n')).toMatchObject({
      grpcStatus: 14,
      grpcMessage: 'no healthy upstream',
    });
    expect(parseResponse('< HTTP/2 200\n< grpc-status: 13\n< grpc-message: bad%20thing\n<\n')).toMatchObject({
      status: 200,
      grpcStatus: 13,
      grpcMessage: 'bad thing',
    });
  });

  it('reads total times however they are printed', () => {
    expect(parseResponse('< HTTP/2 504\n<\nx\n\ntime_total: 50.061\n')).toMatchObject({ totalMs: 50061, body: 'x' });
    expect(parseResponse('HTTP/2 504\n\nx\n\nreal\t0m30.123s\nuser\t0m0.01s\nsys\t0m0.00s\n')).toMatchObject({
      totalMs: 30123,
      body: 'x',
    });
  });

  it('makes nothing of other text, and keeps hostile header names harmless', () => {
    expect(parseResponse('something else\n')).toEqual({ headers: {}, requestHeaders: {}, body: '', series: [] });
    const { headers } = parseResponse('HTTP/1.1 200 OK\n__proto__: x\nconstructor: y\n\n');
    expect(Object.keys(headers)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(headers)).toBeNull();
  });
});
