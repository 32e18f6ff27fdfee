import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Http1Reader } from './read-http1.ts';

const LIMITS = { headerBytes: 4096, bodyBytes: 4096, keptBytes: 1024 };

function read(pieces: readonly Buffer[], method = 'GET') {
  const reader = new Http1Reader(LIMITS, method);
  try {
    for (const piece of pieces) reader.feed(piece);
    reader.end();
  } catch (error) {
    return { error: (error as { code?: string }).code };
  }
  return {
    head: reader.head,
    body: reader.body,
    bytes: reader.bodyBytes,
    done: reader.done,
    persistent: reader.persistent,
  };
}

const ANSWERS = [
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
  'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 502 Bad Gateway\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nTrailer: 1\r\n\r\n',
  'HTTP/1.0 200 OK\nX: 1\n\nold and bare',
  'HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n',
  'SSH-2.0-x',
  'HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n',
  'HTTP/1.1 2x0 OK\r\n\r\n',
];

describe('reading an HTTP/1 answer', () => {
  it.each([
    [0, 'GET', { body: 'hello', done: true, persistent: true }],
    [0, 'HEAD', { body: '', done: true, persistent: false }],
    [1, 'GET', { body: 'abc', done: true, persistent: true }],
    [2, 'GET', { body: 'old and bare', done: true, persistent: false }],
    [3, 'GET', { body: '', done: true, persistent: false }],
    [4, 'GET', { error: 'NOT_HTTP' }],
    [5, 'GET', { error: 'INVALID_RESPONSE' }],
    [6, 'GET', { error: 'INVALID_RESPONSE' }],
  ])('answer %d to %s', (index, method, wanted) => {
    expect(read([Buffer.from(ANSWERS[index] ?? '')], method)).toMatchObject(wanted);
  });

  it('is the same however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ANSWERS), fc.array(fc.nat(80), { maxLength: 10 }), (answer, cuts) => {
        const bytes = Buffer.from(answer);
        const at = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const pieces = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
        expect(read(pieces)).toEqual(read([bytes]));
      }),
    );
  });

  it('ends or fails for any bytes, keeps no more than its limit', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom('', 'HTTP/1.1 200 OK\r\n', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'),
        (tail, start) => {
          const got = read([Buffer.from(start), Buffer.from(tail)]);
          expect((got.body ?? '').length).toBeLessThanOrEqual(LIMITS.keptBytes);
        },
      ),
    );
  });
});
