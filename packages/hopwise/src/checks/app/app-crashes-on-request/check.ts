// This request makes the process or a worker die before it answers (unhandled exception, segfault, a worker killed for
// taking too long). The connection is closed, and the gateway answers 502 for it.
import { kubectlName } from '../../../base/kubectl-name.ts';
import { displayId } from '../../../base/object-id.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { sameRequest } from '../../../trace/direct-request.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { observedMode, podsOnPath } from '../../../trace/path-queries.ts';
import { type RequestDeath, requestDeath } from '../../../trace/request-deaths.ts';
import type { Certainty, Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Crashes extends Fact {
  readonly death: RequestDeath;
}

export default defineCheck<Crashes>({
  cause: 'app-crashes-on-request',
  reads: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet'],
  since: '0.1.0',
  explains: ['app-returned-error', 'keepalive-idle-race', 'crash-loop', 'invalid-upstream-response'],
  *find({ seen, trace, model }) {
    const mode = observedMode(seen, 'reset', 'refused', 'invalid-response', 'no-live-endpoint', 'passed-on');
    if (!seen.failing || mode === undefined) return;
    const death = requestDeath(podsOnPath(trace), seen);
    if (death === undefined) return;
    const evidence: Evidence[] = [death.evidence, mode.evidence];
    const fine = seen.nearby.findLast((entry) => (entry.status ?? 500) < 500);
    if (fine !== undefined) evidence.push(logEvidence(fine, 'another path of the same app is answered'));
    const cut = mode.mode === 'reset' || mode.mode === 'refused';
    const certainty: Certainty = !cut ? 'likely' : death.sure ? 'proven' : 'strong';
    const modes = ['reset', 'refused', 'invalid-response', 'no-live-endpoint'] as const;
    yield { object: model.controllerOf(death.pod), certainty, modes, evidence, death };
  },
  describe: ({ object, death: { what } }) => ({
    headline: `${displayId(object)}: ${what} while it serves this request`,
    why: `While it serves such a request ${what}, so the connection is closed before a response.`,
    chain: ['the request reaches the app', what, 'the connection is closed without a response', '502'],
  }),
  fix: ({ object, death: { pod, what } }) => ({
    summary: /too long/.test(what)
      ? `Make the work of this request shorter or give the workers of ${displayId(object)} more time for it`
      : `Mend what dies in ${displayId(object)}: its log shows where`,
    level: 'advice',
    patches: [],
    commands: [
      pod.statuses.some((status) => status.restarts > 0)
        ? `kubectl logs -n ${pod.namespace} ${pod.name} --previous --tail=100`
        : `kubectl logs -n ${pod.namespace} ${pod.name} --tail=100`,
    ],
  }),
  prove: ({ object, death: { what } }, { trace }) => [
    {
      command: `kubectl logs ${kubectlName(object)} -f --since=1s & sleep 1; ${sameRequest(trace, ['-s', '-o', '/dev/null', '-w', '%{http_code}\\n'])}; sleep 2; kill $!`,
      expect: `${what} at the moment of the request`,
    },
  ],
});
