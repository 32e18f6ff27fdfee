// The container reaches its memory limit and the kernel kills it: requests in flight are cut (502, reset), and while it is
// down or in back-off nothing answers (503, refused).
import { displayId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import { containerPath } from '../../../trace/lifecycle/container-place.ts';
import { cutsByRestart } from '../../../trace/lifecycle/cut-by-restart.ts';
import { formerContainer } from '../../../trace/lifecycle/former-template.ts';
import { gradeVia } from '../../../trace/lifecycle/outages.ts';
import { pathTroubles, type WorkloadTrouble } from '../../../trace/lifecycle/path-troubles.ts';
import { setInContainer } from '../../../trace/lifecycle/template-patch.ts';
import type { Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Killed extends Fact {
  readonly trouble: WorkloadTrouble;
  readonly limit: string | undefined;
}

export default defineCheck<Killed>({
  cause: 'oom-killed',
  reads: ['Service', 'EndpointSlice', 'Pod', 'Event', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'],
  since: '0.1.0',
  explains: [
    'no-ready-endpoints',
    'crash-loop',
    'readiness-probe-failing',
    'liveness-restarts',
    'stale-endpoints',
    'app-returned-error',
    'upstream-timeout',
    'readiness-too-permissive',
    'app-crashes-on-request',
  ],
  *find(world) {
    for (const trouble of [...pathTroubles(world, 'oom'), ...cutsByRestart(world, 'oom')]) {
      const { first, workload } = trouble;
      const { container } = first;
      if (container === undefined) continue;
      const limit = container.limits.memory;
      const owner = workload ?? first.pod;
      const path = `${containerPath(owner, first.pod.spec, container)}.resources.limits.memory`;
      yield {
        object: trouble.object,
        certainty: gradeVia(trouble, 'proven'),
        modes: [...trouble.modes, 'refused', 'reset'],
        partial: trouble.partial,
        evidence: [
          ...first.evidence,
          ...(limit === undefined
            ? []
            : [citeField(owner, path, `memory limit of container ${container.name} is ${limit}`, limit)]),
          ...trouble.evidence,
        ],
        trouble,
        limit,
      };
    }
  },
  describe: ({ object, limit, trouble }) => ({
    headline: `${displayId(object)} is killed for memory${limit === undefined ? '' : ` (limit ${limit})`}`,
    why: `Container ${trouble.first.container?.name} is OOMKilled${limit === undefined ? '' : ` at its limit of ${limit}`}; requests to it are cut or find nobody.`,
    chain: [
      'the container needs more memory than it may have',
      'the kernel kills it',
      'its requests are cut and its port is closed until it is back',
      ...trouble.ending,
    ],
  }),
  fix({ object, trouble, limit }, { model }) {
    const { workload, first } = trouble;
    const former =
      workload === undefined || first.container === undefined
        ? undefined
        : formerContainer(model, workload, first.container, (entry) => entry.limits.memory)?.container.limits.memory;
    const raised = limit === undefined ? undefined : (former ?? doubled(limit));
    const operation =
      workload === undefined || first.container === undefined || raised === undefined
        ? undefined
        : setInContainer(workload, first.container, 'resources.limits.memory', raised);
    if (operation === undefined)
      return {
        summary: `Give ${displayId(object)} more memory, or make it use less`,
        level: 'advice',
        patches: [],
        commands: [`kubectl top pod -n ${first.pod.namespace} --containers`],
      };
    return {
      summary: `Set the memory limit of ${displayId(object)} to ${raised} instead of ${limit}`,
      level: 'review',
      patches: [{ object, type: 'json', patch: [operation] }],
      commands: ['look at what it really needs (kubectl top pod --containers), and whether it leaks'],
    };
  },
  prove: ({ trouble: { first } }) => [
    {
      command: `kubectl get pod ${first.pod.name} -n ${first.pod.namespace} -o jsonpath='{.status.containerStatuses[*].lastState.terminated.reason}'`,
      expect: 'OOMKilled',
    },
  ],
});

/** Twice a Kubernetes quantity, in the same unit; undefined for a form that nobody writes for memory. */
function doubled(quantity: string): string | undefined {
  const match = /^(\d{1,12})(Ki|Mi|Gi|Ti|k|M|G|T)?$/.exec(quantity);
  return match === null ? undefined : `${Number(match[1]) * 2}${match[2] ?? ''}`;
}
