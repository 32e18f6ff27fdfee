// The status was made by the app (or its own sidecar or dependency); the gateway only passed it on. Nothing in the routing
// is wrong: the answer is in the application's log.
import { displayId, type ObjectId } from '../../../base/object-id.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { podsOnPath } from '../../../trace/path-queries.ts';
import { pathShape } from '../../../trace/path-shape.ts';
import type { Certainty, Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface PassedOn extends Fact {
  readonly status: number;
}

export default defineCheck<PassedOn>({
  cause: 'app-returned-error',
  reads: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet'],
  since: '0.1.0',
  explains: [],
  *find({ seen, trace, model }) {
    const pod = podsOnPath(trace)[0];
    if (!seen.failing || pod === undefined || seen.status === undefined || seen.status < 400) return;
    const status = seen.status;
    const own = [...seen.app.requests, ...seen.app.access].findLast(
      (entry) =>
        entry.status === status && entry.path !== undefined && pathShape(entry.path) === pathShape(trace.request.path),
    );
    const passed = seen.generatedBy?.hop === 'app';
    if (own === undefined && !passed) return;
    const evidence: Evidence[] = [];
    if (own !== undefined) evidence.push(logEvidence(own, `the app answered ${status} itself`));
    evidence.push(...(passed ? (seen.generatedBy?.evidence ?? []) : []));
    const event = seen.app.events.findLast(
      (entry) => entry.event === 'unhandled-request-error' || entry.event.startsWith('dependency-'),
    );
    if (event !== undefined)
      evidence.push(
        logEvidence(
          event,
          `the app says: ${event.event.replaceAll('-', ' ')}${event.subject === undefined ? '' : ` ${event.subject}`}`,
        ),
      );
    const object: ObjectId = model.controllerOf(pod);
    const certainty: Certainty =
      // An app that is itself a proxy and fails on what lies behind it only passes the trouble on: something deeper is to be found.
      status >= 500 && seen.app.errors.length === 0 && (own !== undefined || passed) ? 'strong' : 'likely';
    yield { object, certainty, modes: ['passed-on'], evidence, status };
  },
  describe: ({ object, status }) => ({
    headline: `${displayId(object)} answers ${status} itself`.slice(0, 80),
    why: `The app made the ${status}; the gateway only passed it on.`,
    chain: ['the request reaches the app', `the app answers ${status}`, 'the gateway passes it on'],
  }),
  fix: ({ object }) => ({
    summary: `See why ${displayId(object)} answers so: its own log and dependencies`,
    level: 'advice',
    patches: [],
    commands: [
      `kubectl logs -n ${object.split('/')[1]} ${object.split('/')[0]?.toLowerCase()}/${object.split('/')[2]} --tail=200`,
    ],
  }),
  prove: ({ object, status }) => [
    {
      command: `kubectl port-forward -n ${object.split('/')[1]} ${object.split('/')[0]?.toLowerCase()}/${object.split('/')[2]} 8080:PORT & curl -i http://localhost:8080/PATH`,
      expect: `${status} without the gateway too`,
    },
  ],
});
