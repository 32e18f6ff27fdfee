// The backend closes idle keep-alive connections sooner than the proxy forgets them. A request that reuses one in that
// moment is reset ("connection termination", "prematurely closed"), mostly at low traffic and for methods not retried.
import { displayId } from '../../../base/object-id.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { citeField } from '../../../model/cite.ts';
import { idleResets } from '../../../trace/idle-resets.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { observedMode, podsOnPath } from '../../../trace/path-queries.ts';
import type { Certainty, Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface IdleRace extends Fact {
  readonly gapSeconds: number | undefined;
}

export default defineCheck<IdleRace>({
  cause: 'keepalive-idle-race',
  reads: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'Ingress', 'ConfigMap', '*DestinationRule'],
  since: '0.1.0',
  explains: ['app-crashes-on-request', 'app-returned-error', 'connection-limit-reached'],
  *find(world) {
    const { seen, trace, model } = world;
    const mode = observedMode(seen, 'reset');
    const pod = podsOnPath(trace)[0];
    if (mode === undefined || pod === undefined || !seen.failing) return;
    // A reset on every request is a protocol or crash problem, never a race.
    const worked = [...seen.access, ...seen.nearby].some((entry) => (entry.status ?? 500) < 500);
    if (!worked || seen.now === 'failing' && seen.access.length > 3 && seen.access.every((entry) => (entry.status ?? 0) >= 500)) return;
    const resets = idleResets(world);
    const evidence: Evidence[] = [mode.evidence];
    if (resets.example !== undefined) evidence.push(logEvidence(resets.example.failed, `reset at once on a connection last used ${resets.example.gapSeconds.toFixed(1)} s before`), logEvidence(resets.example.before, 'the request that used the connection before it'));
    if (resets.unseenByApp) evidence.push({ type: 'timing', text: 'the app never logged the failed requests' });
    const idle = trace.rule?.settings.upstreamIdleTimeout;
    if (idle?.from.kind === 'field') evidence.push({ type: 'field', text: `the proxy keeps idle connections ${idle.value / 1000} s`, object: idle.from.object, path: idle.from.path, value: String(idle.value) });
    const restarted = pod.statuses.some((status) => status.restarts > 0 && (status.last?.finished ?? 0) > model.now - 3_600_000);
    if (!restarted) evidence.push(citeField(pod, 'status.containerStatuses', 'no restart of the app in the last hour'));
    if (resets.matching === 0 && (restarted || !resets.instant)) return;
    const certainty: Certainty = resets.matching >= 2 ? 'proven' : resets.matching === 1 ? 'strong' : 'likely';
    yield { object: model.controllerOf(pod), certainty, modes: ['reset'], partial: true, hop: 'app', evidence, gapSeconds: resets.gapSeconds };
  },
  describe: ({ object, gapSeconds }) => ({
    headline: `${displayId(object)} closes idle connections before the proxy does`.slice(0, 80),
    why: `The app drops keep-alive connections${gapSeconds === undefined ? '' : ` after about ${Math.round(gapSeconds)} s idle`}, the proxy still reuses them.`,
    chain: [`the app closes an idle connection${gapSeconds === undefined ? '' : ` after about ${Math.round(gapSeconds)} s`}`, 'the proxy sends the next request on it', 'the connection is reset before a response', '502/503 now and then'],
  }),
  fix: ({ object }) => ({ summary: `Raise the keep-alive timeout of ${displayId(object)} above the proxy’s idle timeout (or lower the proxy’s below the app’s)`, level: 'advice', patches: [], commands: [] }),
  prove: ({ gapSeconds }) => [{ command: `curl -sv URL --next URL with a pause of ${gapSeconds === undefined ? 'the app’s keep-alive timeout' : `${Math.round(gapSeconds)} s`} on one connection to the Pod`, expect: 'the second request finds the connection closed' }],
});
