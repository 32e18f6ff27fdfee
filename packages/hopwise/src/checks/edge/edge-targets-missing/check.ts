// The load balancer has no registered target, or only nodes and Pods that cannot answer (its Service selects nothing,
// externalTrafficPolicy Local, no address at all). It answers 502/503, or the connection is refused or times out.
import { inNamespace, kubectlName } from '../../../base/kubectl-name.ts';
import { displayId, splitId } from '../../../base/object-id.ts';
import { type MissingTargets, missingTargets } from '../../../trace/edge-service.ts';
import type { Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface NoTargets extends Fact {
  readonly missing: MissingTargets;
}

export default defineCheck<NoTargets>({
  cause: 'edge-targets-missing',
  reads: ['Service', 'EndpointSlice', 'Endpoints', 'Pod', 'Event', 'Node', 'Ingress', 'Deployment', 'DaemonSet'],
  since: '0.1.0',
  explains: [],
  latent: true,
  *find(world) {
    const missing = missingTargets(world);
    if (missing === undefined) return;
    const { object, evidence, sureness } = missing;
    const edge = world.seen.generatedBy?.hop === 'edge' ? world.seen.generatedBy.evidence : [];
    yield {
      object,
      certainty: sureness,
      modes: ['gateway-unreachable', 'no-live-endpoint'],
      evidence: [...evidence, ...edge],
      missing,
    };
  },
  describe: ({ object, missing: { why, short } }) => ({
    headline: `${displayId(object)}: ${short ?? 'the load balancer has no target'}`,
    why: `${why.charAt(0).toUpperCase()}${why.slice(1)}.`,
    chain: [why, short ?? 'the load balancer has nothing to send to', '502/503, or no connection at all'],
  }),
  fix: ({ object, missing: { patch, why } }) =>
    patch === undefined
      ? {
          summary: `Give the load balancer of ${displayId(object)} targets: ${why}`,
          level: 'advice',
          patches: [],
          commands: [`kubectl describe ${kubectlName(object)}`],
        }
      : {
          summary: `Let ${displayId(object)} reach its Pods from every node`,
          level: 'review',
          patches: [{ object, type: 'merge', patch }],
          commands: [],
          wanted: (after) => missingTargets(after) === undefined,
        },
  prove: ({ object }) => [
    {
      command: `kubectl describe ${kubectlName(object)}`,
      expect: 'no address, no endpoint, or the event with the reason',
    },
    {
      command: `kubectl get endpointslices,pods${inNamespace(splitId(object).namespace)} -o wide --show-labels`,
      expect: 'no endpoint of that Service, or none on the nodes that are asked',
    },
  ],
});
