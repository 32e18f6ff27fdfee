// The gateway speaks plain HTTP to a port that speaks TLS. The server closes the connection or answers 400 in plain text, so
// the client sees 502/503 (or that 400) although port-forward with https works.
import { displayId, idOf } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { ServicePort } from '../../../model/kinds/service.ts';
import { type SpokenProtocol, spokenProtocols } from '../../../trace/backend-protocol.ts';
import { citeSetting } from '../../../trace/cite-setting.ts';
import { directRequest } from '../../../trace/direct-request.ts';
import { observedMode } from '../../../trace/path-queries.ts';
import { type ProtocolKnob, protocolKnob } from '../../../trace/protocol-knob.ts';
import { toldToUseTls } from '../../../trace/told-to-use-tls.ts';
import type { Certainty, Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface ExpectsTls extends Fact {
  readonly backend: SpokenProtocol;
  readonly knob: ProtocolKnob;
}

const TLS = new Set(['https', 'grpcs', 'h2', 'auto']);

export default defineCheck<ExpectsTls>({
  cause: 'backend-expects-tls',
  reads: [
    'Service',
    'Pod',
    'Deployment',
    'StatefulSet',
    'DaemonSet',
    'Ingress',
    'BackendTLSPolicy',
    'EndpointSlice',
    'Node',
    '*DestinationRule',
  ],
  since: '0.1.0',
  explains: [
    'backend-protocol-mismatch',
    'app-crashes-on-request',
    'invalid-upstream-response',
    'keepalive-idle-race',
    'app-returned-error',
  ],
  *find(world) {
    const { trace, seen, model } = world;
    // A port that answers plain requests well is not the one.
    if (trace.inCluster || (!seen.failing && (seen.now === 'none' || seen.now === 'recovered'))) return;
    const observed = observedMode(seen, 'reset', 'protocol-error', 'invalid-response', 'passed-on', 'tls-handshake');
    const told = toldToUseTls(world);
    for (const backend of spokenProtocols(world)) {
      const spoken = backend.spoken?.value ?? 'http';
      if (TLS.has(spoken) || (backend.understood.tls !== true && told === undefined)) continue;
      const shown = told !== undefined || (observed !== undefined && observed.mode !== 'passed-on');
      // What this gateway speaks is only known once a request has failed in the way plain HTTP to a TLS port does.
      if (backend.spoken === undefined && !shown) continue;
      const knob = protocolKnob(world, backend.service, backend.port, 'tls');
      const evidence: Evidence[] = [
        ...backend.understood.evidence,
        citeSetting(model, backend.spoken, `the gateway speaks ${spoken} to it`) ??
          citeField(
            backend.service,
            `spec.ports[${backend.service.ports.indexOf(backend.port)}]`,
            `nothing tells the gateway to use TLS for ${describePort(backend.port)} (no ${knob.name})`,
          ),
      ];
      if (told !== undefined) evidence.push(told);
      if (observed !== undefined) evidence.push(observed.evidence);
      // Which controller reads the route is only taken from its class while none of its Pods was seen.
      const certainty: Certainty = shown ? 'proven' : trace.callers.state === 'found' ? 'strong' : 'possible';
      const modes = ['reset', 'protocol-error', 'invalid-response', 'passed-on'] as const;
      yield { object: knob.object, certainty, modes, evidence, backend, knob };
    }
  },
  describe: ({ backend }) => ({
    headline: `${displayId(idOf(backend.service))}:${backend.port.port} speaks TLS, the gateway plain HTTP`.slice(
      0,
      80,
    ),
    why: `The process behind ${displayId(idOf(backend.service))} expects TLS; the plain request is refused or the connection closed.`,
    chain: [
      'the backend port speaks TLS',
      'the gateway sends plain HTTP',
      'the server closes the connection or answers 400',
      'the gateway answers 502/503, or passes the 400 on',
    ],
  }),
  fix: ({ knob, backend }) => ({
    summary: `Tell the gateway that the port speaks TLS: ${knob.name} on ${displayId(knob.object)}`,
    level: 'review',
    patches: knob.patches,
    commands: [],
    wanted: (after) =>
      spokenProtocols(after).some(
        (entry) =>
          entry.service.name === backend.service.name && (entry.spoken === undefined || TLS.has(entry.spoken.value)),
      ),
  }),
  prove: ({ backend }, { trace }) => [
    {
      command: directRequest(trace, backend.service, backend.port, {
        scheme: 'https',
        flags: ['-vk', '-o', '/dev/null'],
      }),
      expect: 'a TLS handshake and an answer; the same with http:// fails',
    },
  ],
});

function describePort(port: ServicePort): string {
  return `port ${port.name === undefined ? port.port : `${port.name} (${port.port})`}`;
}
