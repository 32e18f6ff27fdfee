// The kubelet cannot get a container's image (wrong name or tag, no access, registry out of reach), so no Pod of the workload
// starts. The Service has no ready endpoint, and the gateway answers 503 (some 502) itself.
import { displayId } from '../../../base/object-id.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { Container } from '../../../model/kinds/pod.ts';
import type { Workload } from '../../../model/kinds/workload.ts';
import { formerContainer } from '../../../trace/lifecycle/former-template.ts';
import { neighbourImage } from '../../../trace/lifecycle/neighbour-tag.ts';
import { gradeVia } from '../../../trace/lifecycle/outages.ts';
import { pathTroubles, type WorkloadTrouble } from '../../../trace/lifecycle/path-troubles.ts';
import { setInContainer } from '../../../trace/lifecycle/template-patch.ts';
import type { Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface NotPulled extends Fact {
  readonly trouble: WorkloadTrouble;
  readonly image: string;
  readonly why: Why;
  /** An image that worked or plainly should: of the latest revision that had another one, or with its neighbours' tag. */
  readonly better: { readonly image: string; readonly from: string } | undefined;
}

interface Why {
  readonly text: string;
  readonly advice: string;
}

/** What registries and runtimes say (containerd, CRI-O, Docker), told apart because each wants another remedy. */
const WHYS: readonly (readonly [RegExp, Why])[] = [
  [
    /invalid ?(?:image|reference)|couldn't parse image|InvalidImageName/i,
    { text: 'its name is not a valid image reference', advice: 'correct the image reference' },
  ],
  [
    /unauthorized|authentication required|access (?:to the resource )?(?:is )?denied|pull access denied|forbidden|\b40[13]\b|no basic auth/i,
    {
      text: 'the registry does not give it to this cluster (or it does not exist)',
      advice:
        'check the name, and that imagePullSecrets of the Pod or its ServiceAccount hold a valid login for this registry',
    },
  ],
  [
    /toomanyrequests|rate limit|\b429\b/i,
    { text: 'the registry limits the rate of pulls', advice: 'log in with imagePullSecrets, or use a mirror' },
  ],
  [
    /not found|manifest unknown|does not exist|\b404\b|no match for platform|no matching manifest/i,
    {
      text: 'the registry has no such image or tag for this platform',
      advice: 'use a tag that exists (crane ls REPOSITORY, docker manifest inspect IMAGE)',
    },
  ],
  [
    /ErrImageNeverPull|not present with pull policy/i,
    {
      text: 'it is not on the node and its pull policy is Never',
      advice: 'load the image onto the nodes, or set imagePullPolicy to IfNotPresent',
    },
  ],
  [
    /no such host|server misbehaving|i\/o timeout|connection refused|deadline exceeded|x509|TLS handshake|network is unreachable/i,
    {
      text: 'the registry cannot be reached from the node',
      advice: 'check DNS, proxy, firewall and certificates between node and registry',
    },
  ],
];

export default defineCheck<NotPulled>({
  cause: 'image-pull-failed',
  reads: ['Service', 'EndpointSlice', 'Pod', 'Event', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'],
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
    for (const trouble of pathTroubles(world, 'image')) {
      const { first, workload, troubles } = trouble;
      const { container } = first;
      if (container === undefined) continue;
      const said = `${first.status?.state.kind === 'waiting' ? (first.status.state.reason ?? '') : ''} ${first.message ?? ''} ${first.evidence.map((entry) => entry.text).join(' ')}`;
      const why = WHYS.find(([pattern]) => pattern.test(said))?.[1] ?? {
        text: 'it cannot be pulled',
        advice: 'look at the Failed events of the Pod',
      };
      const better = workload === undefined ? undefined : betterImage(world.model, workload, container);
      yield {
        object: trouble.object,
        certainty: gradeVia(trouble, 'proven'),
        modes: trouble.modes,
        partial: trouble.partial,
        evidence: [
          ...first.evidence,
          ...trouble.evidence,
          ...troubles.slice(1, 2).flatMap((entry) => entry.evidence.slice(0, 1)),
        ],
        trouble,
        image: container.image,
        why,
        better,
      };
    }
  },
  describe: ({ object, image, why, trouble }) => ({
    headline: `${displayId(object)}: its image cannot be pulled`,
    why: `Image ${image} of container ${trouble.first.container?.name} is not pulled: ${why.text}.`,
    chain: [`image ${image} cannot be pulled`, 'the Pods never start', ...trouble.ending],
  }),
  fix({ object, trouble, better, why, image }) {
    const { workload, first } = trouble;
    const operation =
      workload === undefined || first.container === undefined || better === undefined
        ? undefined
        : setInContainer(workload, first.container, 'image', better.image);
    if (operation === undefined)
      return {
        summary: `Make image ${image} pullable for ${displayId(object)}`,
        level: 'advice',
        patches: [],
        commands: [why.advice],
      };
    return {
      summary: `Set the image of ${displayId(object)} to ${better?.image} (${better?.from})`,
      level: 'review',
      patches: [{ object, type: 'json', patch: [operation] }],
      commands: [`or make ${image} pullable: ${why.advice}`],
    };
  },
  prove: ({ trouble }) => [
    {
      command: `kubectl describe pod ${trouble.first.pod.name} -n ${trouble.first.pod.namespace}`,
      expect: 'Failed to pull image in the events',
    },
  ],
});

function betterImage(model: ClusterModel, workload: Workload, container: Container): NotPulled['better'] {
  const former = formerContainer(model, workload, container, (entry) => entry.image);
  if (former !== undefined) return { image: former.container.image, from: `revision ${former.former.revision}` };
  const image = neighbourImage(model, workload, container);
  return image === undefined ? undefined : { image, from: 'the tag of its neighbours' };
}
