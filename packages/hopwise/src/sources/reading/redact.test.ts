import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../contract.ts';
import { NO_CERTIFICATE, REDACTED, redactObject } from './redact.ts';

const PEM = '-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIU\nc2hvcA==\n-----END CERTIFICATE-----\n';
const KEY = '-----BEGIN PRIVATE KEY-----\nbm90IGEga2V5\n-----END PRIVATE KEY-----\n';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const secret = (data: JsonObject, more: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'a' },
  type: 'kubernetes.io/tls',
  data,
  ...more,
});

describe('Secrets', () => {
  it('keep metadata, type and keys, and certificates as the only values', () => {
    const redacted = redactObject(
      secret({ 'tls.crt': base64(PEM), 'tls.key': base64(KEY), password: base64('hunter2'), empty: '' }),
    );
    expect(redacted).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'a' },
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': base64(PEM), 'tls.key': REDACTED, password: REDACTED, empty: '' },
    });
  });

  it('keep no key that stands in the certificate file', () => {
    const redacted = redactObject(secret({ 'tls.crt': base64(PEM + KEY + PEM) }));
    expect(redacted.data).toEqual({ 'tls.crt': base64(PEM + PEM) });
  });

  it.each([base64('REDACTED'), 'REDACTED', base64('***HIDDEN***'), '<redacted>', base64('redacted')])(
    'take %s for unknown, not for malformed',
    (value) => {
      expect(redactObject(secret({ 'tls.crt': value })).data).toEqual({ 'tls.crt': REDACTED });
    },
  );

  it('say when a certificate is none', () => {
    for (const value of [base64('hello'), 'not base64 at all!', base64('-----BEGIN CERTIFICATE-----\nMIIB')]) {
      expect(redactObject(secret({ 'tls.crt': value })).data).toEqual({ 'tls.crt': NO_CERTIFICATE });
    }
  });

  it('fold stringData in, whatever form the fields have', () => {
    const redacted = redactObject(secret({ a: base64('x') }, { stringData: { 'tls.crt': PEM, b: 'hunter2', c: 3 } }));
    expect(redacted.data).toEqual({ a: REDACTED, 'tls.crt': base64(PEM), b: REDACTED, c: REDACTED });
    expect(redacted.stringData).toBeUndefined();
    expect(redactObject({ kind: 'Secret', data: 'hunter2', stringData: ['hunter2'], note: 'hunter2' })).toEqual({
      kind: 'Secret',
    });
  });

  it('lose annotations that repeat them', () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":"hunter2"}', kept: 'x' };
    const redacted = redactObject(secret({}, { metadata: { name: 'a', annotations, managedFields: [{}] } }));
    expect(redacted.metadata).toEqual({ name: 'a', annotations: { kept: 'x' } });
  });
});

describe('other objects', () => {
  it('stay the very same when there is nothing to drop', () => {
    const pod: JsonObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', annotations: { kept: 'x' } } };
    expect(redactObject(pod)).toBe(pod);
  });
});
