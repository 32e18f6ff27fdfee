import type { Evidence } from '../model/evidence.ts';

/** Why a TLS handshake to a backend failed, as far as the phrase of a TLS library says. */
export interface HandshakeFault {
  readonly short: string;
  readonly text: string;
  readonly advice: string;
  readonly wants: 'sni' | 'client-certificate' | 'trust' | 'expiry' | 'name' | 'version';
  /** The phrase means this and nothing else. */
  readonly sure: boolean;
}

interface Phrase extends HandshakeFault {
  readonly pattern: RegExp;
}

/** Alert numbers: RFC 8446 section 6. Phrases: OpenSSL, BoringSSL (Envoy), Go crypto/tls. */
const PHRASES: readonly Phrase[] = [
  {
    pattern: /certificate has expired|CERTIFICATE_EXPIRED|has expired or is not yet valid|alert certificate expired/i,
    short: 'certificate expired',
    text: 'The certificate has expired',
    advice: 'Renew the certificate',
    wants: 'expiry',
    sure: true,
  },
  {
    pattern:
      /certificate does not match|certificate is (?:valid for|not valid for)|doesn't match|hostname mismatch|IP address mismatch|cannot validate certificate for|verify[ _]SAN[ _]list|no alternative certificate subject name/i,
    short: 'certificate is for another name',
    text: 'The backend’s certificate is for another name than the gateway verifies',
    advice: 'Verify the name that the certificate has, or issue one for this name',
    wants: 'name',
    sure: true,
  },
  {
    pattern:
      /certificate verify (?:failed|error)|CERTIFICATE_VERIFY_FAILED|unable to get local issuer|self.signed certificate|unknown authority|alert unknown ca/i,
    short: 'certificate not trusted',
    text: 'The gateway does not trust the issuer of the backend’s certificate',
    advice: 'Give the gateway the CA that signed it',
    wants: 'trust',
    sure: true,
  },
  {
    pattern:
      /alert certificate required|alert bad certificate|peer did not return a certificate|alert number 116|alert number 42/i,
    short: 'client certificate wanted',
    text: 'The backend wants a client certificate that the gateway does not send',
    advice: 'Give the gateway a client certificate',
    wants: 'client-certificate',
    sure: true,
  },
  {
    pattern: /unrecognized name|alert number 112|no suitable certificate|alert internal error|alert number 80\b/i,
    short: 'no certificate for the name',
    text: 'The backend has no certificate for the server name (SNI) it is given, or is given none',
    advice: 'Send the backend’s host name as SNI',
    wants: 'sni',
    sure: true,
  },
  {
    pattern: /handshake failure|alert number 40\b|no shared cipher|HANDSHAKE_FAILURE_ON_CLIENT_HELLO/i,
    short: 'handshake refused',
    text: 'The backend refuses the handshake: no SNI or client certificate, or no common cipher',
    advice: 'Send SNI (and a client certificate where it is wanted), or allow a common cipher',
    wants: 'sni',
    sure: false,
  },
  {
    pattern: /protocol version|alert number 70\b|unsupported protocol|UNSUPPORTED_PROTOCOL/i,
    short: 'TLS version',
    text: 'Gateway and backend have no TLS version in common',
    advice: 'Allow a common TLS version',
    wants: 'version',
    sure: true,
  },
];

/** What OpenSSL, BoringSSL, Go, rustls and the JVM say when the other side answers a ClientHello with plain text. */
const PLAIN_TEXT =
  /wrong[ _]version[ _]number|first record does not look like a TLS handshake|InvalidContentType|Unsupported or unrecognized SSL message|packet length too long|SSL routines:[^\n]{0,80}http request/i;

export function answeredInPlainText(text: string): boolean {
  return PLAIN_TEXT.test(text);
}

/** All words of an evidence, its quoted line included. */
export function quoted(evidence: Evidence): string {
  return evidence.type === 'log' ? `${evidence.text} ${evidence.quote}` : evidence.text;
}

/** Undefined when the phrase is not about trust (a plain-text answer, a reset). */
export function handshakeFault(text: string): HandshakeFault | undefined {
  if (answeredInPlainText(text)) return undefined;
  return PHRASES.find((phrase) => phrase.pattern.test(text));
}
