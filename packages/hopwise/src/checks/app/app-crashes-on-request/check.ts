// This request makes the process or a worker die before it answers (unhandled exception, segfault, a worker killed for
// taking too long). The connection is closed, and the gateway answers 502 for it.
import { displayId } from '../../../base/object-id.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { observedMode, podsOnPath } from '../../../trace/path-queries.ts';
import type { Certainty, Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Crashes extends Fact {
  readonly what: string;
}

export default defineCheck<Crashes>({
  cause: 'app-crashes-on-request',
  reads: ['Pod', 'Deployment', 'StatefulSet'],
  since: '0.1.0',
  explains: ['app-returned-error', 'keepalive-idle-race', 'crash-loop', 'invalid-upstream-response'],
  *find({ seen, trace, model }) {
    const mode = observedMode(seen, 'reset', 'refused', 'invalid-response', 'no-live-endpoint', 'passed-on');
    const pod = podsOnPath(trace)[0];
    if (!seen.failing || mode === undefined || pod === undefined) return;
    const died = seen.app.events.filter((entry) => entry.event === 'crash' || entry.event === 'worker-killed' || entry.event === 'out-of-memory');
    // The death must fall together with a failure: within a few seconds, or without times on the same path.
    const failures = [...seen.access.filter((entry) => (entry.status ?? 0) >= 500), ...seen.errors].flatMap((entry) => entry.time ?? []);
    const matching = died.filter((entry) => entry.time === undefined ? entry.path !== undefined : failures.some((time) => Math.abs(time - (entry.time as number)) <= 5000));
    const last = matching.at(-1);
    if (last === undefined) return;
    const evidence: Evidence[] = [logEvidence(last, describeDeath(last.event), matching.length), mode.evidence];
    const certainty: Certainty = mode.mode === 'reset' || mode.mode === 'refused' ? (matching.length > 1 || failures.length <= 1 ? 'proven' : 'strong') : 'likely';
    yield { object: model.controllerOf(pod), certainty, modes: ['reset', 'refused', 'invalid-response', 'no-live-endpoint'], evidence, what: describeDeath(last.event) };
  },
  describe: ({ object, what }) => ({
    headline: `${displayId(object)}: ${what} while it serves this request`.slice(0, 80),
    why: `${what}, so the connection is closed before a response.`,
    chain: ['the request reaches the app', what, 'the connection is closed without a response', '502'],
  }),
  fix: ({ object }) => ({ summary: `Mend what dies in ${displayId(object)}: its log shows where`, level: 'advice', patches: [], commands: [`kubectl logs -n ${object.split('/')[1]} ${object.split('/')[0]?.toLowerCase()}/${object.split('/')[2]} --previous --tail=100`] }),
  prove: ({ object }) => [{ command: `kubectl logs -n ${object.split('/')[1]} ${object.split('/')[0]?.toLowerCase()}/${object.split('/')[2]} -f   # while the request is repeated`, expect: 'the crash or the killed worker at the moment of the request' }],
});

function describeDeath(event: string): string {
  return event === 'worker-killed' ? 'a worker is killed for taking too long' : event === 'out-of-memory' ? 'the process runs out of memory' : 'the process crashes';
}
