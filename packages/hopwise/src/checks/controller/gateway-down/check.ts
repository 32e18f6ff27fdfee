// None of the gateway's Pods is ready, or there is none at all: connections are refused or time out at the edge, or the cloud
// load balancer answers 502/503 because it has no healthy target.
import { inNamespace, kubectlName } from '../../../base/kubectl-name.ts';
import { displayId, splitId } from '../../../base/object-id.ts';
import { type GatewayOutage, gatewayOutage } from '../../../trace/gateway-workload.ts';
import type { Fact, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Down extends Fact {
  readonly gateway: string;
  readonly outage: GatewayOutage;
}

export default defineCheck<Down>({
  cause: 'gateway-down',
  reads: ['Pod', 'Deployment', 'DaemonSet', 'StatefulSet', 'ReplicaSet', 'Event'],
  since: '0.1.0',
  explains: ['edge-targets-missing', 'edge-health-check-failing', 'no-ready-endpoints', 'ingress-class-unclaimed'],
  latent: true,
  *find(world) {
    const { trace, model } = world;
    const outage = trace.inCluster ? undefined : gatewayOutage(model, trace);
    if (outage === undefined || trace.gateway === undefined || answersNow(world)) return;
    const edge = world.seen.generatedBy?.hop === 'edge' ? world.seen.generatedBy.evidence : [];
    yield {
      object: outage.object,
      certainty: 'proven',
      modes: ['gateway-unreachable', 'no-live-endpoint'],
      evidence: [...outage.evidence, ...edge],
      gateway: trace.gateway.name,
      outage,
    };
  },
  describe: ({ object, gateway, outage: { why } }) => ({
    headline: `No Pod of ${displayId(object)} is ready`,
    why: `${gateway} has no ready Pod: ${why}.`,
    chain: [
      `${gateway}: ${why}`,
      'nothing accepts connections behind the edge',
      'clients see a refused connection or the edge’s own 502/503',
    ],
  }),
  fix: ({ object, outage: { scaledToZero } }) =>
    scaledToZero
      ? {
          summary: `Run ${displayId(object)} again`,
          level: 'review',
          patches: [{ object, type: 'merge', patch: { spec: { replicas: 1 } } }],
          commands: [],
        }
      : {
          summary: `Bring ${displayId(object)} back: see why its Pods are not ready`,
          level: 'advice',
          patches: [],
          commands: [
            `kubectl describe ${kubectlName(object)}`,
            `kubectl logs ${kubectlName(object)} --all-containers --tail=50`,
            `kubectl get events${inNamespace(splitId(object).namespace)} --sort-by=.lastTimestamp`,
          ],
        },
  prove: ({ object }) => [
    {
      command: `kubectl get pods${inNamespace(splitId(object).namespace)} -o wide`,
      expect: `no Pod of ${splitId(object).name} is READY`,
    },
  ],
});

/** A gateway that answers (even with an error page of its own), or did so a moment ago, is not down. */
function answersNow({ seen, model }: World): boolean {
  const hop = seen.generatedBy?.hop;
  const response = seen.response;
  if (response?.status !== undefined && hop !== 'edge') return true;
  const last = Math.max(0, ...[...seen.access, ...seen.nearby].flatMap((entry) => entry.time ?? []));
  return response === undefined && last > model.now - 60_000;
}
