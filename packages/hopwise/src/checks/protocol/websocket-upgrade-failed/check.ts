// The client asks for a WebSocket and gets something else than 101: the gateway does not forward the Upgrade for this
// backend, the backend does not know it, or a read timeout cuts the quiet connection.
import { displayId, idOf, type ObjectId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { resolvedBackends } from '../../../trace/path-queries.ts';
import { type UpgradeSupport, upgradeSupport } from '../../../trace/upgrade-support.ts';
import type { Certainty, Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface NoUpgrade extends Fact {
  readonly support: UpgradeSupport;
  readonly got: number | undefined;
}

export default defineCheck<NoUpgrade>({
  cause: 'websocket-upgrade-failed',
  reads: ['Ingress', 'HTTPRoute', 'Service', 'ConfigMap'],
  since: '0.1.0',
  explains: ['app-returned-error', 'upstream-timeout', 'backend-protocol-mismatch'],
  *find(world) {
    const { trace, seen } = world;
    if (trace.request.protocol !== 'websocket') return;
    const support = upgradeSupport(world);
    const got = seen.status;
    if (got === 101 && !seen.failing) return;
    const service = resolvedBackends(trace)[0]?.service;
    const evidence: Evidence[] = [];
    if (support.object !== undefined)
      evidence.push(citeField(support.object, support.path, support.why, support.value));
    if (seen.response !== undefined && got !== undefined)
      evidence.push({
        type: 'response',
        text: `an Upgrade request got ${got}, not 101`,
        ...(seen.response.file === undefined ? {} : { file: seen.response.file }),
      });
    const line = seen.access.findLast((entry) => entry.status !== undefined && entry.status !== 101);
    if (line !== undefined) evidence.push(logEvidence(line, `answered ${line.status} instead of 101`));
    const object: ObjectId | undefined =
      support.object !== undefined
        ? idOf(support.object)
        : (trace.rule?.object ?? (service === undefined ? undefined : idOf(service)));
    if (object === undefined) return;
    if (support.state === 'yes' || support.state === 'unknown') {
      // Forwarded, as far as known: only an answer that is neither 101 nor an error of the gateway speaks of the upgrade.
      if (got === undefined || got >= 500) return;
      yield { object, certainty: 'possible', modes: ['upgrade-failed', 'passed-on'], evidence, support, got };
      return;
    }
    const certainty: Certainty = got !== undefined ? 'proven' : 'strong';
    yield { object, certainty, modes: ['upgrade-failed', 'passed-on'], evidence, support, got };
  },
  describe: ({ object, support, got }) => ({
    headline: `${displayId(object)}: the WebSocket upgrade is not forwarded`.slice(0, 80),
    why: `${support.why}${got === undefined ? '' : `; the client gets ${got} instead of 101`}.`,
    chain: [support.why, 'the backend sees a plain GET', `it answers ${got ?? 'without'} 101`],
  }),
  fix: ({ support, object }) => ({
    summary: support.advice ?? `Let ${displayId(object)} forward the Upgrade header`,
    level: 'review',
    patches: support.patches,
    commands: [],
  }),
  prove: () => [
    {
      command:
        "curl -si --http1.1 -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: dGVzdA==' URL | head -1",
      expect: 'another status than 101 through the gateway; 101 at the Pod',
    },
  ],
});
