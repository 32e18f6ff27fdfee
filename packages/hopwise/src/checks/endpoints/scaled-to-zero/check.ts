// The workload behind the Service matches its selector but is told to have no Pods: replicas 0, or an autoscaler at zero. The
// Service has no endpoints, and the gateway answers 503 (some 502 or 504) itself.
import { displayId, splitId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { matchingMakers } from '../../../trace/intent/meant-workload.ts';
import { labelText, type PodMaker } from '../../../trace/intent/pod-makers.ts';
import { usualReplicas, type ZeroKeeper, zeroKeeper } from '../../../trace/intent/scaling.ts';
import { brokenPaths, citeEndpoints, gradeVia } from '../../../trace/lifecycle/outages.ts';
import type { Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface AtZero extends Fact {
  readonly ending: readonly string[];
  readonly maker: PodMaker;
  readonly keeper: ZeroKeeper | undefined;
  readonly replicas: number;
}

export default defineCheck<AtZero>({
  cause: 'scaled-to-zero',
  reads: ['Service', 'Pod', 'Deployment', 'StatefulSet', 'ReplicaSet', 'HorizontalPodAutoscaler', '*ScaledObject'],
  since: '0.1.0',
  explains: [
    'no-ready-endpoints',
    'endpoint-port-missing',
    'stale-endpoints',
    'readiness-probe-failing',
    'crash-loop',
    'app-returned-error',
    'upstream-timeout',
  ],
  *find(world) {
    const { model } = world;
    for (const outage of brokenPaths(world)) {
      const { service, live, partial } = outage;
      if (live.length > 0 || service.selector === undefined) continue;
      const makers = matchingMakers(model, service);
      // A DaemonSet at zero has found no node: nobody asked for zero.
      if (makers.length === 0 || makers.some((maker) => maker.replicas > 0 || maker.meta.kind === 'DaemonSet'))
        continue;
      for (const maker of makers.slice(0, 1)) {
        const keeper = zeroKeeper(model, maker);
        const field = maker.workload?.suspended === true ? 'spec.suspend' : 'spec.replicas';
        const evidence: Evidence[] = [
          citeField(
            maker.meta,
            field,
            `${displayId(maker.object)} is told to have no Pods`,
            field === 'spec.replicas' ? 0 : 'true',
          ),
          ...(keeper === undefined ? [] : [keeper.evidence]),
          citeField(service, 'spec.selector', `the Service selects its Pods (${labelText(service.selector)})`),
          citeEndpoints(outage),
          ...(outage.via?.evidence ?? []),
        ];
        yield {
          object: keeper?.object ?? maker.object,
          certainty: gradeVia(outage, model.manifestsOnly ? 'strong' : 'proven'),
          modes: outage.modes,
          partial,
          evidence,
          ending: outage.ending,
          maker,
          keeper,
          replicas: usualReplicas(model, maker),
        };
      }
    }
  },
  describe: ({ object, ending, maker }) => ({
    headline:
      object === maker.object
        ? `${displayId(object)} is scaled to zero`
        : `${displayId(object)} keeps ${splitId(maker.object).name} at zero`,
    why: `${displayId(maker.object)} has no Pods because its wanted number is 0, so its Service has no endpoints.`,
    chain: [`${displayId(maker.object)} wants 0 Pods`, ...ending],
  }),
  fix({ object, maker, keeper, replicas }) {
    const scaled = maker.workload === undefined || maker.workload.suspended ? { suspend: false } : { replicas };
    const workload = { object: maker.object, type: 'merge' as const, patch: { spec: scaled } };
    return {
      summary:
        keeper === undefined
          ? `Scale ${displayId(object)} to ${replicas}`
          : `Let ${displayId(object)} keep at least one Pod`,
      level: 'review',
      patches: keeper === undefined ? [workload] : [{ object, type: 'merge', patch: keeper.patch }, workload],
      commands: ['find out first who scaled it down, and why: zero is usually on purpose'],
    };
  },
  prove({ maker }) {
    const { kind, namespace, name } = splitId(maker.object);
    return [{ command: `kubectl get ${kind.toLowerCase()} ${name} -n ${namespace}`, expect: 'READY 0/0' }];
  },
});
