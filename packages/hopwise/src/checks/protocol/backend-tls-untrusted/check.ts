// Both sides speak TLS, but the handshake fails: the certificate is not trusted, expired or for another name, the server
// wants a name (SNI) or a client certificate that the gateway does not send. The client sees 502/503 (Traefik: 500).
import { displayId, idOf, type ObjectId } from '../../../base/object-id.ts';
import { shellQuote } from '../../../base/shell-quote.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { type BackendCertificate, backendCertificates } from '../../../trace/backend-certificate.ts';
import { usableEndpoints } from '../../../trace/backend-path.ts';
import { citeSetting } from '../../../trace/cite-setting.ts';
import { type HandshakeFault, handshakeFault, quoted } from '../../../trace/handshake-fault.ts';
import { observedMode, resolvedBackends } from '../../../trace/path-queries.ts';
import { trustPlace } from '../../../trace/trust-place.ts';
import type { Fact, PatchHint, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Untrusted extends Fact {
  readonly fault: HandshakeFault;
  readonly ignored: string | undefined;
  readonly certificate: BackendCertificate | undefined;
}

export default defineCheck<Untrusted>({
  cause: 'backend-tls-untrusted',
  reads: [
    'Ingress',
    'Service',
    'Secret',
    'ConfigMap',
    'BackendTLSPolicy',
    'Pod',
    '*DestinationRule',
    '*ServersTransport',
  ],
  since: '0.1.0',
  explains: ['app-returned-error', 'invalid-upstream-response', 'keepalive-idle-race'],
  *find(world) {
    const { trace, seen, model } = world;
    if (!seen.failing) return;
    // With TLS 1.3 a server refuses the client's certificate after the handshake: the alert comes as a failed read.
    const modes = seen.modes.filter(
      (mode) => mode.reporter !== 'app' && (mode.mode === 'tls-handshake' || mode.mode === 'reset'),
    );
    const failed = modes.find((mode) => handshakeFault(quoted(mode.evidence)) !== undefined);
    const said = failed?.evidence ?? observedMode(seen, 'tls-handshake')?.evidence;
    const fault = said === undefined ? undefined : handshakeFault(quoted(said));
    if (fault === undefined || said === undefined) return;
    const tls = trace.rule?.settings.backendTls;
    const evidence: Evidence[] = [said];
    const cited = citeSetting(model, tls, 'what the gateway asks of the backend’s TLS');
    if (cited !== undefined) evidence.push(cited);
    const route = trace.rule === undefined ? undefined : model.object(trace.rule.object);
    const ignored = fault.wants === 'sni' && tls?.value.sni === undefined ? ignoredSettings(world) : undefined;
    if (fault.wants === 'sni' && tls !== undefined && tls.value.sni === undefined && route !== undefined)
      evidence.push(
        citeField(
          route,
          'metadata.annotations',
          `no SNI is sent to the backend${ignored === undefined ? '' : ` (${ignored})`}`,
        ),
      );
    const certificates = backendCertificates(world);
    const certificate = fault.wants === 'expiry' ? certificates.find((entry) => entry.expired) : certificates[0];
    if (certificate !== undefined) evidence.push(certificate.evidence);
    const expired = fault.wants === 'expiry' ? certificate : undefined;
    const place = expired === undefined ? trustPlace(world) : { object: idOf(expired.secret), known: true };
    if (place === undefined) return;
    const { object } = place;
    const certainty = fault.sure && place.known ? 'proven' : 'likely';
    yield { object, certainty, modes: ['tls-handshake', 'reset'], evidence, fault, ignored, certificate };
  },
  describe: ({ object, fault }) => ({
    headline: `${displayId(object)}: TLS to the backend fails (${fault.short})`,
    why: `${fault.text}.`,
    chain: [fault.text, 'the TLS handshake between gateway and backend fails', 'the gateway answers 502/503'],
  }),
  fix({ object, fault, ignored, certificate }, { trace }) {
    const name = certificate?.names.find((entry) => !entry.startsWith('*'));
    const patches = fault.wants === 'name' && name !== undefined ? namePatch(object, trace, name) : [];
    return {
      summary: [`${fault.advice} (${displayId(object)})`, ...(ignored === undefined ? [] : [ignored])].join('; '),
      level: patches.length === 0 ? 'advice' : 'review',
      patches,
      commands: [],
      ...(patches.length === 0
        ? {}
        : { wanted: (after) => after.trace.rule?.settings.backendTls?.value.verifyName === name }),
    };
  },
  prove(_, { trace }) {
    const backend = resolvedBackends(trace)[0];
    const port = backend === undefined ? undefined : usableEndpoints(backend.path)[0]?.port;
    if (backend === undefined || port === undefined) return [];
    const { service } = backend;
    const forward = `kubectl port-forward -n ${shellQuote(service.namespace)} ${shellQuote(`svc/${service.name}`)} 8443:${backend.port.port}`;
    return [
      {
        command: `${forward} & sleep 2; openssl s_client -connect localhost:8443 -servername ${shellQuote(trace.request.host)} </dev/null | openssl x509 -noout -subject -issuer -dates -ext subjectAltName; kill $!`,
        expect: 'issuer, dates and names of the certificate that the backend shows for this SNI',
      },
    ];
  },
});

/** A BackendTLSPolicy verifies the name it gives; ingress-nginx the one in proxy-ssl-name. */
function namePatch(object: ObjectId, trace: World['trace'], name: string): readonly PatchHint[] {
  if (object.startsWith('BackendTLSPolicy/'))
    return [{ object, type: 'merge', patch: { spec: { validation: { hostname: name } } } }];
  if (!/ingress-nginx/.test(trace.gateway?.dialect ?? '') || !object.startsWith('Ingress/')) return [];
  const annotations = { 'nginx.ingress.kubernetes.io/proxy-ssl-name': name };
  return [{ object, type: 'merge', patch: { metadata: { annotations } } }];
}

/** ingress-nginx applies proxy-ssl-name and proxy-ssl-server-name only together with a valid proxy-ssl-secret. */
function ignoredSettings({ trace, model }: World): string | undefined {
  const noted = trace.rule?.notUnderstood.find((note) => note.path.includes('proxy-ssl'));
  if (noted !== undefined) return noted.why;
  const annotations = trace.rule === undefined ? {} : (model.object(trace.rule.object)?.annotations ?? {});
  const set = Object.keys(annotations).filter((key) => /proxy-ssl-(?:name|server-name)$/.test(key));
  if (set.length === 0 || annotations['nginx.ingress.kubernetes.io/proxy-ssl-secret'] !== undefined) return undefined;
  return `${set.map((key) => key.split('/')[1]).join(' and ')} are ignored without proxy-ssl-secret`;
}
