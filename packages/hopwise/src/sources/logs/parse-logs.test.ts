import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccessEntry, LogFile } from '../observations.ts';
import { parseLogs } from './parse-logs.ts';

function file(text: string, more: Partial<LogFile> = {}): LogFile {
  return {
    file: 'a.log',
    namespace: 'shop',
    pod: 'web-1',
    container: 'web',
    previous: false,
    truncated: false,
    text,
    ...more,
  };
}

const ACCESS = '10.0.0.1 - - [12/May/2026:10:14:02 +0000] "GET /x HTTP/1.1" 502 157 "-" "curl" "-"';
const ERROR =
  '2026/05/12 10:14:02 [error] 41#41: *118 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1, server: shop.example.com, request: "GET /x HTTP/1.1", upstream: "http://10.244.0.7:8080/x", host: "shop.example.com"';

describe('parseLogs', () => {
  it('says where each entry stands and how much of a file was understood', () => {
    const { entries, logs } = parseLogs([file(`${ACCESS}\n\nzzz\n${ERROR}\n`)]);
    expect(entries.map(({ at }) => at.line)).toEqual([1, 4]);
    expect(logs).toEqual([
      {
        file: 'a.log',
        namespace: 'shop',
        pod: 'web-1',
        container: 'web',
        previous: false,
        truncated: false,
        lines: 3,
        understood: 2,
        from: Date.UTC(2026, 4, 12, 10, 14, 2),
        to: Date.UTC(2026, 4, 12, 10, 14, 2),
      },
    ]);
  });

  it('joins the error lines of a request to its access line', () => {
    const other = ERROR.replace('10.244.0.7', '10.244.0.8').replace(
      '(111: Connection refused)',
      '(113: Host is unreachable)',
    );
    const [, , joined] = parseLogs([file([ERROR, other, ACCESS].join('\n'))]).entries;
    expect(joined).toMatchObject({
      generated: true,
      mode: 'no-route-to-host',
      host: 'shop.example.com',
      attempts: [{ address: '10.244.0.7:8080' }, { address: '10.244.0.8:8080' }],
    });
  });

  it('does not join errors of another client, path or time, nor twice', () => {
    const lines = [
      ERROR.replace('client: 10.0.0.1', 'client: 10.0.0.9'),
      ERROR.replace('GET /x HTTP', 'GET /y HTTP'),
      ERROR.replace('10:14:02 [error]', '10:19:02 [error]'),
      ACCESS,
      ACCESS,
    ];
    const access = parseLogs([file(lines.join('\n'))]).entries.filter((entry) => entry.type === 'access');
    expect(access.map((entry) => (entry as AccessEntry).generated)).toEqual([undefined, undefined]);
  });

  it('joins by request id whatever the time between', () => {
    const error = ERROR.replace('10:14:02', '10:13:44').replace(
      'host: "shop.example.com"',
      'host: "h", request_id: "abc"',
    );
    const access = ACCESS.replace('"-"', '"-"').replace(' "-"', ' "-"').replace(/ "-"$/, ' kong_request_id: "abc"');
    expect(parseLogs([file(`${error}\n${access}`)]).entries[1]).toMatchObject({ generated: true, mode: 'refused' });
  });

  it("takes a backend's own error for passed on when its bytes came through", () => {
    const line =
      '10.0.0.1 - - [12/May/2026:10:14:02 +0000] "HEAD /x HTTP/1.1" 502 0 "-" "curl" 80 0.004 [shop-web-80] [] 10.244.0.7:8080 0 0.004 502 id';
    const [head] = parseLogs([file(line)]).entries;
    expect(head).not.toHaveProperty('generated');
    const [get] = parseLogs([file(line.replace('502 0', '502 33').replace('8080 0 ', '8080 33 '))]).entries;
    expect(get).toMatchObject({ generated: false, mode: 'passed-on' });
  });

  it('gives the stream of an Envoy reset the route that Envoy chose for it', () => {
    const head =
      '[2026-05-16 13:11:16.887][15][debug][router] [router.cc:527] [Tags: "ConnectionId":"4","StreamId":"90"]';
    const text = `${head} cluster 'ns/gw/shop:web:80' match for URL '/x'\n${head} upstream reset: reset reason: protocol error, transport failure reason: `;
    expect(parseLogs([file(text)]).entries[1]).toMatchObject({
      mode: 'protocol-error',
      path: '/x',
      backendName: 'ns/gw/shop:web:80',
    });
  });

  it('puts lines split by the container runtime together again', () => {
    const text = '2026-05-12T10:14:40.1Z stdout P listening \n2026-05-12T10:14:40.2Z stdout F on :8080\n';
    expect(parseLogs([file(text)]).entries).toMatchObject([{ type: 'listen', port: 8080 }]);
  });

  describe('times', () => {
    const at = (text: string, near?: number): (string | undefined)[] =>
      parseLogs([file(text)], near).entries.map(({ time }) =>
        time === undefined ? undefined : new Date(time).toISOString(),
      );

    it('dates a clock by what stands behind it, over midnight too', () => {
      const text =
        '23:59:50 INFO GET /a 200 1ms\n00:00:10 INFO GET /b 200 1ms\n2026-05-12T00:01:00Z INFO GET /c 200 1ms';
      expect(at(text)).toEqual(['2026-05-11T23:59:50.000Z', '2026-05-12T00:00:10.000Z', '2026-05-12T00:01:00.000Z']);
    });

    it('finds the year of a klog line, over New Year too', () => {
      const line = 'W1231 23:59:58.000000       1 c.go:1] Service "a/b" does not have any active Endpoint.';
      expect(at(line, Date.UTC(2026, 0, 1))).toEqual(['2025-12-31T23:59:58.000Z']);
    });

    it('takes the date from another file when its own has none', () => {
      const { entries } = parseLogs([file('08:21:12 INFO GET /a 200 1ms'), file(ACCESS)]);
      expect(entries[0]?.time).toBe(Date.UTC(2026, 4, 12, 8, 21, 12));
    });

    it('leaves a time out that nothing settles', () => {
      expect(at('08:21:12 INFO GET /a 200 1ms')).toEqual([undefined]);
    });

    it("reads NGINX's error log in the zone of its access log", () => {
      const text = `${ACCESS.replace('+0000', '+0200')}\n${ERROR}`;
      expect(at(text)).toEqual(['2026-05-12T08:14:02.000Z', '2026-05-12T08:14:02.000Z']);
    });

    it.each([
      ['2026-05-12 10:20:11,411 INFO GET /a 200 1ms', '2026-05-12T10:20:11.411Z'],
      ['[2026-05-12T10:20:11.114+02:00][INFO ] GET /a 200 1ms', '2026-05-12T08:20:11.114Z'],
      ['[Tue May 12 10:20:11 2026] GET /a 200 1ms', '2026-05-12T10:20:11.000Z'],
      ['{"ts":1778581211.411,"method":"GET","path":"/a","status":200}', '2026-05-12T10:20:11.411Z'],
      ['{"time":1778581211411,"method":"GET","path":"/a","status":200}', '2026-05-12T10:20:11.411Z'],
      ['{"ts":"1778581211411000000","method":"GET","path":"/a","status":200}', '2026-05-12T10:20:11.411Z'],
      ['2026-05-12T10:20:11.411999Z GET /a 200 1ms', '2026-05-12T10:20:11.411Z'],
      ['12-May-2026 10:20:11.411 INFO GET /a 200 1ms', '2026-05-12T10:20:11.411Z'],
    ])('%s', (line, want) => {
      expect(at(line)).toEqual([want]);
    });
  });

  describe('quotes', () => {
    const quote = (line: string): string => parseLogs([file(line)]).entries[0]?.at.quote ?? '';

    it.each([
      ['GET /cb?code=0f6a.7c0e&state=x&access_token=abcdef 502 3ms', /0f6a|abcdef/],
      ['POST /login?user=a&password=hunter2 500 3ms', /hunter2/],
      ['GET /x 500 Authorization: Bearer eyJhbGciOi.eyJzdWIi.c2ln', /eyJ/],
      ['GET /x 500 Cookie: session=deadbeef; a=b', /deadbeef/],
      ['ERROR cannot connect to postgres://app:hunter2@db:5432/x: Connection refused', /hunter2/],
      ['{"level":"error","msg":"GET /x 500","api_key":"hunter2"}', /hunter2/],
    ])('mask what authenticates somebody: %s', (line, secret) => {
      expect(quote(line)).not.toBe('');
      expect(quote(line)).not.toMatch(secret);
    });

    it('keep what is no secret', () => {
      const line = 'GET /oauth2/callback?state=a 302 3ms token:true http://10.0.0.1:80/x';
      expect(quote(line)).toBe(line);
    });

    it('hold no control characters and stay short', () => {
      const hostile = `GET /${'a'.repeat(900)} 500 \u001b[31mred\u0007 \u202e`;
      expect(quote(hostile).length).toBeLessThanOrEqual(300);
      expect(quote('GET /a 500 \u001b]0;x\u0007 \u009b31m \u202e end')).toBe('GET /a 500  ]0;x   31m   end');
    });
  });

  it('survives anything, and quickly', () => {
    const pieces = fc.constantFrom(
      ...[
        '10.0.0.1 - - [12/May/2026:10:14:02 +0000] "',
        ' GET / ',
        '"',
        '[',
        ']',
        '{"a":',
        '=',
        '\\',
        ', client: ',
        'listening on ',
        '://',
        ':',
        ' 502 ',
      ],
      ...[
        'connection refused',
        '- - - -',
        'level=',
        'msg="',
        '\t',
        '\u0000',
        '__proto__',
        '2026-05-12T10:14:02Z ',
        '/',
        '|',
        '(',
        '\n',
      ],
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string({ maxLength: 12 })), { maxLength: 40 }), (parts) => {
        const { entries, logs } = parseLogs([file(parts.join(''))], 0);
        for (const { at } of entries) expect(at.quote).not.toMatch(/\p{Cc}/u);
        expect(logs[0]?.understood).toBeLessThanOrEqual(logs[0]?.lines ?? 0);
      }),
      { numRuns: 500 },
    );
    for (const part of [
      'a=',
      '"',
      'x ',
      '[[',
      '/a',
      ': ',
      'listening ',
      '0.',
      'a-',
      '{"a":',
      '\\"',
      'GET /',
      'http://',
      "host='",
      ' - ',
      '(a',
    ]) {
      parseLogs([file(part.repeat(40_000))]);
    }
  });

  const shared = process.env.HOPWISE_SHARED ?? resolve(import.meta.dirname, '../../../../../../shared');
  const present = existsSync(join(shared, 'incidents'));
  it.skipIf(!present)('understands at least nine of ten lines of every shared capture', () => {
    const paths = globSync('{incidents,healthy}/*/logs/*/*/*.log', { cwd: shared });
    expect(paths.length).toBeGreaterThan(0);
    const files = paths.map((path): LogFile => {
      const [, , , namespace = '', pod = '', name = ''] = path.split('/');
      return file(readFileSync(join(shared, path), 'utf8'), {
        file: path,
        namespace,
        pod,
        container: name.replace(/\.log$/, ''),
      });
    });
    for (const { file: name, lines, understood } of parseLogs(files).logs) {
      expect(understood / Math.max(lines, 1), name).toBeGreaterThanOrEqual(0.9);
    }
  });
});
