// None of the gateway's Pods is ready: connections are refused or time out at the edge, or the cloud load balancer answers
// 502/503 because it has no healthy target.
import { displayId, idOf } from '../../../base/object-id.ts';
import { citeEvent, citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { Pod } from '../../../model/kinds/pod.ts';
import type { Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Down extends Fact {
  readonly gateway: string;
  readonly why: string;
}

export default defineCheck<Down>({
  cause: 'gateway-down',
  reads: ['Pod', 'Deployment', 'DaemonSet', 'Event'],
  since: '0.1.0',
  explains: ['edge-targets-missing', 'edge-health-check-failing', 'no-ready-endpoints'],
  *find({ trace, model, seen }) {
    const gateway = trace.gateway;
    if (gateway === undefined || gateway.pods.state !== 'found' || model.manifestsOnly) return;
    const pods = gateway.pods.value.filter((pod) => pod.hasStatus);
    const first = pods[0];
    if (first === undefined || pods.some((pod) => pod.ready)) return;
    // A gateway that answers (even with an error page of its own) is not down.
    const answers = seen.generatedBy?.hop === 'gateway' || seen.generatedBy?.hop === 'app';
    if (answers && (seen.lastSuccess ?? 0) > model.now - 60_000) return;
    const evidence: Evidence[] = pods
      .slice(0, 3)
      .map((pod) => citeField(pod, 'status.conditions', `Pod ${pod.name} is not ready: ${reasonOf(pod)}`));
    const event = model.eventsAbout(idOf(first)).findLast((entry) => entry.type === 'Warning');
    if (event !== undefined) evidence.push(citeEvent(event));
    yield {
      object: model.controllerOf(first),
      certainty: 'proven',
      modes: ['gateway-unreachable'],
      evidence,
      gateway: gateway.name,
      why: reasonOf(first),
    };
  },
  describe: ({ object, gateway, why }) => ({
    headline: `No Pod of ${displayId(object)} is ready`.slice(0, 80),
    why: `${gateway} has no ready Pod: ${why}.`,
    chain: [
      `the Pods of ${gateway} are not ready: ${why}`,
      'nothing accepts connections behind the edge',
      'clients see a refused connection or the edge’s own 502/503',
    ],
  }),
  fix: ({ object }) => ({
    summary: `Bring ${displayId(object)} back: see why its Pods are not ready`,
    level: 'advice',
    patches: [],
    commands: [`kubectl describe pods -n ${object.split('/')[1] ?? ''}`],
  }),
  prove: ({ object }) => [
    {
      command: `kubectl get pods -n ${object.split('/')[1] ?? ''} -o wide`,
      expect: '0/1 READY for every Pod of the gateway',
    },
  ],
});

function reasonOf(pod: Pod): string {
  const waiting = pod.statuses.find((status) => status.state.kind === 'waiting');
  if (waiting?.state.kind === 'waiting') return waiting.state.reason ?? 'waiting';
  const condition =
    pod.conditions.find((entry) => entry.type === 'PodScheduled' && entry.status === 'False') ??
    pod.conditions.find((entry) => entry.type === 'Ready');
  return condition?.reason ?? (pod.phase || 'not ready');
}
