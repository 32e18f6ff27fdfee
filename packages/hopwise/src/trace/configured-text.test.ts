import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostPattern, hostPortPattern } from './configured-text.ts';
import { answeredInPlainText, handshakeFault } from './handshake-fault.ts';

describe('names in configuration texts', () => {
  it.each([
    ['db', 'DB_HOST=db', true],
    ['db', 'jdbc:postgresql://db:5432/shop', true],
    ['db', 'mongodb://other', false],
    ['redis', 'redis://cache:6379', false],
    ['redis', 'redis://redis:6379', true],
    ['orders', 'http://orders.shop.svc:80', false],
    ['orders.shop.svc', 'http://orders.shop.svc:80', true],
    ['orders', 'http://my-orders', false],
  ])('%s in %s: %s', (host, text, expected) => {
    expect(hostPattern(host).test(text)).toBe(expected);
  });

  it('puts another port behind its host and nowhere else', () => {
    const url = 'postgres://u:5433@postgres:5433/db5433';
    expect(url.replace(hostPortPattern('postgres', 5433), '$15432')).toBe('postgres://u:5433@postgres:5432/db5433');
    expect('Host=pg;Port=5433'.replace(hostPortPattern('pg', 5433), '$15432')).toBe('Host=pg;Port=5432');
  });

  it('reads any host literally', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), fc.string({ maxLength: 200 }), (host, text) => {
        expect(typeof hostPattern(host).test(text)).toBe('boolean');
      }),
    );
  });
});

describe('why a handshake failed', () => {
  it.each([
    ['upstream SSL certificate verify error: (10:certificate has expired)', 'expiry'],
    ['x509: certificate signed by unknown authority', 'trust'],
    ["x509: cannot validate certificate for 10.0.0.1 because it doesn't contain any IP SANs", 'name'],
    ['CERTIFICATE_VERIFY_FAILED: verify cert failed: verify SAN list', 'name'],
    ['tlsv13 alert certificate required:SSL alert number 116', 'client-certificate'],
    ['tlsv1 alert internal error:SSL alert number 80', 'sni'],
  ])('%s', (text, wants) => {
    expect(handshakeFault(text)?.wants).toBe(wants);
    expect(answeredInPlainText(text)).toBe(false);
  });

  it.each(['SSL routines::wrong version number', 'tls: first record does not look like a TLS handshake'])(
    'a plain-text answer is no matter of trust: %s',
    (text) => {
      expect(handshakeFault(text)).toBeUndefined();
      expect(answeredInPlainText(text)).toBe(true);
    },
  );
});
