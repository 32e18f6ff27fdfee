import { idOf } from '../../base/object-id.ts';
import { citeField } from '../../model/cite.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { Workload } from '../../model/kinds/workload.ts';
import type { Json, JsonObject } from '../../sources/contract.ts';
import { similarNames } from '../similar.ts';

/** A nodeSelector pair that no node has, and the value that nodes have instead when one is nearly the same. */
export interface UnmetSelector {
  readonly pair: string;
  readonly patch: JsonObject;
  readonly evidence: Evidence;
}

/** The first pair of a workload's nodeSelector that no node of the cluster satisfies. */
export function unmetNodeSelector(model: ClusterModel, workload: Workload): UnmetSelector | undefined {
  const selector = path(model.raw(idOf(workload)), 'spec', 'template', 'spec', 'nodeSelector');
  const nodes = model.list('Node');
  if (selector === undefined || nodes.length === 0 || !model.isRead('Node')) return undefined;
  for (const [key, wanted] of Object.entries(selector)) {
    if (typeof wanted !== 'string') continue;
    const values = nodes.flatMap((node) => (Object.hasOwn(node.labels, key) ? (node.labels[key] ?? []) : []));
    if (values.includes(wanted)) continue;
    const value = similarNames(wanted, [...new Set(values)])[0] ?? null;
    const has =
      values.length === 0 ? 'no node has that label' : `nodes have ${[...new Set(values)].slice(0, 4).join(', ')}`;
    return {
      pair: `${key}=${wanted}`,
      patch: { spec: { template: { spec: { nodeSelector: { [key]: value } } } } },
      evidence: citeField(
        workload,
        'spec.template.spec.nodeSelector',
        `wants a node with ${key}=${wanted}; ${has}`,
        wanted,
      ),
    };
  }
  return undefined;
}

function path(value: Json | undefined, ...keys: readonly string[]): JsonObject | undefined {
  let current = value;
  for (const key of keys) {
    if (typeof current !== 'object' || current === null || Array.isArray(current)) return undefined;
    current = Object.hasOwn(current, key) ? (current as JsonObject)[key] : undefined;
  }
  return typeof current === 'object' && current !== null && !Array.isArray(current)
    ? (current as JsonObject)
    : undefined;
}
