// The gateway opens TLS to a port that speaks plain HTTP. The handshake fails at once ("wrong version number") and the
// client sees 502/503.
import { displayId, idOf } from '../../../base/object-id.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { type SpokenProtocol, spokenProtocols } from '../../../trace/backend-protocol.ts';
import { observedMode } from '../../../trace/path-queries.ts';
import { type ProtocolKnob, protocolKnob } from '../../../trace/protocol-knob.ts';
import type { Certainty, Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface ExpectsPlain extends Fact {
  readonly backend: SpokenProtocol;
  readonly knob: ProtocolKnob;
}

/** What OpenSSL, BoringSSL, Go and rustls say when the other side answers a ClientHello with plain text. */
const WRONG_VERSION = /wrong version number|WRONG_VERSION_NUMBER|first record does not look like a TLS handshake|InvalidContentType|unexpected message|http request/i;

export default defineCheck<ExpectsPlain>({
  cause: 'backend-expects-plaintext',
  reads: ['Service', 'Pod', 'Deployment', 'StatefulSet', 'Ingress', 'BackendTLSPolicy', 'EndpointSlice'],
  since: '0.1.0',
  explains: ['backend-tls-untrusted', 'backend-protocol-mismatch', 'app-returned-error'],
  *find(world) {
    const { trace, seen } = world;
    if (trace.inCluster) return;
    const handshake = observedMode(seen, 'tls-handshake', 'reset', 'protocol-error');
    const quoted = handshake?.evidence.type === 'log' ? `${handshake.evidence.quote} ${handshake.evidence.text}` : (handshake?.evidence.text ?? '');
    const wrongVersion = WRONG_VERSION.test(quoted) || (seen.response !== undefined && WRONG_VERSION.test(seen.response.body));
    for (const backend of spokenProtocols(world)) {
      const spoken = backend.spoken?.value;
      const speaksTls = spoken === 'https' || spoken === 'grpcs';
      if (!speaksTls && !wrongVersion) continue;
      if (!wrongVersion && backend.understood.tls !== false) continue;
      if (!seen.failing && (seen.now === 'none' || seen.now === 'recovered')) continue;
      const from = backend.spoken?.from;
      const knob = protocolKnob(world, backend.service, backend.port, 'plain');
      const evidence: Evidence[] = [];
      if (from?.kind === 'field') evidence.push({ type: 'field', text: `the gateway speaks ${spoken} to it`, object: from.object, path: from.path, value: spoken ?? '' });
      evidence.push(...backend.understood.evidence);
      if (handshake !== undefined) evidence.push(handshake.evidence);
      const certainty: Certainty = wrongVersion ? 'proven' : handshake !== undefined ? 'strong' : 'likely';
      yield { object: from?.kind === 'field' ? from.object : knob.object, certainty, modes: ['tls-handshake', 'reset', 'protocol-error'], evidence, backend, knob };
    }
  },
  describe: ({ backend }) => ({
    headline: `${displayId(idOf(backend.service))}:${backend.port.port} speaks plain HTTP, not TLS`.slice(0, 80),
    why: 'The gateway opens TLS to a port that answers in plain text, so the handshake fails.',
    chain: ['the backend port speaks plain HTTP', 'the gateway opens TLS to it', 'the handshake fails', 'the gateway answers 502/503'],
  }),
  fix: ({ knob, object, backend }) => ({ summary: `Make the gateway speak plain HTTP to the port: ${knob.name} on ${displayId(knob.object)}`, level: 'review', patches: object === knob.object ? knob.patches : [], commands: [], wanted: (after) => spokenProtocols(after).every((entry) => entry.service.name !== backend.service.name || (entry.spoken?.value !== 'https' && entry.spoken?.value !== 'grpcs')) }),
  prove: ({ backend }) => [{ command: `kubectl port-forward -n ${backend.service.namespace} svc/${backend.service.name} 8080:${backend.port.port} & curl -v http://localhost:8080/`, expect: 'a plain HTTP answer; https:// fails with "wrong version number"' }],
});
