// HTTP/1.1 is spoken to an h2c or gRPC server, or HTTP/2 to a server that only knows HTTP/1.1. The bytes make no sense to
// the other side, and the gateway reports a protocol error or a reset.
import { displayId, idOf } from '../../../base/object-id.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { citeField } from '../../../model/cite.ts';
import { type SpokenProtocol, spokenProtocols } from '../../../trace/backend-protocol.ts';
import { observedMode } from '../../../trace/path-queries.ts';
import { type ProtocolKnob, protocolKnob } from '../../../trace/protocol-knob.ts';
import type { Certainty, Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Mismatch extends Fact {
  readonly backend: SpokenProtocol;
  readonly knob: ProtocolKnob;
  readonly wantsHttp2: boolean;
}

const HTTP2 = new Set(['h2c', 'h2', 'grpc', 'grpcs']);

export default defineCheck<Mismatch>({
  cause: 'backend-protocol-mismatch',
  reads: ['Service', 'Pod', 'Ingress', 'HTTPRoute', 'GRPCRoute', 'EndpointSlice'],
  since: '0.1.0',
  explains: ['invalid-upstream-response', 'app-crashes-on-request', 'keepalive-idle-race', 'app-returned-error'],
  *find(world) {
    const { trace, seen } = world;
    if (trace.inCluster || !seen.failing) return;
    const observed = observedMode(seen, 'protocol-error', 'invalid-response', 'reset');
    for (const backend of spokenProtocols(world)) {
      const spoken = backend.spoken?.value ?? 'http';
      const asksGrpc = trace.request.protocol === 'grpc' || seen.response?.grpcStatus !== undefined;
      const wantsHttp2 = backend.understood.http2 === true || (asksGrpc && observed?.mode === 'protocol-error');
      const sendsHttp2 = HTTP2.has(spoken);
      if (wantsHttp2 === sendsHttp2 && !(sendsHttp2 && plainOnly(backend, observed !== undefined))) continue;
      if (!wantsHttp2 && !sendsHttp2) continue;
      if (observed === undefined && !asksGrpc) continue;
      const knob = protocolKnob(world, backend.service, backend.port, wantsHttp2 ? 'h2c' : 'http1');
      const from = backend.spoken?.from;
      const evidence: Evidence[] = [];
      if (from?.kind === 'field') evidence.push({ type: 'field', text: `the gateway speaks ${spoken} to it`, object: from.object, path: from.path, value: spoken });
      else evidence.push(citeField(backend.service, `spec.ports[${backend.service.ports.indexOf(backend.port)}]`, `nothing says what the port speaks (no ${knob.name}), so the gateway uses ${spoken === 'http' ? 'HTTP/1.1' : spoken}`));
      evidence.push(...backend.understood.evidence);
      if (observed !== undefined) evidence.push(observed.evidence);
      const certainty: Certainty = observed !== undefined && (backend.understood.http2 === true || observed.mode === 'protocol-error') ? 'proven' : backend.understood.http2 === true ? 'strong' : 'likely';
      yield { object: !wantsHttp2 && from?.kind === 'field' ? from.object : knob.object, certainty, modes: ['protocol-error', 'invalid-response', 'reset'], evidence, backend, knob, wantsHttp2 };
    }
  },
  describe: ({ backend, wantsHttp2 }) => ({
    headline: `${displayId(idOf(backend.service))}:${backend.port.port} ${wantsHttp2 ? 'speaks HTTP/2 (gRPC), the gateway HTTP/1.1' : 'knows HTTP/1.1 only'}`.slice(0, 80),
    why: wantsHttp2 ? 'The gateway speaks HTTP/1.1 to a plaintext HTTP/2 (gRPC) server.' : 'The gateway speaks HTTP/2 to a server that only knows HTTP/1.1.',
    chain: [wantsHttp2 ? 'the backend speaks HTTP/2 without TLS' : 'the backend speaks HTTP/1.1', `the gateway speaks ${wantsHttp2 ? 'HTTP/1.1' : 'HTTP/2'} to it`, 'protocol error or reset', 'UNAVAILABLE or 502'],
  }),
  fix: ({ knob, wantsHttp2, backend }) => ({ summary: `Say what the port speaks: ${knob.name} on ${displayId(knob.object)}`, level: 'review', patches: knob.patches, commands: [], wanted: (after) => spokenProtocols(after).some((entry) => entry.service.name === backend.service.name && HTTP2.has(entry.spoken?.value ?? 'http') === wantsHttp2) || after.trace.gateway?.approximate === true }),
  prove: ({ backend }) => [{ command: `kubectl port-forward -n ${backend.service.namespace} svc/${backend.service.name} 8080:${backend.port.port} & curl -v --http2-prior-knowledge http://localhost:8080/`, expect: 'HTTP/2 answers; plain HTTP/1.1 does not (or the other way round)' }],
});

/** The process is known to speak HTTP/1.1 and requests fail. */
function plainOnly(backend: SpokenProtocol, failed: boolean): boolean {
  return failed && backend.understood.http2 !== true;
}
