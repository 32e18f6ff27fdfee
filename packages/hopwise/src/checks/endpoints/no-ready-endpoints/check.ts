// Pods match the Service, none of them is ready, and nothing in their status or events says why. The Service has no usable
// endpoint and the gateway answers 503 (some 502). Every cause that knows more takes this one's place.
import { displayId, idOf } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { matchingMakers } from '../../../trace/intent/meant-workload.ts';
import { brokenPaths, citeEndpoints, dominant, gradeVia, type Outage } from '../../../trace/lifecycle/outages.ts';
import { troubleOf } from '../../../trace/lifecycle/trouble.ts';
import type { Fact, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Unready extends Fact {
  readonly outage: Outage;
  /** The best the Pods' status has to say. */
  readonly state: string;
}

export default defineCheck<Unready>({
  cause: 'no-ready-endpoints',
  reads: ['Service', 'EndpointSlice', 'Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'Node'],
  since: '0.1.0',
  explains: ['app-returned-error', 'upstream-timeout'],
  *find(world) {
    for (const outage of brokenPaths(world)) {
      const { live, partial, service, modes } = outage;
      const base = { modes, partial, outage };
      if (live.length === 0) {
        const missing = podless(world, outage);
        if (missing !== undefined) yield { ...base, ...missing };
        continue;
      }
      const troubles = live.flatMap((pod) => troubleOf(world.model, pod) ?? []);
      const trouble = dominant(troubles);
      if (trouble !== undefined && trouble !== 'unknown' && trouble !== 'gate' && trouble !== 'node') continue;
      const first = troubles.find((entry) => entry.trouble === trouble);
      const state = first?.message ?? 'its status does not say why';
      const pod = first?.pod ?? live[0];
      yield {
        ...base,
        object: pod === undefined ? idOf(service) : world.model.controllerOf(pod),
        certainty: gradeVia(outage, trouble === undefined ? 'possible' : 'likely'),
        evidence: [citeEndpoints(outage), ...(first?.evidence ?? []), ...(outage.via?.evidence ?? [])],
        state,
      };
    }
  },
  describe: ({ object, outage, state }) => ({
    headline: `No Pod of ${displayId(object)} is ready`,
    why: `${displayId(idOf(outage.service))} has no usable endpoint (${state}), and nothing that was read says more.`,
    chain: ['no Pod is ready', ...outage.ending],
  }),
  fix: ({ outage }) => ({
    summary: 'Find out why the Pods are not ready',
    level: 'advice',
    patches: [],
    commands: outage.live
      .slice(0, 1)
      .flatMap((pod) => [
        `kubectl describe pod ${pod.name} -n ${pod.namespace}`,
        `kubectl logs ${pod.name} -n ${pod.namespace} --all-containers --tail=50`,
      ]),
  }),
  prove: ({ outage: { service } }) => [
    {
      command: `kubectl get endpointslices -n ${service.namespace} -l kubernetes.io/service-name=${service.name} -o yaml`,
      expect: 'no endpoint with ready: true',
    },
  ],
});

/** A workload that matches and wants Pods, but has none, without a word about why. */
function podless(
  { model }: World,
  outage: Outage,
): Pick<Unready, 'object' | 'certainty' | 'evidence' | 'state'> | undefined {
  if (model.manifestsOnly || !model.isRead('Pod', outage.service.namespace)) return undefined;
  const maker = matchingMakers(model, outage.service).find(
    (entry) => entry.replicas > 0 && entry.workload !== undefined,
  );
  if (maker?.workload === undefined || !maker.workload.status.known || maker.workload.status.ready > 0)
    return undefined;
  const text = `${displayId(maker.object)} wants ${maker.replicas} Pods and has none`;
  const evidence: Evidence[] = [citeField(maker.meta, 'spec.replicas', text, maker.replicas), citeEndpoints(outage)];
  return { object: maker.object, certainty: 'likely', evidence, state: text };
}
