import { X509Certificate } from 'node:crypto';
import type { Certificate } from '../kinds/cluster.ts';

/**
 * Facts of the first certificate in a tls.crt value (base64 or PEM). A capture redacts values as base64 of `REDACTED`:
 * that is unknown, never malformed.
 */
export function readCertificate(value: string): Certificate {
  const pem = value.includes('-----BEGIN') ? value : decodeBase64(value);
  if (pem === undefined || pem === '' || /redacted|omitted|\*{3}/i.test(pem) || /redacted|omitted|\*{3}/i.test(value))
    return { state: 'redacted' };
  if (!pem.includes('-----BEGIN CERTIFICATE-----'))
    return { state: 'malformed', why: 'tls.crt holds no PEM certificate' };
  try {
    const certificate = new X509Certificate(pem);
    const names = (certificate.subjectAltName ?? '')
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry.startsWith('DNS:'))
      .map((entry) => entry.slice(4).toLowerCase());
    const common = /(?:^|\n)CN=([^\n]*)/.exec(certificate.subject)?.[1]?.toLowerCase();
    return {
      state: 'read',
      subject: certificate.subject.replaceAll('\n', ', '),
      issuer: certificate.issuer.replaceAll('\n', ', '),
      names: names.length > 0 ? names : common === undefined ? [] : [common],
      notBefore: Date.parse(certificate.validFrom),
      notAfter: Date.parse(certificate.validTo),
      selfSigned: certificate.subject === certificate.issuer,
    };
  } catch {
    return { state: 'malformed', why: 'the certificate in tls.crt cannot be parsed' };
  }
}

function decodeBase64(value: string): string | undefined {
  if (!/^[A-Za-z0-9+/=\s]*$/.test(value)) return undefined;
  return Buffer.from(value, 'base64').toString('utf8');
}
