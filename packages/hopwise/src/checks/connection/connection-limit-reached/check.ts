// A limit refuses new requests before (or instead of) the backend: an Envoy circuit breaker, worker_connections, open files,
// a connection limit or ephemeral ports. The refusals come at once, under load, while the app itself is not busy.
import { displayId, idOf, type ObjectId } from '../../../base/object-id.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { citeField } from '../../../model/cite.ts';
import { limitHolder } from '../../../trace/limit-holder.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { observedMode, podsOnPath } from '../../../trace/path-queries.ts';
import type { Certainty, Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface LimitReached extends Fact {
  readonly limit: string;
}

export default defineCheck<LimitReached>({
  cause: 'connection-limit-reached',
  reads: ['Pod', 'Deployment', 'DaemonSet', 'ConfigMap', 'Ingress', '*DestinationRule', '*Settings', '*Upstream'],
  since: '0.1.0',
  explains: ['app-overloaded', 'no-ready-endpoints', 'app-returned-error', 'keepalive-idle-race'],
  *find(world) {
    const { seen, trace, model } = world;
    if (!seen.failing) return;
    const overflow = observedMode(seen, 'overflow');
    const said = seen.controller.findLast((entry) => entry.event === 'limit-reached');
    if (overflow === undefined && said === undefined) return;
    const evidence: Evidence[] = [];
    if (overflow !== undefined) evidence.push(overflow.evidence);
    if (said !== undefined) evidence.push(logEvidence(said, said.message));
    const holder = limitHolder(world);
    if (holder !== undefined) evidence.push(citeField(holder.object, holder.path, holder.text, holder.value));
    const gatewayPod = trace.gateway?.pods.state === 'found' ? trace.gateway.pods.value[0] : undefined;
    const pod = podsOnPath(trace)[0];
    const object: ObjectId | undefined = holder !== undefined ? idOf(holder.object) : gatewayPod !== undefined ? model.controllerOf(gatewayPod) : pod === undefined ? undefined : model.controllerOf(pod);
    if (object === undefined) return;
    const quick = seen.durationMs !== undefined && seen.durationMs < 200;
    if (quick) evidence.push({ type: 'timing', text: `refused after ${seen.durationMs} ms: the backend was not waited for` });
    const certainty: Certainty = overflow !== undefined && holder !== undefined ? 'proven' : overflow !== undefined ? 'strong' : 'likely';
    yield { object, certainty, modes: ['overflow', 'no-live-endpoint', 'refused'], partial: true, hop: 'gateway', evidence, limit: holder?.text ?? said?.message ?? 'a connection or request limit' };
  },
  describe: ({ object, limit }) => ({
    headline: `${displayId(object)}: a limit refuses requests before the backend`.slice(0, 80),
    why: `${limit.replace(/\.$/, '')}; what exceeds it is refused at once.`,
    chain: ['offered load exceeds the limit', limit, 'the proxy refuses at once without asking a Pod', '503'],
  }),
  fix: ({ object }) => ({ summary: `Raise the limit in ${displayId(object)} to what the backends can take`, level: 'review', patches: [], commands: [] }),
  prove: () => [{ command: "for i in $(seq 20); do curl -s -o /dev/null -w '%{http_code} %{time_total}\\n' URL & done; wait", expect: 'some instant refusals while the others succeed' }],
});
