import { displayId, idOf } from '../../base/object-id.ts';
import { citeField } from '../../model/cite.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { Service } from '../../model/kinds/service.ts';
import type { Meant } from './meant-workload.ts';
import { labelText } from './pod-makers.ts';

/** The workload was read, or it is a bare Pod. */
export function isKnown({ maker }: Meant): boolean {
  return maker.workload !== undefined || idOf(maker.meta) === maker.object;
}

/** The labels that the Pods of the meant workload have instead. */
export function citeDrift(meant: Meant | undefined): readonly Evidence[] {
  if (meant === undefined) return [];
  const labels = labelText(meant.maker.labels);
  const path = meant.maker.workload === undefined ? 'metadata.labels' : 'spec.template.metadata.labels';
  return [citeField(meant.maker.meta, path, `the Pods of ${displayId(meant.maker.object)} have ${labels}`, labels)];
}

/** Pods of another namespace that match: a Service never reaches across namespaces. */
export function citeElsewhere(model: ClusterModel, service: Service): readonly Evidence[] {
  for (const namespace of model.namespaces()) {
    const pod = namespace === service.namespace ? undefined : model.podsMatching(namespace, service.selector ?? {})[0];
    if (pod !== undefined)
      return [
        citeField(
          pod,
          'metadata.labels',
          `Pods of namespace ${namespace} match, but a Service selects only in its own namespace`,
        ),
      ];
  }
  return [];
}
