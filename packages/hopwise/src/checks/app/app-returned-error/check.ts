// The status was made by the app (or its own sidecar or dependency); the gateway only passed it on. Nothing in the routing
// is wrong: the answer is in the application's log.
import { kubectlName } from '../../../base/kubectl-name.ts';
import { displayId } from '../../../base/object-id.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { directRequest } from '../../../trace/direct-request.ts';
import { type DownDependency, downDependencies } from '../../../trace/lifecycle/dependency-outages.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { nearFailure } from '../../../trace/near-failure.ts';
import { podsOnPath, resolvedBackends } from '../../../trace/path-queries.ts';
import { pathShape } from '../../../trace/path-shape.ts';
import type { Certainty, Fact, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface PassedOn extends Fact {
  readonly status: number;
  readonly down: DownDependency | undefined;
}

export default defineCheck<PassedOn>({
  cause: 'app-returned-error',
  reads: [
    'Pod',
    'Deployment',
    'StatefulSet',
    'DaemonSet',
    'Service',
    'EndpointSlice',
    'Endpoints',
    'ConfigMap',
    'Namespace',
  ],
  since: '0.1.0',
  explains: [],
  *find(world) {
    const { seen, trace, model } = world;
    const pod = podsOnPath(trace)[0];
    if (!seen.failing || pod === undefined || seen.status === undefined || seen.status < 400) return;
    const { status } = seen;
    const own = [...seen.app.requests, ...seen.app.access].findLast(
      (entry) =>
        entry.status === status &&
        entry.path !== undefined &&
        pathShape(entry.path) === pathShape(trace.request.path) &&
        nearFailure(seen, entry.time),
    );
    const passed = seen.generatedBy?.hop === 'app' ? seen.generatedBy : undefined;
    if (own === undefined && passed === undefined) return;
    const [down] = downDependencies(world);
    const evidence: Evidence[] = [
      ...(own === undefined ? [] : [logEvidence(own, `the app answered ${status} itself`)]),
      ...(passed?.evidence ?? []),
      ...(down?.evidence ?? appSays(world)),
    ];
    // A 4xx is what apps say to requests they do not want: whether anything is wrong is not theirs to tell. Where the app was
    // not heard, or fails on something behind it, a deeper cause may hide behind its answer.
    const certainty: Certainty =
      status < 500 ? 'possible' : own !== undefined && !failsBehind(world) ? 'strong' : 'likely';
    yield { object: model.controllerOf(pod), certainty, modes: ['passed-on'], evidence, status, down };
  },
  describe: ({ object, status, down }) => ({
    headline: `${displayId(object)} answers ${status} itself`,
    why: `The app made the ${status}; the gateway only passed it on${down === undefined ? '' : `. It cannot reach Service ${down.service.namespace}/${down.service.name}, which has no ready endpoint`}.`,
    chain: [
      'the request reaches the app',
      ...(down === undefined ? [] : [`Service ${down.service.namespace}/${down.service.name} has nobody to answer it`]),
      `the app answers ${status}`,
      'the gateway passes it on',
    ],
  }),
  fix: ({ object, down }) => {
    const culprit = down?.workload ?? object;
    return {
      summary:
        down === undefined
          ? `See why ${displayId(object)} answers so: its own log and dependencies`
          : `Bring ${displayId(culprit)} back: ${displayId(object)} depends on it`,
      level: 'advice',
      patches: [],
      commands: [`kubectl logs ${kubectlName(culprit)} --tail=200`],
    };
  },
  prove(fact, { trace }) {
    const backend = resolvedBackends(trace)[0];
    if (backend === undefined) return [];
    const flags = ['-s', '-o', '/dev/null', '-w', '%{http_code}\\n'];
    return [
      {
        command: directRequest(trace, backend.service, backend.port, { scheme: 'http', flags }),
        expect: `${fact.status} without the gateway too`,
      },
    ];
  },
});

/** The app or its proxy cannot reach something it needs: why is not this cause's to say. */
function failsBehind({ seen }: World): boolean {
  return (
    seen.app.errors.some((entry) => nearFailure(seen, entry.time)) ||
    seen.app.events.some((entry) => entry.event.startsWith('dependency-') && nearFailure(seen, entry.time))
  );
}

/** The app's own words that fit: what it failed on, or what its proxy failed on. */
function appSays({ seen }: World): readonly Evidence[] {
  const event = seen.app.events.findLast(
    (entry) =>
      (entry.event === 'unhandled-request-error' || entry.event.startsWith('dependency-')) &&
      nearFailure(seen, entry.time),
  );
  const error = seen.app.errors.findLast((entry) => nearFailure(seen, entry.time));
  return [
    ...(event === undefined
      ? []
      : [logEvidence(event, `the app says: ${event.event.replaceAll('-', ' ')} ${event.subject ?? ''}`.trim())]),
    ...(error === undefined ? [] : [logEvidence(error, `the proxy in the Pod says: ${error.phrase}`)]),
  ];
}
