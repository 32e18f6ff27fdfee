// No node takes the Pods (too little CPU or memory, taints, affinity, a volume that cannot be there), so they stay Pending.
// The Service has no ready endpoint, and the gateway answers 503 (some 502) itself.
import { displayId, type ObjectId, objectId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { matchingMakers } from '../../../trace/intent/meant-workload.ts';
import { brokenPaths, citeEndpoints, gradeVia } from '../../../trace/lifecycle/outages.ts';
import { pathTroubles } from '../../../trace/lifecycle/path-troubles.ts';
import { type UnmetSelector, unmetNodeSelector } from '../../../trace/lifecycle/unmet-selector.ts';
import type { Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Homeless extends Fact {
  readonly ending: readonly string[];
  readonly reasons: string;
  readonly advice: string;
  /** The workload that cannot be placed. */
  readonly workload: ObjectId;
  readonly unmet?: UnmetSelector | undefined;
  readonly pod?: { readonly namespace: string; readonly name: string };
}

/** The scheduler's words (pkg/scheduler/framework/plugins/*), and what an expert changes for each. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/Insufficient|Too many pods/, 'lower the requests of the workload, or add nodes'],
  [/untolerated taint|had taint/, 'tolerate the taint in the workload, or remove it from the nodes'],
  [/node affinity|node selector|nodeSelector/, 'make nodeSelector and node affinity match labels that nodes have'],
  [
    /pod affinity|anti-affinity|topology spread/,
    'loosen the Pod (anti-)affinity or topology spread rule, or add nodes',
  ],
  [/persistentvolumeclaim|PersistentVolumeClaim|volume/, 'create or bind the volume claim, where the Pod can reach it'],
  [/free ports/, 'use no hostPort, or run fewer Pods than there are nodes'],
  [/unschedulable/, 'uncordon the nodes'],
];

export default defineCheck<Homeless>({
  cause: 'pod-unschedulable',
  reads: ['Service', 'EndpointSlice', 'Pod', 'Event', 'Node', 'Deployment', 'StatefulSet', 'DaemonSet'],
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
    for (const trouble of pathTroubles(world, 'unscheduled')) {
      const { first, object } = trouble;
      const reasons = first.message ?? 'no node fits';
      const cordoned = cordonedNode(world.model, reasons);
      const unmet = trouble.workload === undefined ? undefined : unmetNodeSelector(world.model, trouble.workload);
      yield {
        object: cordoned?.object ?? object,
        certainty: gradeVia(trouble, 'proven'),
        modes: trouble.modes,
        partial: trouble.partial,
        ending: trouble.ending,
        evidence: [
          ...(unmet === undefined ? [] : [unmet.evidence]),
          ...first.evidence,
          ...(cordoned === undefined ? [] : [cordoned.evidence]),
          ...trouble.evidence,
        ],
        unmet,
        reasons,
        advice: ADVICE.find(([pattern]) => pattern.test(reasons))?.[1] ?? 'make room for the Pods on a node',
        workload: object,
        pod: first.pod,
      };
    }
    for (const outage of brokenPaths(world)) {
      const maker = matchingMakers(world.model, outage.service).find((entry) => entry.meta.kind === 'DaemonSet');
      if (outage.live.length > 0 || maker?.workload === undefined) continue;
      if (!maker.workload.status.known || maker.replicas > 0) continue;
      const text = `${displayId(maker.object)} finds no node to run on`;
      yield {
        object: maker.object,
        certainty: gradeVia(outage, 'strong'),
        modes: outage.modes,
        partial: outage.partial,
        ending: outage.ending,
        evidence: [citeField(maker.meta, 'status.desiredNumberScheduled', text, 0), citeEndpoints(outage)],
        reasons: text,
        advice: 'make its nodeSelector, affinity and tolerations match a node',
        workload: maker.object,
      };
    }
  },
  describe: ({ workload, object, reasons, ending }) => ({
    headline:
      object === workload
        ? `Pods of ${displayId(workload)} fit on no node`
        : `${displayId(object)} takes no Pods (cordoned)`,
    why: `The Pods of ${displayId(workload)} stay Pending: ${reasons.slice(0, 240)}`,
    chain: ['no node takes the Pods', 'they stay Pending', ...ending],
  }),
  fix({ object, workload, advice, unmet }) {
    if (object !== workload) {
      const name = object.split('/')[2] ?? '';
      const patch = { spec: { unschedulable: false } };
      return {
        summary: `Uncordon ${displayId(object)}`,
        level: 'review',
        patches: [{ object, type: 'merge', patch }],
        commands: [`kubectl uncordon ${name}`],
      };
    }
    if (unmet !== undefined)
      return {
        summary: `Let ${displayId(object)} run on nodes that exist: no node has ${unmet.pair}`,
        level: 'review',
        patches: [{ object, type: 'merge', patch: unmet.patch }],
        commands: [],
      };
    return {
      summary: `Let the Pods of ${displayId(object)} be scheduled: ${advice}`,
      level: 'advice',
      patches: [],
      commands: ['kubectl describe nodes'],
    };
  },
  prove: ({ pod }) =>
    pod === undefined
      ? []
      : [{ command: `kubectl describe pod ${pod.name} -n ${pod.namespace}`, expect: 'FailedScheduling in the events' }],
});

/** Every node is held back by a cordon alone: then the node is what to change. */
function cordonedNode(model: ClusterModel, reasons: string): { object: ObjectId; evidence: Evidence } | undefined {
  const counts = /^0\/(\d{1,6}) nodes are available: (\d{1,6}) node\(s\) were unschedulable/.exec(reasons);
  if (counts === null || counts[1] !== counts[2]) return undefined;
  const node = model.list('Node').find((entry) => entry.unschedulable);
  if (node === undefined) return undefined;
  return {
    object: objectId('Node', '', node.name),
    evidence: citeField(node, 'spec.unschedulable', `Node ${node.name} is cordoned`, 'true'),
  };
}
