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
  const pods = service.selector === undefined ? [] : model.podsAnywhere(service.selector);
  const pod = pods.find(({ namespace }) => namespace !== service.namespace);
  if (pod === undefined) return [];
  const text = `Pods of namespace ${pod.namespace} match, but a Service selects only in its own namespace`;
  return [citeField(pod, 'metadata.labels', text)];
}
