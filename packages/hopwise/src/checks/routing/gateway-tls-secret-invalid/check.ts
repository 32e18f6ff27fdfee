// The certificate of the listener or Ingress is missing, malformed, expired or for another name. Clients fail the TLS
// handshake or see a default certificate; a Gateway listener without a valid one is not programmed at all.
import { displayId, idOf, type ObjectId, splitId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { Certificate } from '../../../model/kinds/cluster.ts';
import type { Certainty, Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface BadCertificate extends Fact {
  readonly secret: ObjectId;
  readonly why: string;
}

export default defineCheck<BadCertificate>({
  cause: 'gateway-tls-secret-invalid',
  reads: ['Secret', 'Ingress', 'Gateway', 'ListenerSet'],
  since: '0.1.0',
  explains: ['host-not-matched', 'route-not-attached', 'gateway-down'],
  *find({ trace, seen, model }) {
    if (!trace.request.tls || trace.inCluster) return;
    const listener = trace.gateway?.listeners.find((entry) => entry.name === trace.host?.listener);
    const tls = trace.host?.tls ?? listener?.tls;
    if (tls === undefined || tls.mode === 'passthrough') return;
    const error = seen.response?.clientError;
    const tlsError = error?.kind === 'tls' || error?.kind === 'empty-reply' || error?.kind === 'refused';
    for (const id of tls.secrets) {
      const { namespace, name } = splitId(id);
      const lookup = model.get('Secret', namespace, name);
      if (lookup.state === 'unknown') continue;
      const referrer = trace.rule === undefined ? trace.gateway?.object : trace.rule.object;
      const fault =
        lookup.state === 'absent'
          ? `Secret ${name} does not exist in ${namespace}`
          : faultOf(lookup.value.certificate, lookup.value.keys, trace.request.urlHost, model.now);
      if (fault === undefined) continue;
      // A proxy answers with a default certificate instead: the request itself only fails for clients that check.
      const breaks = tlsError || trace.gateway?.dialect === 'gateway-api';
      if (!breaks) continue;
      const evidence: Evidence[] = [];
      if (lookup.state === 'found') evidence.push(citeField(lookup.value, 'data["tls.crt"]', fault));
      else evidence.push({ type: 'absence', what: id, text: fault });
      if (error !== undefined) evidence.push({ type: 'response', text: error.message });
      const object = lookup.state === 'found' ? idOf(lookup.value) : (listener?.object ?? referrer ?? id);
      const certainty: Certainty = tlsError ? 'proven' : lookup.state === 'absent' ? 'strong' : 'likely';
      yield {
        object,
        certainty,
        modes: ['gateway-unreachable', 'no-route', 'tls-handshake'],
        evidence,
        secret: id,
        why: fault,
      };
    }
  },
  describe: ({ object, secret, why }) => ({
    headline: `${displayId(object)}: the certificate in ${splitId(secret).name} is no good`.slice(0, 80),
    why: `${why}.`,
    chain: [why, 'the listener has no valid certificate', 'clients cannot complete TLS'],
  }),
  fix: ({ secret }) => ({
    summary: `Put a valid certificate for this host into ${displayId(secret)}`,
    level: 'advice',
    patches: [],
    commands: [
      `kubectl get secret ${splitId(secret).name} -n ${splitId(secret).namespace} -o jsonpath='{.data.tls\\.crt}' | base64 -d | openssl x509 -noout -subject -enddate -ext subjectAltName`,
    ],
  }),
  prove: () => [
    {
      command:
        'openssl s_client -connect HOST:443 -servername HOST </dev/null 2>/dev/null | openssl x509 -noout -subject -enddate',
      expect: 'the certificate that clients are shown',
    },
  ],
});

function faultOf(
  certificate: Certificate | undefined,
  keys: readonly string[],
  host: string,
  now: number,
): string | undefined {
  if (certificate === undefined)
    return keys.length > 0 && !keys.includes('tls.crt') ? 'the Secret has no tls.crt' : undefined;
  if (certificate.state === 'redacted') return undefined;
  if (certificate.state === 'malformed') return certificate.why;
  if (now > 0 && certificate.notAfter < now)
    return `the certificate expired ${new Date(certificate.notAfter).toISOString()}`;
  if (now > 0 && certificate.notBefore > now)
    return `the certificate is valid from ${new Date(certificate.notBefore).toISOString()} only`;
  if (certificate.names.length > 0 && !certificate.names.some((name) => coversName(name, host)))
    return `the certificate is for ${certificate.names.slice(0, 3).join(', ')}, not ${host}`;
  return undefined;
}

function coversName(name: string, host: string): boolean {
  if (!name.startsWith('*.')) return name === host;
  const rest = host.slice(host.indexOf('.'));
  return host.includes('.') && rest === name.slice(1);
}
