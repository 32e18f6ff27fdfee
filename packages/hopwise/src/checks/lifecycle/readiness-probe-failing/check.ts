// The Pods run, but their readiness probe does not pass: wrong path, port, scheme or timeout, or the app says it cannot serve.
// Unready Pods leave the Service, and the gateway, without endpoints, answers 503 (some 502) itself.
import { displayId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { Probe } from '../../../model/kinds/pod.ts';
import { containerPath } from '../../../trace/lifecycle/container-place.ts';
import { behindApp } from '../../../trace/lifecycle/dependency-outages.ts';
import { lastWord } from '../../../trace/lifecycle/last-words.ts';
import { gradeVia } from '../../../trace/lifecycle/outages.ts';
import { pathTroubles, type WorkloadTrouble } from '../../../trace/lifecycle/path-troubles.ts';
import { adviseProbe } from '../../../trace/lifecycle/probe-advice.ts';
import type { ProbeAdvice } from '../../../trace/lifecycle/probe-question.ts';
import { probeText } from '../../../trace/lifecycle/probe-text.ts';
import { setInContainer } from '../../../trace/lifecycle/template-patch.ts';
import type { Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Failing extends Fact {
  readonly trouble: WorkloadTrouble;
  readonly role: 'readiness' | 'startup';
  readonly probe: Probe;
  readonly advice: ProbeAdvice | undefined;
}

export default defineCheck<Failing>({
  cause: 'readiness-probe-failing',
  reads: ['Service', 'EndpointSlice', 'Pod', 'Event', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'],
  since: '0.1.0',
  explains: ['no-ready-endpoints', 'stale-endpoints', 'app-returned-error', 'upstream-timeout'],
  *find(world) {
    for (const trouble of pathTroubles(world, 'readiness')) {
      const { first, workload, port } = trouble;
      const { container, status, pod } = first;
      if (container === undefined) continue;
      const role = status?.started === false && container.startup !== undefined ? 'startup' : 'readiness';
      const probe = container[role];
      if (probe === undefined) continue;
      const advice = adviseProbe({
        facts: trouble.via === undefined ? world : behindApp(world, trouble.path),
        pod,
        container,
        role,
        probe,
        message: first.message,
        service: port,
        workload,
      });
      const owner = workload ?? pod;
      const path = `${containerPath(owner, pod.spec, container)}.${role}Probe`;
      const word = advice?.wrong === true ? undefined : lastWord(world.observations, pod, container, undefined);
      const evidence: Evidence[] = [
        citeField(owner, path, `${role} probe: ${probeText(probe)}`),
        ...first.evidence,
        ...(advice?.evidence ?? []),
        ...(word === undefined ? [] : [word.evidence]),
        ...trouble.evidence,
      ];
      yield {
        object: trouble.object,
        certainty: gradeVia(trouble, first.sure || advice?.wrong === true ? 'proven' : 'likely'),
        modes: trouble.modes,
        partial: trouble.partial,
        evidence,
        trouble,
        role,
        probe,
        advice,
      };
    }
  },
  describe: ({ object, trouble, role, probe, advice }) => ({
    headline: `The ${role} probe of ${displayId(object)} fails`,
    why: `The ${role} probe of container ${trouble.first.container?.name} (${probeText(probe)}) ${advice?.text ?? `does not pass${trouble.first.message === undefined ? '' : `: ${trouble.first.message.slice(0, 160)}`}`}, so its Pods get no requests.`,
    chain: [`the ${role} probe ${advice?.text ?? 'does not pass'}`, 'the Pods stay unready', ...trouble.ending],
  }),
  fix({ object, trouble, role, advice }) {
    const { workload, first } = trouble;
    const operation =
      workload === undefined ||
      first.container === undefined ||
      advice?.field === undefined ||
      advice.value === undefined
        ? undefined
        : setInContainer(workload, first.container, `${role}Probe.${advice.field}`, advice.value);
    if (operation === undefined || advice === undefined)
      return {
        summary: `Make the ${role} probe of ${displayId(object)} pass`,
        level: 'advice',
        patches: [],
        commands: [`kubectl logs ${first.pod.name} -n ${first.pod.namespace} -c ${first.container?.name} --tail=50`],
      };
    return {
      summary: `Set ${advice.field} of the ${role} probe of ${displayId(object)} to ${String(advice.value)}`,
      level: 'review',
      patches: [{ object, type: 'json', patch: [operation] }],
      commands: [],
    };
  },
  prove: ({ trouble: { first } }) => [
    {
      command: `kubectl describe pod ${first.pod.name} -n ${first.pod.namespace}`,
      expect: `Unhealthy events: ${(first.message ?? 'Readiness probe failed').slice(0, 120)}`,
    },
  ],
});
