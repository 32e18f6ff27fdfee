import type { Duplex } from 'node:stream';
import * as tls from 'node:tls';
import type { ProbeCertificate, ProbeTls, TlsProblem } from '../probe-observation.ts';
import { phaseError } from './phase-error.ts';
import { within } from './under-way.ts';

/** Certificates of a chain that are kept. */
const LONGEST_CHAIN = 8;
const MOST_NAMES = 50;

export interface Shaken {
  readonly socket: tls.TLSSocket;
  readonly tls: ProbeTls;
}

export interface Handshake {
  readonly serverName: string | undefined;
  /** What the certificate must be for: the server name, or the address where there is none. */
  readonly expected: string;
  readonly alpn: readonly string[];
}

/**
 * Shakes hands and looks at what was shown. The chain is never a reason to break off here: every problem of it is reported,
 * and the caller decides whether to go on. Throws when the handshake itself fails.
 */
export async function shakeHands(
  raw: Duplex,
  handshake: Handshake,
  limitMs: number,
  signal: AbortSignal,
): Promise<Shaken> {
  const socket = tls.connect({
    socket: raw,
    ...(handshake.serverName === undefined ? {} : { servername: handshake.serverName }),
    ALPNProtocols: [...handshake.alpn],
    ca: trustedRoots(),
    rejectUnauthorized: false,
    // Old gateways are looked at, not judged, by their version.
    minVersion: 'TLSv1',
  });
  socket.on('error', () => undefined);
  try {
    await within<void>('tls', limitMs, signal, (done, fail) => {
      const ready = (): void => done();
      const ended = (): void => fail(new ClosedEarly());
      socket.once('secureConnect', ready).once('error', fail).once('close', ended);
      return () => socket.off('secureConnect', ready).off('error', fail).off('close', ended);
    });
  } catch (error) {
    socket.destroy();
    throw signal.aborted ? error : phaseError('tls', error);
  }
  return { socket, tls: readTls(socket, handshake) };
}

class ClosedEarly extends Error {
  readonly code = 'CLOSED';
  constructor() {
    super('TLS handshake failed: unexpected eof, the other side closed the connection');
  }
}

let roots: string[] | undefined;

/** What other programs on this machine trust: Node's own list, NODE_EXTRA_CA_CERTS, and the system's where Node can read it. */
function trustedRoots(): string[] {
  if (roots !== undefined) return roots;
  const read: ((type: 'default' | 'system') => string[]) | undefined = tls.getCACertificates;
  // Added in Node 22.15; before that the bundled list is all there is.
  roots = read === undefined ? [...tls.rootCertificates] : [...new Set([...read('default'), ...read('system')])];
  return roots;
}

function readTls(socket: tls.TLSSocket, { serverName, expected }: Handshake): ProbeTls {
  const leaf = socket.getPeerCertificate(true);
  const shown = Object.keys(leaf).length > 0;
  const version = socket.getProtocol();
  return {
    ...(version === null ? {} : { version }),
    ...(typeof socket.alpnProtocol === 'string' ? { alpn: socket.alpnProtocol } : {}),
    ...(serverName === undefined ? {} : { sni: serverName }),
    chain: shown ? chainOf(leaf) : [],
    problems: shown ? problemsOf(socket, leaf, expected) : [],
  };
}

function chainOf(leaf: tls.DetailedPeerCertificate): readonly ProbeCertificate[] {
  const chain: ProbeCertificate[] = [];
  const seen = new Set<string>();
  for (let each: tls.DetailedPeerCertificate | undefined = leaf; each !== undefined; each = each.issuerCertificate) {
    if (seen.has(each.fingerprint256) || chain.length === LONGEST_CHAIN) break;
    seen.add(each.fingerprint256);
    const from = Date.parse(each.valid_from);
    const expires = Date.parse(each.valid_to);
    chain.push({
      subject: nameOf(each.subject),
      issuer: nameOf(each.issuer),
      names: namesOf(each.subjectaltname),
      ...(Number.isNaN(from) ? {} : { from }),
      ...(Number.isNaN(expires) ? {} : { expires }),
    });
  }
  return chain;
}

/** `O=Acme; CN=shop.example.com`, as curl prints names. */
function nameOf(name: tls.Certificate | undefined): string {
  return Object.entries(name ?? {})
    .map(([key, value]) => `${key}=${Array.isArray(value) ? value.join('+') : String(value)}`)
    .join('; ')
    .slice(0, 500);
}

function namesOf(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(', ')
    .slice(0, MOST_NAMES)
    .flatMap((entry) => /^(?:DNS|IP Address):"?([^"]{1,255})"?$/.exec(entry)?.[1] ?? []);
}

/** Codes of X509_verify_cert_error_string(3) that are about dates and names; the rest is about trust. */
const DATES: ReadonlyMap<string, TlsProblem['kind']> = new Map([
  ['CERT_HAS_EXPIRED', 'expired'],
  ['CERT_NOT_YET_VALID', 'not-yet-valid'],
]);
const TRUST = /SELF_SIGNED|UNABLE_TO|UNTRUSTED|CHAIN_TOO_LONG|INVALID_CA|PATH_LENGTH|CERT_REJECTED|INVALID_PURPOSE/;

/** OpenSSL names one problem only; dates and names are looked at besides, so that trust does not hide them. */
function problemsOf(socket: tls.TLSSocket, leaf: tls.DetailedPeerCertificate, expected: string): readonly TlsProblem[] {
  const problems: TlsProblem[] = [];
  const now = Date.now();
  const expires = Date.parse(leaf.valid_to);
  if (expires < now)
    problems.push({
      kind: 'expired',
      code: 'CERT_HAS_EXPIRED',
      message: `certificate has expired on ${dateOf(expires)}`,
    });
  const from = Date.parse(leaf.valid_from);
  if (from > now)
    problems.push({
      kind: 'not-yet-valid',
      code: 'CERT_NOT_YET_VALID',
      message: `certificate is not yet valid, from ${dateOf(from)}`,
    });
  if (tls.checkServerIdentity(expected, leaf) !== undefined)
    problems.push({
      kind: 'name',
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
      message: `certificate does not match host ${expected}: it is for ${namesOf(leaf.subjectaltname).slice(0, 5).join(', ') || nameOf(leaf.subject)}`,
    });
  const said = codeOf(socket.authorizationError);
  if (said !== undefined && !problems.some((problem) => problem.code === said)) {
    const kind = DATES.get(said) ?? (TRUST.test(said) ? 'trust' : 'other');
    problems.push({ kind, code: said, message: WORDS.get(said) ?? said.toLowerCase().replaceAll('_', ' ') });
  }
  return problems;
}

/** As OpenSSL words them. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'unable to get issuer certificate'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'unable to get local issuer certificate'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate (intermediate missing?)'],
  ['CERT_HAS_EXPIRED', 'a certificate of the chain has expired'],
]);

/** Node gives an Error with a code, or the code itself. */
function codeOf(error: Error | string | null | undefined): string | undefined {
  if (error === null || error === undefined) return undefined;
  if (typeof error === 'string') return error;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}

function dateOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
