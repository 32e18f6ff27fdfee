// A container cannot be made from its own specification: a ConfigMap, Secret, key or volume it asks for is not there, or the
// kubelet refuses its settings. No Pod starts, the Service has no ready endpoint, the gateway answers 503 (some 502) itself.
import { pointerOf } from '../../../base/json-pointer.ts';
import { displayId, idOf, objectId, splitId } from '../../../base/object-id.ts';
import { blameMissing, type MissingBlame, missingOnPath } from '../../../trace/lifecycle/missing-blame.ts';
import { type MissingConfig, parseMissing } from '../../../trace/lifecycle/missing-config.ts';
import { gradeVia } from '../../../trace/lifecycle/outages.ts';
import { pathTroubles } from '../../../trace/lifecycle/path-troubles.ts';
import type { Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Unmakeable extends Fact {
  readonly ending: readonly string[];
  readonly owner: string;
  readonly message: string;
  readonly missing: MissingConfig | undefined;
  readonly blame: MissingBlame | undefined;
  readonly pod: { readonly namespace: string; readonly name: string } | undefined;
}

export default defineCheck<Unmakeable>({
  cause: 'container-config-error',
  reads: [
    'Service',
    'EndpointSlice',
    'Pod',
    'Event',
    'ConfigMap',
    'Secret',
    'Deployment',
    'StatefulSet',
    'DaemonSet',
    'ReplicaSet',
  ],
  since: '0.1.0',
  explains: [
    'no-ready-endpoints',
    'readiness-probe-failing',
    'crash-loop',
    'stale-endpoints',
    'app-returned-error',
    'upstream-timeout',
  ],
  *find(world) {
    const { model } = world;
    for (const trouble of pathTroubles(world, 'config')) {
      const { first, workload } = trouble;
      const message = first.message ?? 'the container cannot be created';
      const missing = parseMissing(message, first.pod.spec);
      const blame =
        missing === undefined || workload === undefined ? undefined : blameMissing(model, workload, missing);
      const alone = missing === undefined ? trouble.object : objectId(missing.kind, first.pod.namespace, missing.name);
      yield {
        object: blame?.object ?? alone,
        certainty: gradeVia(trouble, first.sure && blame?.sure !== false ? 'proven' : 'likely'),
        modes: trouble.modes,
        partial: trouble.partial,
        ending: trouble.ending,
        evidence: [...first.evidence, ...(blame?.evidence ?? []), ...trouble.evidence],
        owner: displayId(trouble.object),
        message,
        missing,
        blame,
        pod: first.pod,
      };
    }
    // Nothing ran yet, but a key that the manifests' own ConfigMap or Secret lacks will keep the container from starting.
    for (const { owner, missing } of model.manifestsOnly ? missingOnPath(model, world.trace) : []) {
      const blame = blameMissing(model, owner, missing);
      const message = `${nameOf(missing)} is not there`;
      yield {
        object: blame.object,
        certainty: 'strong',
        modes: ['no-endpoints', 'no-live-endpoint'],
        ending: ['the Service will have no ready endpoint'],
        evidence: blame.evidence,
        owner: displayId(idOf(owner)),
        message,
        missing,
        blame,
        pod: undefined,
      };
    }
  },
  describe({ object, ending, owner, message, missing, blame }) {
    const what = missing === undefined ? 'its container cannot be created' : nameOf(missing);
    return {
      headline:
        missing === undefined || splitId(object).kind !== missing.kind
          ? `${displayId(object)} ${missing === undefined ? 'has a container that cannot be created' : `asks for ${what}`}`
          : `${displayId(object)} ${missing.key === undefined ? 'does not exist' : `lacks the key ${missing.key}`}`,
      why: `${owner} cannot start: ${message.slice(0, 200)}${blame?.meant === undefined ? '' : ` (${blame.meant} exists)`}.`,
      chain: [
        missing === undefined ? message.slice(0, 120) : `${what} is not there`,
        'the containers are never created',
        ...ending,
      ],
    };
  },
  fix({ object, missing, blame }) {
    if (missing === undefined)
      return {
        summary: `Correct what the kubelet refuses in ${displayId(object)}`,
        level: 'advice',
        patches: [],
        commands: [],
      };
    const { reference, meant } = blame ?? {};
    const field = missing.key === undefined ? reference?.nameField : reference?.keyField;
    const path = field === undefined ? undefined : pointerOf(field);
    if (splitId(object).kind !== missing.kind && meant !== undefined && path !== undefined)
      return {
        summary: `Let ${displayId(object)} ask for ${meant}`,
        level: 'review',
        patches: [{ object, type: 'json', patch: [{ op: 'replace', path, value: meant }] }],
        commands: [],
      };
    const { namespace } = splitId(object);
    const target = `${missing.kind} ${namespace}/${missing.name}`;
    return {
      summary:
        missing.key === undefined
          ? `Create ${target}, or ask for one that exists`
          : `Add the key ${missing.key} to ${target}`,
      level: 'advice',
      patches: [],
      commands: [
        `kubectl get ${missing.kind.toLowerCase()} -n ${namespace}`,
        ...(meant === undefined ? [] : [`${meant} exists and has nearly that name`]),
      ],
    };
  },
  prove: ({ pod }) => {
    if (pod === undefined) return [];
    const command = `kubectl describe pod ${pod.name} -n ${pod.namespace}`;
    return [{ command, expect: 'CreateContainerConfigError or FailedMount' }];
  },
});

function nameOf({ kind, name, key }: MissingConfig): string {
  return key === undefined ? `${kind} ${name}` : `key ${key} of ${kind} ${name}`;
}
