// Both sides speak TLS, but the handshake fails: the certificate is not trusted, expired or for another name, the server
// wants a name (SNI) or a client certificate that the gateway does not send. The client sees 502/503.
import { displayId, idOf, type ObjectId } from '../../../base/object-id.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { citeField } from '../../../model/cite.ts';
import { observedMode, resolvedBackends } from '../../../trace/path-queries.ts';
import { handshakeFault, type HandshakeFault } from '../../../trace/handshake-fault.ts';
import type { Certainty, Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Untrusted extends Fact {
  readonly fault: HandshakeFault;
  readonly ignored: string | undefined;
}

export default defineCheck<Untrusted>({
  cause: 'backend-tls-untrusted',
  reads: ['Ingress', 'Service', 'Secret', 'ConfigMap', 'BackendTLSPolicy', 'Pod'],
  since: '0.1.0',
  explains: ['app-returned-error', 'invalid-upstream-response'],
  *find({ trace, seen, model }) {
    const handshake = observedMode(seen, 'tls-handshake');
    if (handshake === undefined || !seen.failing) return;
    const quoted = handshake.evidence.type === 'log' ? `${handshake.evidence.text} ${handshake.evidence.quote}` : handshake.evidence.text;
    const fault = handshakeFault(quoted);
    if (fault === undefined) return;
    const tls = trace.rule?.settings.backendTls;
    const evidence: Evidence[] = [handshake.evidence];
    const route = trace.rule === undefined ? undefined : model.object(trace.rule.object);
    let object: ObjectId | undefined = tls?.from.kind === 'field' ? tls.from.object : trace.rule?.object;
    // The gateway's own configuration names no SNI, verification name or client certificate although the server wants one.
    const ignored = tls !== undefined && tls.value.sni === undefined && fault.wants === 'sni' ? ignoredSettings(trace.rule?.notUnderstood ?? [], route?.annotations ?? {}) : undefined;
    if (tls !== undefined && fault.wants === 'sni' && tls.value.sni === undefined && route !== undefined) evidence.push(citeField(route, 'metadata.annotations', `no SNI is sent to the backend${ignored === undefined ? '' : ` (${ignored})`}`));
    if (object === undefined) {
      const service = resolvedBackends(trace)[0]?.service;
      if (service === undefined) return;
      object = idOf(service);
    }
    const certainty: Certainty = fault.sure ? 'proven' : 'likely';
    yield { object, certainty, modes: ['tls-handshake'], evidence, fault, ignored };
  },
  describe: ({ object, fault }) => ({
    headline: `${displayId(object)}: TLS to the backend fails (${fault.short})`.slice(0, 80),
    why: `${fault.text}.`,
    chain: [fault.text, 'the TLS handshake between gateway and backend fails', 'the gateway answers 502/503'],
  }),
  fix: ({ object, fault, ignored }) => ({ summary: ignored === undefined ? `${fault.advice} (${displayId(object)})` : `${fault.advice}; ${ignored}`, level: 'review', patches: [], commands: [] }),
  prove: () => [{ command: 'kubectl exec GATEWAY-POD -- openssl s_client -connect POD-IP:PORT -servername HOST </dev/null', expect: 'the handshake succeeds with the right name, and fails without it' }],
});

/** ingress-nginx applies proxy-ssl-name and proxy-ssl-server-name only together with a valid proxy-ssl-secret. */
function ignoredSettings(notes: readonly { readonly path: string; readonly why: string }[], annotations: Readonly<Record<string, string>>): string | undefined {
  const noted = notes.find((note) => note.path.includes('proxy-ssl'));
  if (noted !== undefined) return noted.why;
  const set = Object.keys(annotations).filter((key) => /proxy-ssl-(?:name|server-name)$/.test(key));
  if (set.length === 0) return undefined;
  return annotations['nginx.ingress.kubernetes.io/proxy-ssl-secret'] === undefined ? `${set.map((key) => key.split('/')[1]).join(' and ')} are ignored without proxy-ssl-secret` : undefined;
}
