import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A key and its certificate as servers take them. */
export interface Certified {
  readonly key: string;
  readonly cert: string;
  readonly subject: string;
  readonly privateKey: KeyObject;
}

export interface CertificateWish {
  readonly subject: string;
  readonly names?: readonly string[];
  readonly from?: Date;
  readonly until?: Date;
  /** Signed by itself without one. */
  readonly issuer?: Certified;
  readonly ca?: boolean;
}

/** Makes an X.509 certificate (RFC 5280) with a fresh P-256 key; Node can sign and parse but not build one. */
export function makeCertificate(wish: CertificateWish): Certified {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const from = wish.from ?? new Date(Date.now() - 86_400_000);
  const until = wish.until ?? new Date(Date.now() + 30 * 86_400_000);
  const issuer = wish.issuer ?? { subject: wish.subject, privateKey };
  const tbs = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ECDSA_SHA256,
    name(issuer.subject),
    sequence(time(from), time(until)),
    name(wish.subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions(wish))),
  );
  const signature = sign('sha256', tbs, issuer.privateKey);
  const der = sequence(tbs, ECDSA_SHA256, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${der
      .toString('base64')
      .replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
    subject: wish.subject,
    privateKey,
  };
}

function extensions({ names = [], ca = false }: CertificateWish): Buffer[] {
  const alternatives = names.map((each) =>
    /^[\d.]+$/.test(each)
      ? tagged(0x87, Buffer.from(each.split('.').map(Number)))
      : tagged(0x82, Buffer.from(each, 'latin1')),
  );
  const basic = sequence(...(ca ? [tagged(0x01, Buffer.from([0xff]))] : []));
  return [
    extension('2.5.29.19', basic),
    ...(names.length === 0 ? [] : [extension('2.5.29.17', sequence(...alternatives))]),
  ];
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(objectIdentifier(id), tagged(0x04, value));
}

function name(text: string): Buffer {
  return sequence(tagged(0x31, sequence(objectIdentifier('2.5.4.3'), tagged(0x0c, Buffer.from(text, 'utf8')))));
}

function time(date: Date): Buffer {
  return tagged(0x18, Buffer.from(`${date.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`, 'latin1'));
}

const ECDSA_SHA256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));

function objectIdentifier(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return tagged(0x06, Buffer.from(bytes));
}

function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes);
}

function sequence(...parts: Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

/** DER: tag, length, content. */
function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
