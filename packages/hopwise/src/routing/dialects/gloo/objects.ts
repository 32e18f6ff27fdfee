import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { ForeignObject } from '../../../model/kinds/cluster.ts';
import { isObject, readList, readObject, readString } from '../../../model/project/read.ts';
import type { JsonObject } from '../../../sources/contract.ts';

/** Objects of a gateway.solo.io or gloo.solo.io kind, by namespace and name. */
export function listGloo(model: ClusterModel, kind: string): readonly ForeignObject[] {
  const all = [kind, `${kind}.gateway.solo.io`, `${kind}.gloo.solo.io`].flatMap((name) => model.foreign(name));
  return [...new Set(all)].filter(({ apiVersion }) => /^(?:gateway|gloo)\.solo\.io\//.test(apiVersion));
}

export function specOf(object: ForeignObject): JsonObject {
  return object.spec as JsonObject;
}

/** Manifests may leave the namespace out; kubectl then means `default`. */
export function namespaceOf(object: ForeignObject): string {
  return object.namespace === '' ? 'default' : object.namespace;
}

/** core.solo.io.ResourceRef: both parts are written out. */
export function findByRef(objects: readonly ForeignObject[], ref: JsonObject, own: string): ForeignObject | undefined {
  const namespace = readString(ref, 'namespace') || own;
  const name = readString(ref, 'name');
  return objects.find((object) => namespaceOf(object) === namespace && object.name === name);
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

/** What the controllers wrote about an object: one entry for each of them, or a single one in old versions. */
export function rejectionOf(object: ForeignObject): string | undefined {
  const status = object.status as JsonObject;
  const statuses = readObject(status, 'statuses');
  const entries = [status, ...Object.values(statuses).filter(isObject)];
  for (const entry of entries) {
    const { state } = entry;
    // core.solo.io.Status.State: 0 Pending, 1 Accepted, 2 Rejected, 3 Warning; old versions write the number.
    if (state === 'Rejected' || state === 2) return readString(entry, 'reason') ?? 'Rejected';
  }
  return undefined;
}
