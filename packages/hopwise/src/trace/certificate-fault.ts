import { type ObjectId, splitId } from '../base/object-id.ts';
import { citeField } from '../model/cite.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Secret } from '../model/kinds/cluster.ts';
import { coversName } from './serving-tls.ts';

/** What is wrong with the Secret that holds a certificate, by what can be seen of it. */
export type CertificateFault =
  | {
      readonly kind: 'absent' | 'unusable' | 'expired' | 'other-name';
      readonly why: string;
      readonly evidence: Evidence;
    }
  /** Read, and good for the host now. */
  | { readonly kind: 'none' }
  /** The Secrets were not read, or this one's content is redacted. */
  | { readonly kind: 'unknown'; readonly secret: Secret | undefined };

/** Judges the certificate of a Secret for a host at the snapshot's time. */
export function judgeCertificate(model: ClusterModel, id: ObjectId, host: string): CertificateFault {
  const { namespace, name } = splitId(id);
  const lookup = model.get('Secret', namespace, name);
  if (lookup.state === 'unknown') return { kind: 'unknown', secret: undefined };
  if (lookup.state === 'absent') {
    const why = `Secret ${name} does not exist in ${namespace}`;
    return { kind: 'absent', why, evidence: { type: 'absence', what: id, text: why } };
  }
  const secret = lookup.value;
  const { certificate, keys } = secret;
  const fault = (
    kind: 'unusable' | 'expired' | 'other-name',
    why: string,
    path = 'data["tls.crt"]',
  ): CertificateFault => ({
    kind,
    why,
    evidence: citeField(secret, path, why),
  });
  const missing =
    keys === undefined || keys.length === 0 ? undefined : ['tls.crt', 'tls.key'].find((key) => !keys.includes(key));
  if (missing !== undefined)
    return fault('unusable', `Secret ${name} has no ${missing}, only ${keys?.join(', ')}`, 'data');
  if (certificate === undefined || certificate.state === 'redacted') return { kind: 'unknown', secret };
  if (certificate.state === 'malformed')
    return fault('unusable', `tls.crt of Secret ${name} cannot be read: ${certificate.why}`);
  if (model.now > 0 && certificate.notAfter < model.now)
    return fault('expired', `the certificate in Secret ${name} expired ${day(certificate.notAfter)}`);
  if (model.now > 0 && certificate.notBefore > model.now)
    return fault('expired', `the certificate in Secret ${name} is valid from ${day(certificate.notBefore)} only`);
  if (certificate.names.length > 0 && !certificate.names.some((entry) => coversName(entry, host)))
    return fault(
      'other-name',
      `the certificate in Secret ${name} is for ${certificate.names.slice(0, 3).join(', ')}, not ${host}`,
    );
  return { kind: 'none' };
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** What cert-manager says of the Secret that it is to write; undefined when it has nothing to do with it or is content. */
export function issuingTrouble(
  model: ClusterModel,
  id: ObjectId,
): { object: ObjectId; evidence: Evidence } | undefined {
  const { namespace, name } = splitId(id);
  for (const object of model.foreign('Certificate')) {
    if (object.namespace !== namespace || object.spec['secretName'] !== name) continue;
    const conditions = Array.isArray(object.status['conditions']) ? (object.status['conditions'] as unknown[]) : [];
    const ready = conditions.find(
      (entry): entry is { readonly status: string; readonly message?: unknown } =>
        typeof entry === 'object' && entry !== null && (entry as { type?: unknown }).type === 'Ready',
    );
    if (ready === undefined || ready.status === 'True') return undefined;
    const said = typeof ready.message === 'string' ? ready.message.slice(0, 160) : 'not ready';
    const evidence = citeField(object, 'status.conditions', `Certificate ${object.name} is not ready: ${said}`);
    return { object: evidence.object, evidence };
  }
  return undefined;
}
