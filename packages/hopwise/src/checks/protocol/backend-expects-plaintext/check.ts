// The gateway opens TLS to a port that speaks plain HTTP. The handshake fails at once ("wrong version number") and the
// client sees 502/503 (Traefik: 500).
import { displayId, idOf } from '../../../base/object-id.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { type SpokenProtocol, spokenProtocols } from '../../../trace/backend-protocol.ts';
import { citeSetting } from '../../../trace/cite-setting.ts';
import { directRequest } from '../../../trace/direct-request.ts';
import { answeredInPlainText, quoted } from '../../../trace/handshake-fault.ts';
import { observedMode } from '../../../trace/path-queries.ts';
import { type ProtocolKnob, protocolKnob } from '../../../trace/protocol-knob.ts';
import type { Certainty, Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface ExpectsPlain extends Fact {
  readonly backend: SpokenProtocol;
  readonly knob: ProtocolKnob;
}

const TLS = new Set(['https', 'grpcs', 'h2']);

export default defineCheck<ExpectsPlain>({
  cause: 'backend-expects-plaintext',
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
  explains: ['backend-tls-untrusted', 'backend-protocol-mismatch', 'app-returned-error'],
  *find(world) {
    const { trace, seen, model } = world;
    if (trace.inCluster || (!seen.failing && (seen.now === 'none' || seen.now === 'recovered'))) return;
    const handshake = observedMode(seen, 'tls-handshake', 'reset', 'protocol-error');
    const plain =
      (handshake !== undefined && answeredInPlainText(quoted(handshake.evidence))) ||
      (seen.response !== undefined && answeredInPlainText(seen.response.body));
    for (const backend of spokenProtocols(world)) {
      const spoken = backend.spoken?.value;
      const speaksTls = spoken !== undefined && TLS.has(spoken);
      if (plain ? spoken !== undefined && !speaksTls : !speaksTls || backend.understood.tls !== false) continue;
      const knob = protocolKnob(world, backend.service, backend.port, 'plain');
      const tls = trace.rule?.settings.backendTls;
      const setting = tls?.from.kind === 'field' ? tls : backend.spoken;
      const cited = citeSetting(model, setting, `the gateway speaks ${spoken ?? 'TLS'} to it`);
      const evidence: Evidence[] = [...(cited === undefined ? [] : [cited]), ...backend.understood.evidence];
      if (handshake !== undefined) evidence.push(handshake.evidence);
      yield {
        object: setting?.from.kind === 'field' ? setting.from.object : knob.object,
        certainty: certaintyOf(plain, handshake !== undefined || setting?.from.kind === 'field'),
        modes: ['tls-handshake', 'reset', 'protocol-error'],
        evidence,
        backend,
        knob,
      };
    }
  },
  describe: ({ backend }) => ({
    headline: `${displayId(idOf(backend.service))}:${backend.port.port} speaks plain HTTP, not TLS`,
    why: 'The gateway opens TLS to a port that answers in plain text, so the handshake fails.',
    chain: [
      'the backend port speaks plain HTTP',
      'the gateway opens TLS to it',
      'the handshake fails',
      'the gateway answers 502/503',
    ],
  }),
  fix: ({ knob, backend }) => ({
    summary: `Make the gateway speak plain HTTP to the port: ${knob.name} on ${displayId(knob.object)}`,
    level: 'review',
    patches: knob.patches,
    commands: [],
    wanted: (after) =>
      spokenProtocols(after).every(
        (entry) => entry.service.name !== backend.service.name || !TLS.has(entry.spoken?.value ?? 'http'),
      ),
  }),
  prove: ({ backend }, { trace }) => [
    {
      command: directRequest(trace, backend.service, backend.port, {
        scheme: 'http',
        flags: ['-v', '-o', '/dev/null'],
      }),
      expect: 'a plain HTTP answer; the same with https:// fails with "wrong version number"',
    },
  ],
});

/** TLS that somebody asked for cannot work on a plain port; TLS that the controller chose by itself is surely known less. */
function certaintyOf(plain: boolean, shown: boolean): Certainty {
  return plain ? 'proven' : shown ? 'strong' : 'likely';
}
