import { afterEach, describe, expect, it } from 'vitest';
import type { ProbeAttempt, ProbeObservation } from '../probe-observation.ts';
import type { ProbeOptions, ProbeResolver, ProbeSpec } from './contract.ts';
import { probeTarget } from './probe-target.ts';
import { makeCertificate } from './testing/certificate.ts';
import { answering, freePort, httpAnswer, type Stand, standHttp2, standTcp, standTls } from './testing/servers.ts';
import { HASTY, SMALL, specFor } from './testing/spec.ts';

const stands: Stand[] = [];
async function up(stand: Promise<Stand>): Promise<Stand> {
  stands.push(await stand);
  return stand;
}
afterEach(async () => {
  for (const stand of stands.splice(0)) {
    // Whatever happened, the prober has closed its side.
    await expect.poll(stand.open).toBe(0);
    await stand.close();
  }
});

const NOBODY: ProbeResolver = {
  addresses: async () => Promise.reject(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' })),
  aliases: async () => [],
};

async function probe(
  spec: ProbeSpec,
  options: Partial<ProbeOptions> = {},
  resolver: ProbeResolver = NOBODY,
): Promise<ProbeObservation> {
  const all = { keepAlive: true, insecure: false, limits: SMALL, ...options };
  return probeTarget(spec, all, resolver, new AbortController().signal);
}

async function first(spec: ProbeSpec, options: Partial<ProbeOptions> = {}): Promise<ProbeAttempt> {
  return (await probe(spec, options)).attempts[0] as ProbeAttempt;
}

const failing = ({ failure }: ProbeAttempt): readonly (string | undefined)[] => [failure?.phase, failure?.code];

describe('names', () => {
  it('a name that does not exist fails in DNS and connects nowhere', async () => {
    const { dns, attempts } = await probe({ ...specFor({ address: '', port: 80 }), address: undefined as never });
    expect(dns).toMatchObject({
      name: 'shop.example.com',
      addresses: [],
      failure: { phase: 'dns', code: 'ENOTFOUND' },
    });
    expect(attempts.map(failing)).toEqual([['dns', 'ENOTFOUND']]);
  });

  it('tries the other addresses of a name, and says which did not connect', async () => {
    const stand = await up(standTcp(answering(httpAnswer(200, 'ok'))));
    const { address: _, ...spec } = specFor(stand, 'http/1.1', { repeat: 2 });
    const resolver = {
      addresses: async () => ['127.0.0.2', '127.0.0.1'],
      aliases: async () => ['edge.example.net'],
    };
    const { dns, attempts } = await probe(spec, { keepAlive: false }, resolver);
    expect(dns).toMatchObject({ addresses: ['127.0.0.2', '127.0.0.1'], aliases: ['edge.example.net'] });
    expect(attempts.map(({ status, address, unreachable }) => ({ status, address, unreachable }))).toEqual([
      { status: 200, address: '127.0.0.1', unreachable: [{ address: '127.0.0.2', code: 'ECONNREFUSED' }] },
      { status: 200, address: '127.0.0.1', unreachable: [] },
    ]);
  });
});

describe('TCP', () => {
  it('a closed port refuses, over IPv4 and IPv6', async () => {
    for (const address of ['127.0.0.1', '::1']) {
      const attempt = await first(specFor({ address, port: await freePort(address) }));
      expect(failing(attempt)).toEqual(['connect', 'ECONNREFUSED']);
      expect(attempt.failure?.message).toContain('Connection refused');
    }
  });

  it('IPv6 works like IPv4', async () => {
    const stand = await up(standTcp(answering(httpAnswer(200, 'six')), '::1'));
    expect(await first(specFor(stand))).toMatchObject({ status: 200, body: 'six', address: '::1' });
  });

  it.each<[string, (socket: import('node:net').Socket) => void, readonly string[]]>([
    ['accepts and hangs', () => undefined, ['first-byte', 'TIMEOUT']],
    [
      'resets before an answer',
      (socket) => socket.once('data', () => socket.resetAndDestroy()),
      ['first-byte', 'ECONNRESET'],
    ],
    ['closes without an answer', (socket) => socket.once('data', () => socket.end()), ['first-byte', 'CLOSED']],
    ['closes at once', (socket) => socket.end(), ['first-byte', 'CLOSED']],
    [
      'closes within the header',
      (socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Le')),
      ['first-byte', 'TRUNCATED'],
    ],
    [
      'closes within the body',
      (socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc')),
      ['body', 'TRUNCATED'],
    ],
    [
      'resets within the body',
      (socket) =>
        socket.once('data', () =>
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc', () =>
            setTimeout(() => socket.resetAndDestroy(), 30),
          ),
        ),
      ['body', 'ECONNRESET'],
    ],
    [
      'sends a body too slowly',
      (socket) => socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc')),
      ['body', 'TIMEOUT'],
    ],
    [
      'sends a header that never ends',
      (socket) => socket.once('data', () => socket.write(`HTTP/1.1 200 OK\r\nX-Big: ${'a'.repeat(20_000)}\r\n`)),
      ['first-byte', 'HEADER_TOO_LARGE'],
    ],
    [
      'speaks TLS on this plain port',
      (socket) => socket.once('data', () => socket.end(Buffer.from([21, 3, 1, 0, 2, 2, 70]))),
      ['first-byte', 'NOT_HTTP'],
    ],
    [
      'speaks HTTP/2 only',
      (socket) => socket.write(Buffer.from([0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 100])),
      ['first-byte', 'NOT_HTTP'],
    ],
    [
      'answers nonsense',
      (socket) => socket.once('data', () => socket.write('SSH-2.0-OpenSSH_9.6\r\n')),
      ['first-byte', 'NOT_HTTP'],
    ],
    [
      'cannot count',
      (socket) =>
        socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n')),
      ['body', 'INVALID_RESPONSE'],
    ],
  ])('a server that %s', async (_, behave, wanted) => {
    const stand = await up(standTcp(behave));
    const attempt = await first(specFor(stand), wanted[1] === 'TIMEOUT' ? { limits: HASTY } : {});
    expect(failing(attempt)).toEqual(wanted);
    expect(attempt.phases.connect).toBeGreaterThanOrEqual(0);
  });

  it('takes an answer that came before the server had read the request, and one that it half closed after', async () => {
    const early = await up(standTcp((socket) => socket.end(httpAnswer(400, 'no'))));
    expect(await first(specFor(early))).toMatchObject({ status: 400, body: 'no' });
    const half = await up(
      standTcp((socket) => socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\n\r\nuntil the end'))),
    );
    expect(await first(specFor(half))).toMatchObject({ status: 200, body: 'until the end', bodyBytes: 13 });
  });
});

describe('HTTP/1.1', () => {
  it('sends method, target, Host and headers as given, no second header by a line break, and follows no redirect', async () => {
    const stand = await up(
      standTcp(answering(httpAnswer(302, '', ['Location: http://127.0.0.1:1/', 'Set-Cookie: id=secret']))),
    );
    const attempt = await first(
      specFor(stand, 'http/1.1', {
        path: '/a%2Fb/../c?x=%00',
        headers: { Accept: 'text/html', 'X-A': 'b\r\nX-Evil: 1', Host: 'other' },
      }),
    );
    expect(attempt).toMatchObject({ status: 302, protocol: 'HTTP/1.1', headers: { location: 'http://127.0.0.1:1/' } });
    expect(attempt.headers['set-cookie']).toBe('(not kept)');
    expect(stand.heard()).toBe(
      'GET /a%2Fb/../c?x=%00 HTTP/1.1\r\nhost: shop.example.com\r\nuser-agent: hopwise\r\naccept: text/html\r\nx-a: bX-Evil: 1\r\n\r\n',
    );
  });

  it('repeats over one connection or over a fresh one each', async () => {
    let count = 0;
    const stand = await up(
      standTcp((socket) => socket.on('data', () => socket.write(httpAnswer(++count % 3 === 0 ? 502 : 200, 'x')))),
    );
    const kept = await probe(specFor(stand, 'http/1.1', { repeat: 6 }));
    expect(kept.attempts.map(({ status, connection, reused }) => [status, connection, reused])).toEqual([
      [200, 1, false],
      [200, 1, true],
      [502, 1, true],
      [200, 1, true],
      [200, 1, true],
      [502, 1, true],
    ]);
    const fresh = await probe(specFor(stand, 'http/1.1', { repeat: 3 }), { keepAlive: false });
    expect(fresh.attempts.map(({ connection, reused }) => [connection, reused])).toEqual([
      [1, false],
      [2, false],
      [3, false],
    ]);
    expect(stand.taken()).toBe(4);
  });

  it('notices that an idle connection was closed, and one that is reset when it is used again', async () => {
    const closes = await up(
      standTcp((socket) =>
        socket.once('data', () => socket.write(httpAnswer(200, 'x'), () => setTimeout(() => socket.end(), 20))),
      ),
    );
    const one = await probe(specFor(closes, 'http/1.1', { idle: [200] }));
    expect(one.idle).toHaveLength(1);
    expect(one.idle[0]).toMatchObject({ gapMs: 200, before: { status: 200 } });
    expect(one.idle[0]?.closedAfterMs).toBeGreaterThan(0);
    expect(one.idle[0]?.after).toBeUndefined();

    const resets = await up(
      standTcp((socket) => {
        let asked = 0;
        socket.on('data', () => (asked++ === 0 ? socket.write(httpAnswer(200, 'x')) : socket.resetAndDestroy()));
      }),
    );
    const two = await probe(specFor(resets, 'http/1.1', { idle: [20, 40] }));
    expect(two.idle.map(({ after }) => [after?.reused, after?.failure?.phase, after?.failure?.code])).toEqual([
      [true, 'first-byte', 'ECONNRESET'],
      [true, 'first-byte', 'ECONNRESET'],
    ]);
  });

  it('reads no more of a body than its limit', async () => {
    const stand = await up(
      standTcp((socket) => {
        socket.once('data', () => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
          const more = setInterval(() => socket.write('x'.repeat(20_000)), 2);
          socket.on('close', () => clearInterval(more));
        });
      }),
    );
    const attempt = await first(specFor(stand));
    expect(attempt.failure).toBeUndefined();
    expect(attempt.bodyBytes).toBeLessThan(200_000);
    expect(attempt.body.length).toBe(SMALL.keptBytes);
  });

  it('ends at once when cancelled, with every connection closed', async () => {
    const stand = await up(standTcp(() => undefined));
    const abort = new AbortController();
    const running = probeTarget(
      specFor(stand, 'http/1.1', { idle: [60_000] }),
      { keepAlive: true, insecure: false, limits: { ...SMALL, answerMs: 60_000 } },
      NOBODY,
      abort.signal,
    );
    await expect.poll(stand.taken).toBe(2);
    abort.abort(new Error('stop'));
    await expect(running).rejects.toThrow('stop');
  });
});

describe('TLS', () => {
  const authority = makeCertificate({ subject: 'Test CA', ca: true });
  const tlsSpec = (stand: Stand, more: Partial<ProbeSpec> = {}): ProbeSpec =>
    specFor(stand, 'http/1.1', {
      tls: true,
      serverName: 'shop.example.com',
      headers: { authorization: 'Bearer secret' },
      ...more,
    });

  it('a certificate that only this machine does not trust is told, the request goes on without credentials', async () => {
    const good = makeCertificate({ subject: 'shop', names: ['shop.example.com', '*.example.org'], issuer: authority });
    const stand = await up(standTls(good, answering(httpAnswer(200, 'ok'))));
    const attempt = await first(tlsSpec(stand));
    expect(attempt).toMatchObject({
      status: 200,
      tls: {
        version: 'TLSv1.3',
        alpn: 'http/1.1',
        sni: 'shop.example.com',
        problems: [{ kind: 'trust', code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }],
      },
    });
    expect(attempt.tls?.chain[0]).toMatchObject({
      subject: 'CN=shop',
      issuer: 'CN=Test CA',
      names: ['shop.example.com', '*.example.org'],
    });
    expect(stand.heard()).not.toContain('secret');
  });

  it.each([
    [
      'expired',
      { names: ['shop.example.com'], until: new Date(Date.now() - 3_600_000) },
      'CERT_HAS_EXPIRED',
      'certificate has expired',
    ],
    [
      'not yet valid',
      { names: ['shop.example.com'], from: new Date(Date.now() + 3_600_000) },
      'CERT_NOT_YET_VALID',
      'not yet valid',
    ],
    [
      'for another name',
      { names: ['ingress.local'] },
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'does not match host shop.example.com: it is for ingress.local',
    ],
  ])(
    'a certificate that is %s ends the attempt as it would a client, unless told to go on',
    async (_, wish, code, words) => {
      const bad = makeCertificate({ subject: 'bad', issuer: authority, ...wish });
      const stand = await up(standTls(bad, answering(httpAnswer(200, 'ok'))));
      const attempt = await first(tlsSpec(stand));
      expect(failing(attempt)).toEqual(['tls', code]);
      expect(attempt.failure?.message).toContain(words);
      expect(attempt.status).toBeUndefined();
      expect(stand.heard()).toBe('');
      const aside = { ...tlsSpec(stand), target: { role: 'gateway', from: 'caller', name: 'own' } } as const;
      expect((await first(aside, { insecure: true })).status).toBe(200);
      expect(stand.heard()).not.toContain('secret');
      // As curl -k does, which the caller asked for by name.
      expect((await first(tlsSpec(stand), { insecure: true })).status).toBe(200);
      expect(stand.heard()).toContain('secret');
    },
  );

  it('TLS to a plain port, to a port that hangs, and to one that closes', async () => {
    const plain = await up(
      standTcp((socket) => socket.on('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))),
    );
    expect(failing(await first(tlsSpec(plain)))).toEqual(['tls', 'ERR_SSL_WRONG_VERSION_NUMBER']);
    const hangs = await up(standTcp(() => undefined));
    expect(failing(await first(tlsSpec(hangs), { limits: HASTY }))).toEqual(['tls', 'TIMEOUT']);
    const closes = await up(standTcp((socket) => socket.once('data', () => socket.end())));
    expect((await first(tlsSpec(closes))).failure).toMatchObject({ phase: 'tls' });
  });

  it('HTTP/2 is spoken where it is offered, and told missing where it is not', async () => {
    const good = makeCertificate({ subject: 'shop', names: ['shop.example.com'], issuer: authority });
    const offered = await up(
      standHttp2((stream, headers) => {
        stream.respond({ ':status': 503, 'x-path': String(headers[':path']), 'x-host': String(headers[':authority']) });
        stream.end('no healthy upstream');
      }, good),
    );
    expect(await first({ ...tlsSpec(offered), speech: 'http/2' })).toMatchObject({
      status: 503,
      protocol: 'HTTP/2',
      body: 'no healthy upstream',
      headers: { 'x-path': '/api?q=1', 'x-host': 'shop.example.com' },
      tls: { alpn: 'h2' },
    });
    const missing = await up(standTls(good, answering(httpAnswer(200, 'ok'))));
    expect(failing(await first({ ...tlsSpec(missing), speech: 'http/2' }))).toEqual(['tls', 'NO_H2']);
  });
});

describe('HTTP/2 without TLS', () => {
  it('is told from a server that speaks HTTP/1, hangs, resets a stream or goes away', async () => {
    const one = await up(standTcp((socket) => socket.on('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))));
    expect(failing(await first(specFor(one, 'http/2')))).toEqual(['first-byte', 'NOT_HTTP2']);
    const hangs = await up(standTcp(() => undefined));
    expect(failing(await first(specFor(hangs, 'http/2'), { limits: HASTY }))).toEqual(['first-byte', 'TIMEOUT']);
    const resets = await up(standHttp2((stream) => stream.close(11)));
    expect(await first(specFor(resets, 'http/2'))).toMatchObject({
      failure: { phase: 'first-byte', code: 'RST_STREAM', message: expect.stringContaining('ENHANCE_YOUR_CALM') },
    });
    const cuts = await up(
      standHttp2((stream) => {
        stream.respond({ ':status': 200 });
        stream.write('half');
        setTimeout(() => stream.destroy(new Error('cut')), 20);
      }),
    );
    expect(await first(specFor(cuts, 'http/2'))).toMatchObject({
      status: 200,
      failure: { phase: 'body', code: 'RST_STREAM' },
    });
    const away = await up(standHttp2((stream) => stream.session?.goaway(1)));
    expect(await first(specFor(away, 'http/2'))).toMatchObject({ failure: { phase: 'first-byte', code: 'GOAWAY' } });
  });

  it('shares a connection between attempts when asked to', async () => {
    const stand = await up(
      standHttp2((stream) => {
        stream.respond({ ':status': 200 });
        stream.end('ok');
      }),
    );
    const { attempts } = await probe(specFor(stand, 'http/2', { repeat: 3 }));
    expect(attempts.map(({ status, connection }) => [status, connection])).toEqual([
      [200, 1],
      [200, 1],
      [200, 1],
    ]);
  });
});

describe('gRPC health', () => {
  const health = (value: number) =>
    standHttp2((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(Buffer.from([0, 0, 0, 0, 2, 8, value]));
    });

  it.each([
    [1, 'SERVING'],
    [2, 'NOT_SERVING'],
    [3, 'SERVICE_UNKNOWN'],
  ])('%d is %s', async (value, name) => {
    const stand = await up(health(value));
    expect(await first(specFor(stand, 'grpc-health'))).toMatchObject({
      status: 200,
      grpc: { status: 0, health: name },
    });
  });

  it('an error without a message comes in the header alone', async () => {
    const stand = await up(
      standHttp2((stream) => {
        stream.respond(
          { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': 12, 'grpc-message': 'no%20such method' },
          { endStream: true },
        );
      }),
    );
    expect(await first(specFor(stand, 'grpc-health'))).toMatchObject({
      status: 200,
      grpc: { status: 12, message: 'no such method' },
    });
  });
});

describe('WebSocket', () => {
  it('upgrades, is refused, and is not taken in by a 101 that is none', async () => {
    const { createHash } = await import('node:crypto');
    const accepts = await up(
      standTcp((socket) =>
        socket.on('data', (piece: Buffer) => {
          const key = /sec-websocket-key: (\S+)/.exec(piece.toString('latin1'))?.[1] ?? '';
          const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
          socket.write(
            `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
          );
        }),
      ),
    );
    const attempt = await first(specFor(accepts, 'websocket'));
    expect(attempt.status).toBe(101);
    expect(attempt.failure).toBeUndefined();
    expect(accepts.heard()).toContain('upgrade: websocket');
    const refuses = await up(standTcp(answering(httpAnswer(400, 'no upgrade'))));
    expect(await first(specFor(refuses, 'websocket'))).toMatchObject({ status: 400, body: 'no upgrade' });
    const pretends = await up(
      standTcp(answering('HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: x\r\n\r\n')),
    );
    expect(failing(await first(specFor(pretends, 'websocket')))).toEqual(['body', 'BAD_ACCEPT']);
  });
});

it('connects and shakes hands only, where the request may change something', async () => {
  const stand = await up(standTcp(answering(httpAnswer(200, 'ok'))));
  const attempt = await first(specFor(stand, 'nothing', { method: 'POST' }));
  expect(attempt).toMatchObject({ address: '127.0.0.1', phases: { connect: expect.any(Number) } });
  expect(attempt.status).toBeUndefined();
  expect(attempt.failure).toBeUndefined();
  expect(stand.heard()).toBe('');
});
