import type { Evidence } from '../model/evidence.ts';
import type { PathObservations } from './observed.ts';
import { responseEvidence } from './response-modes.ts';

/** What a client (or an edge in front) found wrong with the certificate it was shown. */
export interface CertificateComplaint {
  readonly kind: ComplaintKind;
  readonly evidence: Evidence;
}
export type ComplaintKind =
  | 'expired'
  | 'not-yet-valid'
  | 'other-name'
  /** The proxy's own default certificate: it has none that it can use for the host. */
  | 'default'
  | 'self-signed'
  | 'untrusted'
  /** No certificate at all: the handshake broke off. */
  | 'handshake';

/** Subjects and issuers of the certificates that proxies make up for themselves. */
const DEFAULTS =
  /Kubernetes Ingress Controller Fake Certificate|TRAEFIK DEFAULT CERT|NGINXIngressController|localhost\.local|\bingress\.local\b/;

/** In the words of OpenSSL, curl, Go, Node, Java and Python; first match wins. */
const PHRASES: readonly (readonly [RegExp, ComplaintKind])[] = [
  [DEFAULTS, 'default'],
  [/not yet valid(?!:)|CERT_NOT_YET_VALID/i, 'not-yet-valid'],
  [/has expired|certificate expired|CERT_HAS_EXPIRED|CertificateExpired|SEC_E_CERT_EXPIRED/i, 'expired'],
  [
    /no alternative certificate subject name|does(?:n't| not) match (?:target host|host|the)|ALTNAME_INVALID|hostname mismatch|certificate is (?:not )?valid for|name mismatch|no subject alternative/i,
    'other-name',
  ],
  [/self[- ]signed/i, 'self-signed'],
  [
    /local issuer|unknown authority|UNABLE_TO_VERIFY|unable to verify|unable to find valid certification path|unknown ca\b/i,
    'untrusted',
  ],
  [/handshake|unrecognized name|SSL_ERROR_SYSCALL|unexpected eof|SSL_connect/i, 'handshake'],
];

/** Cloudflare: https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/ */
const EDGE_STATUS: ReadonlyMap<number, ComplaintKind> = new Map([
  [525, 'handshake'],
  [526, 'untrusted'],
]);

/** Undefined when nobody complained about a certificate. */
export function certificateComplaint(seen: PathObservations): CertificateComplaint | undefined {
  const { response } = seen;
  const byEdge = EDGE_STATUS.get(seen.status ?? 0);
  if (byEdge !== undefined)
    return {
      kind: byEdge,
      evidence: { type: 'response', text: `status ${seen.status}: the edge does not accept the certificate behind it` },
    };
  const error = response?.clientError;
  if (response === undefined || error?.kind !== 'tls') return undefined;
  const shown = `${response.tls?.subject ?? ''} ${response.tls?.issuer ?? ''}`;
  const kind = DEFAULTS.test(shown) ? 'default' : PHRASES.find(([phrase]) => phrase.test(error.message))?.[1];
  if (kind === undefined) return undefined;
  const subject = response.tls?.subject;
  const text = subject === undefined ? error.message : `${error.message}; shown: ${subject}`;
  return { kind, evidence: responseEvidence(response, text) };
}
