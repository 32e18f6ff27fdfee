import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { ForeignObject } from '../../../model/kinds/cluster.ts';
import { isObject, readList } from '../../../model/project/read.ts';
import type { JsonObject } from '../../../sources/contract.ts';

/** Objects of a networking.istio.io kind, oldest first and then by name: the order in which Istio merges them. */
export function listIstio(model: ClusterModel, kind: string): readonly ForeignObject[] {
  return [...model.foreign(kind), ...model.foreign(`${kind}.networking.istio.io`)]
    .filter(({ apiVersion }) => apiVersion.startsWith('networking.istio.io/'))
    .toSorted(compareByAge);
}

/** pilot/pkg/model/config.go sortConfigByCreationTime. */
function compareByAge(left: ForeignObject, right: ForeignObject): number {
  const age = (left.created ?? Number.POSITIVE_INFINITY) - (right.created ?? Number.POSITIVE_INFINITY);
  if (age < 0 || age > 0) return age;
  const [a, b] = [`${left.name}.${left.namespace}`, `${right.name}.${right.namespace}`];
  return a < b ? -1 : a > b ? 1 : 0;
}

export function specOf(object: ForeignObject): JsonObject {
  return object.spec as JsonObject;
}

/** Manifests may leave the namespace out; kubectl then means `default`. */
export function namespaceOf(object: ForeignObject): string {
  return object.namespace === '' ? 'default' : object.namespace;
}

/** The objects of a list with their field paths; indices count the list as written. */
export function readIndexed(
  parent: JsonObject,
  key: string,
  path: string,
): readonly [raw: JsonObject, field: string][] {
  const out: [JsonObject, string][] = [];
  readList(parent, key).forEach((item, index) => {
    if (isObject(item)) out.push([item, `${path}.${key}[${index}]`]);
  });
  return out;
}
