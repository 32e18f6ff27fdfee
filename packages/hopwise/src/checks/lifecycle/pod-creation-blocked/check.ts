// The controller is not allowed to create Pods at all: a quota is used up, an admission webhook or Pod Security refuses them,
// the ServiceAccount is missing. There are no Pods, no endpoints, and the gateway answers 503 (some 502) itself.
import { displayId, type ObjectId, splitId } from '../../../base/object-id.ts';
import { matchingMakers } from '../../../trace/intent/meant-workload.ts';
import type { PodMaker } from '../../../trace/intent/pod-makers.ts';
import { brokenPaths, citeEndpoints, gradeVia } from '../../../trace/lifecycle/outages.ts';
import { refusalOf } from '../../../trace/lifecycle/pod-creation.ts';
import type { Refusal } from '../../../trace/lifecycle/refusal.ts';
import type { Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Blocked extends Fact {
  readonly ending: readonly string[];
  readonly workload: ObjectId;
  readonly refusal: Refusal;
}

export default defineCheck<Blocked>({
  cause: 'pod-creation-blocked',
  reads: [
    'Service',
    'Pod',
    'Event',
    'Deployment',
    'ReplicaSet',
    'StatefulSet',
    'DaemonSet',
    'ResourceQuota',
    '*ServiceAccount',
    '*ValidatingWebhookConfiguration',
    '*MutatingWebhookConfiguration',
  ],
  since: '0.1.0',
  explains: [
    'no-ready-endpoints',
    'stale-endpoints',
    'readiness-probe-failing',
    'crash-loop',
    'app-returned-error',
    'upstream-timeout',
  ],
  *find(world) {
    const { model } = world;
    if (model.manifestsOnly) return;
    for (const outage of brokenPaths(world)) {
      const makers = matchingMakers(model, outage.service).filter((maker): maker is PodMaker => maker.replicas > 0);
      for (const maker of makers) {
        // Pods that exist tell their own story; the refusal then concerns only the missing ones.
        if (outage.live.some((pod) => model.controllerOf(pod) === maker.object)) continue;
        const refusal = refusalOf(model, maker);
        if (refusal === undefined) continue;
        yield {
          object: refusal.object,
          certainty: gradeVia(outage, refusal.sure ? 'proven' : 'likely'),
          modes: outage.modes,
          partial: outage.partial,
          evidence: [...refusal.evidence, citeEndpoints(outage), ...(outage.via?.evidence ?? [])],
          ending: outage.ending,
          workload: maker.object,
          refusal,
        };
      }
    }
  },
  describe: ({ object, ending, workload, refusal }) => ({
    headline:
      object === workload
        ? `${displayId(workload)} may not create Pods: ${refusal.short}`
        : `${displayId(object)} keeps ${splitId(workload).name} from creating Pods`,
    why: `${displayId(workload)} has no Pods because creating them is refused: ${refusal.message.slice(0, 200)}`,
    chain: [refusal.short, `${displayId(workload)} cannot create Pods`, ...ending],
  }),
  fix: ({ object, refusal }) => ({
    summary: refusal.remedy(displayId(object)),
    level: refusal.patch === undefined ? 'advice' : 'review',
    patches: refusal.patch === undefined ? [] : [{ object, type: 'merge', patch: refusal.patch }],
    commands: refusal.commands ?? [],
  }),
  prove({ workload }) {
    const { namespace, name } = splitId(workload);
    return [
      {
        command: `kubectl get events -n ${namespace} --field-selector reason=FailedCreate`,
        expect: `Error creating: pods "${name}-…" is forbidden`,
      },
    ];
  },
});
