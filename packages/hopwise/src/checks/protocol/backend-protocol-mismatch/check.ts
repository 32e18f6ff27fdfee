// HTTP/1.1 is spoken to an h2c or gRPC server, HTTP/2 to a server that only knows HTTP/1.1, or HTTP to a FastCGI or uwsgi
// socket. The bytes make no sense to the other side, and the gateway reports a protocol error or a reset.
import { displayId, idOf } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { goodAnswer } from '../../../trace/backend-answers.ts';
import { type SpokenProtocol, spokenProtocols } from '../../../trace/backend-protocol.ts';
import { citeSetting } from '../../../trace/cite-setting.ts';
import { directRequest } from '../../../trace/direct-request.ts';
import type { ObservedMode } from '../../../trace/observed.ts';
import { observedMode } from '../../../trace/path-queries.ts';
import type { WantedProtocol } from '../../../trace/protocol-annotations.ts';
import { type ProtocolKnob, protocolKnob } from '../../../trace/protocol-knob.ts';
import type { Certainty, Fact, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Mismatch extends Fact {
  readonly backend: SpokenProtocol;
  readonly knob: ProtocolKnob;
  /** What the backend speaks, for people. */
  readonly speaks: string;
  readonly spoken: string;
  readonly wanted: WantedProtocol;
}

const HTTP2 = new Set(['h2c', 'h2', 'grpc', 'grpcs']);

export default defineCheck<Mismatch>({
  cause: 'backend-protocol-mismatch',
  reads: [
    'Service',
    'Pod',
    'Deployment',
    'StatefulSet',
    'DaemonSet',
    'Ingress',
    'HTTPRoute',
    'GRPCRoute',
    'BackendTLSPolicy',
    'EndpointSlice',
    'Node',
    '*DestinationRule',
  ],
  since: '0.1.0',
  explains: ['invalid-upstream-response', 'app-crashes-on-request', 'keepalive-idle-race', 'app-returned-error'],
  *find(world) {
    const { trace, seen, model } = world;
    if (trace.inCluster || !seen.failing || goodAnswer(world) !== undefined) return;
    const observed = observedMode(seen, 'protocol-error', 'invalid-response', 'reset');
    for (const backend of spokenProtocols(world)) {
      const found = mismatch(world, backend, observed);
      if (found === undefined) continue;
      const { wanted, speaks, certainty } = found;
      const spoken = nameOf(backend.spoken?.value ?? 'http');
      const knob = protocolKnob(world, backend.service, backend.port, wanted);
      const evidence: Evidence[] = [
        citeSetting(model, backend.spoken, `the gateway speaks ${spoken} to it`) ??
          citeField(
            backend.service,
            `spec.ports[${backend.service.ports.indexOf(backend.port)}]`,
            `nothing says what the port speaks (no ${knob.name}), so the gateway uses ${spoken}`,
          ),
        ...backend.understood.evidence,
      ];
      if (observed !== undefined) evidence.push(observed.evidence);
      const from = backend.spoken?.from;
      const object = wanted === 'http1' && from?.kind === 'field' ? from.object : knob.object;
      const modes = ['protocol-error', 'invalid-response', 'reset'] as const;
      yield { object, certainty, modes, evidence, backend, knob, speaks, spoken, wanted };
    }
  },
  describe: ({ backend, speaks, spoken }) => ({
    headline: `${displayId(idOf(backend.service))}:${backend.port.port} speaks ${speaks}, the gateway ${spoken}`.slice(
      0,
      80,
    ),
    why: `The gateway speaks ${spoken} to a server that speaks ${speaks}.`,
    chain: [
      `the backend speaks ${speaks}`,
      `the gateway speaks ${spoken} to it`,
      'protocol error or reset',
      '502/503, or UNAVAILABLE for gRPC',
    ],
  }),
  fix: ({ knob, wanted, backend }) => ({
    summary: `Say what the port speaks: ${knob.name} on ${displayId(knob.object)}`,
    level: knob.patches.length === 0 ? 'advice' : 'review',
    patches: knob.patches,
    commands: [],
    wanted: (after) =>
      spokenProtocols(after).some(
        ({ service, spoken }) =>
          service.name === backend.service.name &&
          (spoken === undefined ||
            (wanted === 'fastcgi' ? spoken.value === 'fastcgi' : HTTP2.has(spoken.value) === (wanted !== 'http1'))),
      ),
  }),
  prove: ({ backend, speaks, wanted }, { trace }) => [
    {
      command: directRequest(trace, backend.service, backend.port, {
        scheme: 'http',
        flags: ['-v', wanted === 'http1' ? '--http1.1' : '--http2-prior-knowledge', '-o', '/dev/null'],
      }),
      expect:
        wanted === 'fastcgi' || speaks === 'uwsgi'
          ? 'no HTTP answer in any version'
          : `${speaks} is answered; the other version of HTTP is not`,
    },
  ],
});

interface Found {
  readonly wanted: WantedProtocol;
  readonly speaks: string;
  readonly certainty: Certainty;
}

function mismatch(
  { trace, seen }: World,
  { spoken, understood }: SpokenProtocol,
  observed: ObservedMode | undefined,
): Found | undefined {
  const sends = spoken?.value ?? 'http';
  const garbled = observed?.mode === 'protocol-error' || observed?.mode === 'invalid-response';
  if (understood.other !== undefined && observed !== undefined && sends !== 'fastcgi')
    return {
      wanted: 'fastcgi',
      speaks: understood.other,
      certainty: understood.other === 'uwsgi' ? 'proven' : 'strong',
    };
  if (sends === 'auto' || sends === 'fastcgi' || sends === 'ajp') return undefined;
  const asksGrpc = trace.request.protocol === 'grpc' || seen.response?.grpcStatus !== undefined;
  if (HTTP2.has(sends)) {
    if (understood.http2 === true || observed === undefined) return undefined;
    // Not known to speak HTTP/1.1: only bytes that are no HTTP/2 show it, a reset may be anything.
    if (understood.http2 === undefined && !garbled) return undefined;
    return { wanted: 'http1', speaks: 'HTTP/1.1', certainty: garbled ? 'proven' : 'likely' };
  }
  const knows = understood.http2 === true;
  if ((!knows && !(asksGrpc && garbled)) || (observed === undefined && !asksGrpc)) return undefined;
  const certainty = observed === undefined ? 'strong' : 'proven';
  return asksGrpc
    ? { wanted: 'grpc', speaks: 'gRPC (HTTP/2)', certainty }
    : { wanted: 'h2c', speaks: 'HTTP/2', certainty };
}

function nameOf(protocol: string): string {
  if (protocol === 'http') return 'HTTP/1.1';
  return protocol === 'grpc' || protocol === 'h2c' ? 'HTTP/2' : protocol;
}
