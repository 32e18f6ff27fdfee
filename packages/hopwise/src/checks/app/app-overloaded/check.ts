// The app is saturated: a connection or thread pool exhausted, CPU throttled, a queue full. Requests that need the scarce
// thing wait until a timeout although the Pod is Ready; a longer proxy timeout would not help.
import { displayId } from '../../../base/object-id.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { timeoutEvidence } from '../../../trace/read-timeouts.ts';
import { observedMode, podsOnPath } from '../../../trace/path-queries.ts';
import type { Certainty, Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Overloaded extends Fact {
  readonly scarce: string;
}

export default defineCheck<Overloaded>({
  cause: 'app-overloaded',
  reads: ['Pod', 'Deployment', 'StatefulSet', 'HorizontalPodAutoscaler'],
  since: '0.1.0',
  explains: ['upstream-timeout', 'app-returned-error', 'keepalive-idle-race', 'readiness-probe-failing', 'edge-timeout-mismatch'],
  *find(world) {
    const { seen, trace, model } = world;
    const pod = podsOnPath(trace)[0];
    if (!seen.failing || pod === undefined) return;
    const exhausted = seen.app.events.filter((entry) => entry.event === 'pool-exhausted' || entry.event === 'queue-full');
    const mode = observedMode(seen, 'read-timeout', 'refused', 'reset', 'no-live-endpoint', 'passed-on', 'overflow');
    const timing = timeoutEvidence(world);
    const last = exhausted.at(-1);
    // Slow where it was fast before, with nothing said by the app, is a suspicion only.
    if (last === undefined && !(mode?.mode === 'read-timeout' && timing.wasFast)) return;
    const evidence: Evidence[] = [];
    if (last !== undefined) evidence.push(logEvidence(last, last.subject === undefined ? 'a pool or queue of the app is exhausted' : `${last.subject} is exhausted`, exhausted.length));
    if (mode !== undefined) evidence.push(mode.evidence);
    const fine = seen.nearby.findLast((entry) => (entry.status ?? 500) < 500 && (entry.durationMs ?? 1e9) < 2000 && (entry.time ?? 0) >= (seen.lastFailure ?? 0) - 1_800_000);
    if (fine !== undefined) evidence.push(logEvidence(fine, 'another path of the same app is fast at the same time'));
    const before = seen.access.find((entry) => (entry.status ?? 500) < 500);
    if (timing.wasFast && before !== undefined) evidence.push(logEvidence(before, `the same path took ${((before.durationMs ?? 0) / 1000).toFixed(2)} s before`));
    const recent = last?.time !== undefined && last.time > model.now - 3_600_000;
    const certainty: Certainty = last !== undefined && mode !== undefined && (recent || last.time === undefined) ? 'proven' : last !== undefined ? 'likely' : 'possible';
    yield { object: model.controllerOf(pod), certainty, modes: ['read-timeout', 'refused', 'reset', 'no-live-endpoint', 'passed-on', 'overflow'], evidence, scarce: last?.subject ?? 'a pool, queue or CPU of the app' };
  },
  describe: ({ object, scarce }) => ({
    headline: `${displayId(object)} is saturated: ${scarce}`.slice(0, 80),
    why: `${scarce} is exhausted, so requests that need it wait until a timeout.`,
    chain: [`${scarce} is exhausted`, 'requests that need it wait', 'the gateway gives up', '504/502'],
  }),
  fix: ({ object, scarce }) => {
    const [kind = '', namespace = '', name = ''] = object.split('/');
    return { summary: `Restart ${displayId(object)} to recover; then raise ${scarce}, bound the wait for it, and limit what drains it`, level: 'advice', patches: [], commands: [`kubectl rollout restart ${kind.toLowerCase()}/${name} -n ${namespace}`] };
  },
  prove: ({ object }) => [{ command: `kubectl logs -n ${object.split('/')[1]} ${object.split('/')[0]?.toLowerCase()}/${object.split('/')[2]} --tail=200`, expect: 'the pool or queue lines, growing' }],
});
