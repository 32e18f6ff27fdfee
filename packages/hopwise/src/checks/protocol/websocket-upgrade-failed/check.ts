// The client asks for a WebSocket and does not keep one: the gateway does not forward the Upgrade for this backend, another
// proxy on the way or the backend itself does not know it, replicas do not share the session, or a timeout cuts it.
import { displayId } from '../../../base/object-id.ts';
import { sameRequest } from '../../../trace/direct-request.ts';
import { type UpgradeTrouble, upgradeTrouble } from '../../../trace/upgrade-trouble.ts';
import type { Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface NoUpgrade extends Fact {
  readonly trouble: UpgradeTrouble;
}

/** What a browser sends to open a WebSocket (RFC 6455 section 4.1); the key is the one of the RFC's example. */
const UPGRADE = [
  ['Connection', 'Upgrade'],
  ['Upgrade', 'websocket'],
  ['Sec-WebSocket-Version', '13'],
  ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
].flatMap(([name, value]) => ['-H', `${name}: ${value}`]);

export default defineCheck<NoUpgrade>({
  cause: 'websocket-upgrade-failed',
  reads: ['Ingress', 'HTTPRoute', 'Service', 'ConfigMap', 'Pod', 'EndpointSlice'],
  since: '0.1.0',
  explains: ['app-returned-error', 'upstream-timeout', 'backend-protocol-mismatch', 'app-overloaded'],
  *find(world) {
    const trouble = upgradeTrouble(world);
    if (trouble === undefined) return;
    const { object, certainty, modes, partial, evidence } = trouble;
    yield { object, certainty, modes, partial, evidence, trouble };
  },
  describe: ({ object, trouble: { why, symptom } }) => ({
    headline: `${displayId(object)}: the WebSocket does not start or last`,
    why: `${why}; ${symptom}.`,
    chain: [why, symptom],
  }),
  fix: ({ trouble: { advice, patches, reached } }) => ({
    summary: advice,
    level: patches.length === 0 ? 'advice' : 'review',
    patches,
    commands: [],
    wanted: reached,
  }),
  prove: (_, { trace }) => [
    {
      command: `time ${sameRequest(trace, ['-si', '--http1.1', '--max-time', '120', ...UPGRADE])}`,
      expect: 'first line: 101 when the upgrade works; the time until it ends when a timeout cuts it',
    },
  ],
});
