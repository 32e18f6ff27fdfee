// The gateway speaks plain HTTP to a port that speaks TLS. The server closes the connection or answers 400 in plain text, so
// the client sees 502/503 (or that 400) although port-forward with https works.
import { displayId, idOf, splitId } from '../../../base/object-id.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { citeField } from '../../../model/cite.ts';
import type { ServicePort } from '../../../model/kinds/service.ts';
import { type SpokenProtocol, spokenProtocols } from '../../../trace/backend-protocol.ts';
import { observedMode } from '../../../trace/path-queries.ts';
import { type ProtocolKnob, protocolKnob } from '../../../trace/protocol-knob.ts';
import type { Certainty, Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface ExpectsTls extends Fact {
  readonly backend: SpokenProtocol;
  readonly knob: ProtocolKnob;
}

export default defineCheck<ExpectsTls>({
  cause: 'backend-expects-tls',
  reads: ['Service', 'Pod', 'Deployment', 'StatefulSet', 'Ingress', 'BackendTLSPolicy', 'EndpointSlice'],
  since: '0.1.0',
  explains: ['backend-protocol-mismatch', 'app-crashes-on-request', 'invalid-upstream-response', 'keepalive-idle-race', 'app-returned-error'],
  *find(world) {
    const { trace, seen } = world;
    if (trace.inCluster) return;
    const observed = observedMode(seen, 'reset', 'protocol-error', 'invalid-response', 'passed-on', 'tls-handshake');
    const told = seen.response?.status === 400 && /HTTP request was sent to (?:an )?HTTPS|plain HTTP request was sent to HTTPS|Client sent an HTTP request to an HTTPS server/i.test(seen.response.body);
    for (const backend of spokenProtocols(world)) {
      const spoken = backend.spoken?.value ?? 'http';
      if (spoken === 'https' || spoken === 'grpcs' || spoken === 'auto' || spoken === 'h2') continue;
      if (backend.understood.tls !== true && !told) continue;
      // A port that answers plain requests well is not the one.
      if (!seen.failing && (seen.now === 'none' || seen.now === 'recovered')) continue;
      const knob = protocolKnob(world, backend.service, backend.port, 'tls');
      const evidence: Evidence[] = [...backend.understood.evidence];
      if (backend.spoken?.from.kind === 'field') evidence.push({ type: 'field', text: `the gateway speaks ${spoken} to it`, object: backend.spoken.from.object, path: backend.spoken.from.path, value: spoken });
      else evidence.push(citeField(backend.service, 'spec.ports', `nothing tells the gateway to use TLS for ${describePort(backend.port)} (no ${knob.name})`));
      if (observed !== undefined) evidence.push(observed.evidence);
      const certainty: Certainty = told || (observed !== undefined && observed.mode !== 'passed-on') ? 'proven' : 'strong';
      yield { object: knob.object, certainty, modes: ['reset', 'protocol-error', 'invalid-response', 'passed-on'], evidence, backend, knob };
    }
  },
  describe: ({ backend }) => ({
    headline: `${displayId(idOf(backend.service))}:${backend.port.port} speaks TLS, the gateway plain HTTP`.slice(0, 80),
    why: `The process behind ${displayId(idOf(backend.service))} expects TLS; the plain request is refused or the connection closed.`,
    chain: ['the backend port speaks TLS', 'the gateway sends plain HTTP', 'the server closes the connection or answers 400', 'the gateway answers 502/503'],
  }),
  fix: ({ knob, backend }) => ({ summary: `Tell the gateway that the port speaks TLS: ${knob.name} on ${displayId(knob.object)}`, level: 'review', patches: knob.patches, commands: [], wanted: (after) => spokenProtocols(after).some((entry) => entry.service.name === backend.service.name && (entry.spoken?.value === 'https' || entry.spoken?.value === 'grpcs')) || after.trace.gateway?.approximate === true }),
  prove: ({ backend }) => [
    { command: `kubectl port-forward -n ${backend.service.namespace} svc/${splitId(idOf(backend.service)).name} 8443:${backend.port.port} & curl -vk https://localhost:8443/`, expect: 'a TLS handshake and an answer; plain http:// fails' },
  ],
});

function describePort(port: ServicePort): string {
  return `port ${port.name === undefined ? port.port : `${port.name} (${port.port})`}`;
}
