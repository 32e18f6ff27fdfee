// The process listens on the right port, but only on 127.0.0.1 or ::1 inside the Pod. kubectl port-forward and probes run by
// exec reach it; the gateway comes from outside, is refused, and answers 502 (Envoy, HAProxy 503).
import { displayId } from '../../../base/object-id.ts';
import { resolvePort } from '../../../model/derive.ts';
import type { Pod } from '../../../model/kinds/pod.ts';
import { podsBehind } from '../../../trace/backend-path.ts';
import { type LoopbackSetting, loopbackConfigMap, loopbackSetting } from '../../../trace/bind-address.ts';
import { outages } from '../../../trace/lifecycle/outages.ts';
import { isLive, troubleOf } from '../../../trace/lifecycle/trouble.ts';
import { learnPort, listenLinesOf, type PortKnowledge } from '../../../trace/listening.ts';
import { observedMode, resolvedBackends } from '../../../trace/path-queries.ts';
import type { Certainty, Fact, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Loopback extends Fact {
  readonly pod: Pod;
  readonly port: number;
  readonly setting: LoopbackSetting | undefined;
}

export default defineCheck<Loopback>({
  cause: 'app-listens-on-loopback',
  reads: ['Service', 'EndpointSlice', 'Pod', 'Event', 'ConfigMap', 'Deployment', 'StatefulSet', 'DaemonSet'],
  since: '0.1.0',
  latent: true,
  explains: [
    'no-ready-endpoints',
    'readiness-probe-failing',
    'liveness-restarts',
    'target-port-mismatch',
    'stale-endpoints',
  ],
  *find(world) {
    const down = new Set(outages(world.trace).map((outage) => outage.path));
    for (const { path, port } of resolvedBackends(world.trace)) {
      for (const pod of podsBehind(path).filter(isLive)) {
        const trouble = troubleOf(world.model, pod)?.trouble;
        if (trouble !== undefined && trouble !== 'readiness' && trouble !== 'liveness') continue;
        const number =
          path.endpoints.find((entry) => pod.ips.includes(entry.address))?.port ?? resolvePort(port, pod)?.port;
        if (number === undefined) continue;
        const learned = learnPort(world.model, pod, number, world.seen);
        const setting = loopbackSetting(world.model, pod, number) ?? loopbackConfigMap(world.model, pod, number);
        const certainty = judge(world, pod, learned, setting);
        if (certainty === undefined) continue;
        yield {
          object: setting?.object ?? world.model.controllerOf(pod),
          certainty,
          modes: down.has(path) ? ['no-endpoints', 'no-live-endpoint', 'refused'] : ['refused', 'no-live-endpoint'],
          evidence: [...(setting === undefined ? [] : [setting.evidence]), ...learned.evidence],
          pod,
          port: number,
          setting,
        };
        break;
      }
    }
  },
  describe: ({ object, port }) => ({
    headline: `${displayId(object)} listens on loopback only, port ${port}`,
    why: `The process takes connections on port ${port} only from inside its own Pod, so the gateway's are refused.`,
    chain: [
      `the process binds 127.0.0.1:${port}`,
      `connections to the Pod's address on port ${port} are refused`,
      'the gateway has no backend to pass the request to',
    ],
  }),
  fix({ object, port, setting }) {
    if (setting === undefined || setting.patch.length === 0)
      return {
        summary: `Let ${displayId(object)} listen on 0.0.0.0:${port} (or [::]:${port})`,
        level: 'advice',
        patches: [],
        commands: ['look for the bind or host setting of the server in its command, variables and configuration'],
      };
    return {
      summary: `Let ${displayId(object)} listen on all addresses`,
      level: 'review',
      patches: [{ object, type: 'json', patch: setting.patch }],
      commands: [],
    };
  },
  prove: ({ pod, port }) => [
    {
      command: `kubectl exec -n ${pod.namespace} ${pod.name} -- ss -ltn`,
      expect: `127.0.0.1:${port} in the list, not 0.0.0.0:${port}`,
    },
    {
      command: `kubectl port-forward -n ${pod.namespace} pod/${pod.name} 18080:${port}`,
      expect: 'works all the same: it connects from inside the Pod',
    },
  ],
});

/** The process's own word, or a setting that says so together with a refusal that nothing else explains. */
function judge(
  { seen, model }: World,
  pod: Pod,
  learned: PortKnowledge,
  setting: LoopbackSetting | undefined,
): Certainty | undefined {
  if (learned.open === 'yes') return undefined;
  const refused =
    observedMode(seen, 'refused') !== undefined || learned.evidence.some((entry) => /refused/i.test(entry.text));
  if (learned.loopbackOnly) return refused || !pod.ready ? 'proven' : 'strong';
  if (setting === undefined) return undefined;
  // It does say where it listens, and does not mention loopback: the setting is for something else.
  if (listenLinesOf(pod, seen.app.listens).some((entry) => entry.port === learned.port)) return undefined;
  if (refused) return 'strong';
  // A file may hold the address for other reasons: unobserved, only a flag or variable of the server itself counts.
  const own = !setting.object.startsWith('ConfigMap/');
  return seen.failing || !pod.ready || (own && model.manifestsOnly) ? 'likely' : undefined;
}
