import { idOf } from '../../base/object-id.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Container } from '../../model/kinds/pod.ts';
import type { Workload } from '../../model/kinds/workload.ts';

/** An earlier revision of a workload, from the ReplicaSets that a Deployment keeps for rolling back. */
export interface FormerTemplate {
  readonly revision: string;
  readonly replicaSet: Workload;
}

/** Earlier revisions, newest first; the current one is left out. */
export function formerTemplates(model: ClusterModel, workload: Workload): readonly FormerTemplate[] {
  if (workload.kind !== 'Deployment') return [];
  const current = Number(workload.revision ?? Number.NaN);
  return model
    .listIn('ReplicaSet', workload.namespace)
    .filter((set) => set.owner?.kind === 'Deployment' && model.controllerOf(set) === idOf(workload))
    .map((set) => ({ revision: set.revision ?? '0', replicaSet: set }))
    .filter(({ revision }) => Number(revision) > 0 && (Number.isNaN(current) || Number(revision) < current))
    .sort((a, b) => Number(b.revision) - Number(a.revision));
}

/** The same container in the newest earlier revision where this part of it was different. */
export function formerContainer(
  model: ClusterModel,
  workload: Workload,
  current: Container,
  part: (container: Container) => unknown,
): { readonly container: Container; readonly former: FormerTemplate } | undefined {
  const now = JSON.stringify(part(current));
  for (const former of formerTemplates(model, workload)) {
    const container = former.replicaSet.template.spec.containers.find((entry) => entry.name === current.name);
    if (container !== undefined && JSON.stringify(part(container)) !== now) return { container, former };
  }
  return undefined;
}
