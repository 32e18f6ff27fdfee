import type { Json, JsonObject } from '../contract.ts';

/** Stands for a Secret value that was there and is not handed on: unknown, never malformed. */
export const REDACTED = '<redacted>';
/** Stands for a `tls.crt` or `ca.crt` whose value holds no PEM certificate. */
export const NO_CERTIFICATE = '<no certificate>';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const CERTIFICATE_KEYS = new Set(['tls.crt', 'ca.crt']);
const CERTIFICATE =
  /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[A-Za-z0-9+/=\s]{1,65536}-----END (?:TRUSTED )?CERTIFICATE-----/g;

/**
 * The object as it may leave a source: without managedFields and the last-applied copy of the manifest (both can repeat
 * what is dropped elsewhere), and for a Secret with every value replaced.
 *
 * A Secret keeps `metadata`, `type`, `immutable` and `data` (stringData folded in), where each value is '' when it was
 * empty, the base64 of its public PEM certificates for `tls.crt` and `ca.crt`, `NO_CERTIFICATE` when there is none in
 * them, and `REDACTED` for everything else.
 */
export function redactObject(raw: JsonObject): JsonObject {
  const metadata = stripMetadata(raw.metadata);
  if (raw.kind === 'Secret') return redactSecret(raw, metadata);
  return metadata === raw.metadata ? raw : { ...raw, metadata };
}

function stripMetadata(metadata: Json | undefined): Json | undefined {
  if (!isObject(metadata)) return metadata;
  const annotations = metadata.annotations;
  const repeats = isObject(annotations) && Object.hasOwn(annotations, LAST_APPLIED);
  if (!repeats && !Object.hasOwn(metadata, 'managedFields')) return metadata;
  const { managedFields: _, ...kept } = metadata;
  if (!repeats) return kept;
  const { [LAST_APPLIED]: __, ...keptAnnotations } = annotations;
  return { ...kept, annotations: keptAnnotations };
}

function redactSecret(raw: JsonObject, metadata: Json | undefined): JsonObject {
  const values = new Map<string, Json>();
  if (isObject(raw.data)) {
    for (const [key, value] of Object.entries(raw.data)) values.set(key, redactValue(key, value, fromBase64));
  }
  if (isObject(raw.stringData)) {
    for (const [key, value] of Object.entries(raw.stringData))
      values.set(
        key,
        redactValue(key, value, (text) => text),
      );
  }
  const secret: Record<string, Json | undefined> = { apiVersion: raw.apiVersion, kind: 'Secret' };
  if (metadata !== undefined) secret.metadata = metadata;
  if (typeof raw.type === 'string') secret.type = raw.type;
  if (typeof raw.immutable === 'boolean') secret.immutable = raw.immutable;
  if (values.size > 0) secret.data = Object.fromEntries(values);
  return secret;
}

function redactValue(key: string, value: Json | undefined, decode: (text: string) => string): Json {
  if (value === '' || value === null || value === undefined) return '';
  if (typeof value !== 'string' || !CERTIFICATE_KEYS.has(key)) return REDACTED;
  const text = decode(value);
  if (isRedactionMark(text) || isRedactionMark(value)) return REDACTED;
  const certificates = text.match(CERTIFICATE);
  return certificates === null ? NO_CERTIFICATE : Buffer.from(`${certificates.join('\n')}\n`).toString('base64');
}

/** `REDACTED`, `***HIDDEN***` (troubleshoot), `<redacted>`: what tools put in place of a value. */
function isRedactionMark(text: string): boolean {
  return /^[\s*<[(]*(?:redacted|hidden|omitted|masked)[\s*>\])]*$/i.test(text.slice(0, 64));
}

function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
