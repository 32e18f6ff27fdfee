// The kubelet kills containers because their liveness or startup probe fails, though the process worked or was still starting.
// Each kill cuts requests (502, reset) and closes the port until the container is back (503, refused).
import { displayId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Container, Probe } from '../../../model/kinds/pod.ts';
import { containerPath } from '../../../trace/lifecycle/container-place.ts';
import { unhealthyEvents } from '../../../trace/lifecycle/container-trouble.ts';
import { cutsByRestart } from '../../../trace/lifecycle/cut-by-restart.ts';
import { behindApp } from '../../../trace/lifecycle/dependency-outages.ts';
import { gradeVia } from '../../../trace/lifecycle/outages.ts';
import { pathTroubles, type WorkloadTrouble } from '../../../trace/lifecycle/path-troubles.ts';
import { adviseProbe } from '../../../trace/lifecycle/probe-advice.ts';
import type { ProbeAdvice } from '../../../trace/lifecycle/probe-question.ts';
import { probeText } from '../../../trace/lifecycle/probe-text.ts';
import { setInContainer } from '../../../trace/lifecycle/template-patch.ts';
import type { Fact, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Restarted extends Fact {
  readonly trouble: WorkloadTrouble;
  readonly role: 'liveness' | 'startup';
  readonly probe: Probe;
  readonly advice: ProbeAdvice | undefined;
  readonly message: string | undefined;
}

export default defineCheck<Restarted>({
  cause: 'liveness-restarts',
  reads: ['Service', 'EndpointSlice', 'Pod', 'Event', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'],
  since: '0.1.0',
  explains: [
    'no-ready-endpoints',
    'crash-loop',
    'readiness-probe-failing',
    'stale-endpoints',
    'app-returned-error',
    'upstream-timeout',
    'readiness-too-permissive',
  ],
  *find(world) {
    for (const trouble of [...pathTroubles(world, 'liveness'), ...cutsByRestart(world, 'liveness')]) {
      const { first, workload, port } = trouble;
      const { container, pod } = first;
      const asked = container === undefined ? undefined : failingProbe(world, trouble, container);
      if (container === undefined || asked === undefined) continue;
      const { role, probe, message } = asked;
      const advice = adviseProbe({
        facts: trouble.via === undefined ? world : behindApp(world, trouble.path),
        pod,
        container,
        role,
        probe,
        message,
        service: port,
        workload,
      });
      const owner = workload ?? pod;
      yield {
        object: trouble.object,
        certainty: gradeVia(trouble, first.sure ? 'proven' : advice?.wrong === true ? 'strong' : 'likely'),
        modes: [...trouble.modes, 'refused', 'reset'],
        partial: trouble.partial,
        evidence: [
          citeField(
            owner,
            `${containerPath(owner, pod.spec, container)}.${role}Probe`,
            `${role} probe: ${probeText(probe)}`,
          ),
          ...first.evidence,
          ...(advice?.evidence ?? []),
          ...trouble.evidence,
        ],
        trouble,
        role,
        probe,
        advice,
        message,
      };
    }
  },
  describe: ({ object, trouble, role, probe, advice, message }) => ({
    headline: `The ${role} probe of ${displayId(object)} kills its containers`,
    why: `The ${role} probe of container ${trouble.first.container?.name} (${probeText(probe)}) ${advice?.text ?? `fails${message === undefined ? '' : `: ${message.slice(0, 160)}`}`}, so the kubelet kills and restarts it.`,
    chain: [
      `the ${role} probe ${advice?.text ?? 'fails'}`,
      'the kubelet kills the container',
      'nothing answers until it is back',
      ...trouble.ending,
    ],
  }),
  fix({ object, trouble, role, probe, advice }) {
    const { workload, first } = trouble;
    const field = advice?.field ?? (role === 'startup' ? 'failureThreshold' : 'timeoutSeconds');
    // Nothing says what it should be: a probe that waits longer kills fewer working containers.
    const value =
      advice?.value ?? (role === 'startup' ? probe.failureThreshold * 4 : Math.max(5, probe.timeoutSeconds * 3));
    const operation =
      workload === undefined || first.container === undefined || (advice?.wrong === true && advice.value === undefined)
        ? undefined
        : setInContainer(workload, first.container, `${role}Probe.${field}`, value);
    const commands = [
      `kubectl logs ${first.pod.name} -n ${first.pod.namespace} -c ${first.container?.name} --previous --tail=50`,
    ];
    if (operation === undefined)
      return { summary: `Correct the ${role} probe of ${displayId(object)}`, level: 'advice', patches: [], commands };
    return {
      summary: `Set ${field} of the ${role} probe of ${displayId(object)} to ${String(value)}`,
      level: 'review',
      patches: [{ object, type: 'json', patch: [operation] }],
      commands: advice?.value === undefined ? ['give slow starters a startupProbe', ...commands] : [],
    };
  },
  prove: ({ role, trouble: { first } }) => [
    {
      command: `kubectl describe pod ${first.pod.name} -n ${first.pod.namespace}`,
      expect: `Container ${first.container?.name} failed ${role} probe, will be restarted`,
    },
  ],
});

/** Which of the two killing probes fails, and what it said last. */
function failingProbe(
  { model }: World,
  { first }: WorkloadTrouble,
  container: Container,
): { readonly role: 'liveness' | 'startup'; readonly probe: Probe; readonly message: string | undefined } | undefined {
  const startup = container.startup === undefined ? undefined : unhealthyEvents(model, first.pod, 'Startup').at(-1);
  const liveness = container.liveness === undefined ? undefined : unhealthyEvents(model, first.pod, 'Liveness').at(-1);
  const unstarted = first.status?.started === false && liveness === undefined;
  if (
    container.startup !== undefined &&
    (container.liveness === undefined || unstarted || (startup?.last ?? 0) > (liveness?.last ?? 0))
  )
    return { role: 'startup', probe: container.startup, message: startup?.message };
  return container.liveness === undefined
    ? undefined
    : { role: 'liveness', probe: container.liveness, message: liveness?.message };
}
