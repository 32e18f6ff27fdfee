import { splitId } from '../../base/object-id.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Kind } from '../../model/kind-map.ts';
import type { Pod } from '../../model/kinds/pod.ts';
import type { Workload } from '../../model/kinds/workload.ts';
import type { Labels } from '../../model/meta.ts';

/** Labels that controllers set anew with each revision or Pod; a policy must not depend on them. */
const VOLATILE: ReadonlySet<string> = new Set([
  'pod-template-hash',
  'controller-revision-hash',
  'pod-template-generation',
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
  'controller-uid',
  'batch.kubernetes.io/controller-uid',
  'job-name',
  'batch.kubernetes.io/job-name',
  'batch.kubernetes.io/job-completion-index',
  'helm.sh/chart',
  'app.kubernetes.io/version',
  'app.kubernetes.io/managed-by',
  'version',
]);

/** Labels that say what a Pod is, in groups of which the first that a Pod has is used. */
const TELLING: readonly (readonly string[])[] = [
  ['app.kubernetes.io/name', 'app.kubernetes.io/component'],
  ['app'],
  ['k8s-app'],
  ['app.kubernetes.io/instance'],
  ['run'],
  ['name'],
];

const WORKLOADS: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job']);

/** Labels by which a policy can go on recognising a Pod after rollouts; undefined when it has none. */
export function stableLabelsOf(model: ClusterModel, pod: Pod): Labels | undefined {
  for (const group of TELLING) {
    if (Object.hasOwn(pod.labels, group[0] as string)) return pick(pod.labels, group);
  }
  const { kind, namespace, name } = splitId(model.controllerOf(pod));
  if (WORKLOADS.has(kind)) {
    const workload = model.get(kind as Kind, namespace, name);
    const keys =
      workload.state === 'found' ? (workload.value as Workload).selector.requirements.map(({ key }) => key) : [];
    const own = pick(pod.labels, keys);
    if (Object.keys(own).length > 0) return own;
  }
  const rest = pick(pod.labels, Object.keys(pod.labels));
  return Object.keys(rest).length > 0 ? rest : undefined;
}

function pick(labels: Labels, keys: readonly string[]): Labels {
  return Object.fromEntries(
    keys.filter((key) => Object.hasOwn(labels, key) && !VOLATILE.has(key)).map((key) => [key, labels[key] as string]),
  );
}
