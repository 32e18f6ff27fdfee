// The container exits by itself, again and again: a missing variable, a wrong command, an exception. Between restarts nobody
// listens, the Pod is not ready, and the gateway answers 503 (no endpoint) or 502 (refused, reset) itself.
import { displayId, type ObjectId, objectId } from '../../../base/object-id.ts';
import { cutsByRestart } from '../../../trace/lifecycle/cut-by-restart.ts';
import { formerContainer } from '../../../trace/lifecycle/former-template.ts';
import { type LastWord, lastWord } from '../../../trace/lifecycle/last-words.ts';
import { gradeVia } from '../../../trace/lifecycle/outages.ts';
import { pathTroubles, type WorkloadTrouble } from '../../../trace/lifecycle/path-troubles.ts';
import { endText } from '../../../trace/lifecycle/restarts.ts';
import { setInContainer } from '../../../trace/lifecycle/template-patch.ts';
import type { Fact, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Crash extends Fact {
  readonly trouble: WorkloadTrouble;
  readonly how: string;
  readonly word: LastWord | undefined;
}

/** Exit codes that say more than "it failed" (POSIX shell and runtime conventions). */
const CODES = new Map([
  [126, 'its command is not executable'],
  [127, 'its command does not exist'],
  [128, 'its command cannot be started'],
  [134, 'it aborted'],
  [139, 'segmentation fault'],
]);

export default defineCheck<Crash>({
  cause: 'crash-loop',
  reads: [
    'Service',
    'EndpointSlice',
    'Pod',
    'Event',
    'ConfigMap',
    'Deployment',
    'StatefulSet',
    'DaemonSet',
    'ReplicaSet',
  ],
  since: '0.1.0',
  explains: [
    'no-ready-endpoints',
    'readiness-probe-failing',
    'stale-endpoints',
    'app-returned-error',
    'upstream-timeout',
    'target-port-mismatch',
    'readiness-too-permissive',
  ],
  *find(world) {
    for (const trouble of [...pathTroubles(world, 'crash'), ...cutsByRestart(world, 'crash')]) {
      const { first } = trouble;
      const { container, status } = first;
      if (container === undefined || status === undefined) continue;
      const ended = status.state.kind === 'terminated' ? status.state : status.last;
      const word = lastWord(world.observations, first.pod, container, ended);
      const how = ended === undefined ? 'ends' : (CODES.get(ended.exitCode ?? -1) ?? endText(ended));
      yield {
        object: configFile(world, trouble, word) ?? trouble.object,
        certainty: gradeVia(trouble, trouble.partial || !first.sure ? 'likely' : 'proven'),
        modes: [...trouble.modes, 'refused', 'reset'],
        partial: trouble.partial,
        evidence: [...first.evidence, ...(word === undefined ? [] : [word.evidence]), ...trouble.evidence],
        trouble,
        how,
        word,
      };
    }
  },
  describe: ({ object, trouble, how, word }) => ({
    headline:
      object === trouble.object
        ? `${displayId(object)} crashes: ${how}`
        : `${displayId(object)} makes ${displayId(trouble.object)} exit`,
    why: `Container ${trouble.first.container?.name} ends by itself (${how}${word?.subject === undefined ? '' : `, ${word.event}: ${word.subject}`}), so nothing answers on its port.`,
    chain: [
      word === undefined
        ? `the process ends (${how})`
        : `${word.event.replaceAll('-', ' ')} ${word.subject ?? ''}`.trim(),
      'the container restarts again and again',
      'the Pod is not ready',
      ...trouble.ending,
    ],
  }),
  fix({ object, trouble, word }, { model }) {
    const { workload, first } = trouble;
    const { container, pod } = first;
    if (workload !== undefined && container !== undefined && object === trouble.object) {
      // An earlier revision ran another command or image: going back is the quickest repair.
      const former = formerContainer(model, workload, container, (entry) => [entry.image, entry.command, entry.args]);
      const operations = (['image', 'command', 'args'] as const).flatMap((field) => {
        const value = former?.container[field];
        if (value === undefined || JSON.stringify(value) === JSON.stringify(container[field])) return [];
        return setInContainer(workload, container, field, typeof value === 'string' ? value : [...value]) ?? [];
      });
      if (operations.length > 0)
        return {
          summary: `Go back to what revision ${former?.former.revision} of ${displayId(object)} ran`,
          level: 'review',
          patches: [{ object, type: 'json', patch: operations }],
          commands: [`kubectl rollout undo deployment/${workload.name} -n ${workload.namespace}`],
        };
    }
    return {
      summary:
        word?.subject === undefined
          ? `Correct what ends the process of ${displayId(object)}`
          : `Correct ${word.subject} for ${displayId(object)} (${word.event.replaceAll('-', ' ')})`,
      level: 'advice',
      patches: [],
      commands: [`kubectl logs ${pod.name} -n ${pod.namespace} -c ${container?.name} --previous`],
    };
  },
  prove: ({ trouble: { first } }) => [
    {
      command: `kubectl logs ${first.pod.name} -n ${first.pod.namespace} -c ${first.container?.name} --previous --tail=20`,
      expect: 'the last lines before the end',
    },
    {
      command: `kubectl get pod ${first.pod.name} -n ${first.pod.namespace}`,
      expect: 'CrashLoopBackOff, restarts growing',
    },
  ],
});

/** A configuration file the app refuses, when it comes from a ConfigMap: that is what to change. */
function configFile({ model }: World, { first }: WorkloadTrouble, word: LastWord | undefined): ObjectId | undefined {
  const { pod, container } = first;
  if (container === undefined || (word?.event !== 'config-invalid' && word?.event !== 'config-rejected'))
    return undefined;
  const file = /\/[^\s:"']{2,300}/.exec(`${word.subject ?? ''} ${word.evidence.text}`)?.[0];
  if (file === undefined) return undefined;
  const mount = container.mounts.find((entry) => entry.path.length > 1 && file.startsWith(entry.path));
  const volume = pod.spec.volumes.find((entry) => entry.name === mount?.name && entry.kind === 'ConfigMap');
  if (volume?.source === undefined || model.get('ConfigMap', pod.namespace, volume.source).state !== 'found')
    return undefined;
  return objectId('ConfigMap', pod.namespace, volume.source);
}
