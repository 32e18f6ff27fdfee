import { parsePath } from '../base/field-path.ts';
import { pointerOf } from '../base/json-pointer.ts';
import type { ObjectId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Json } from '../sources/contract.ts';
import type { JsonPatch } from './wanted-patch.ts';

/**
 * Takes one path (or match) out of a route, or its whole rule when it was the only one. Undefined when nothing of the route
 * would be left: then the object itself has to go.
 */
export function removeRule(model: ClusterModel, object: ObjectId, field: string): JsonPatch | undefined {
  const steps = parsePath(field);
  if (steps === undefined) return undefined;
  for (let end = steps.length; end > 0; end -= 1) {
    if (typeof steps[end - 1] !== 'number') continue;
    const list = at(model.raw(object), steps.slice(0, end - 1));
    if (!Array.isArray(list) || list.length < 2) continue;
    const path = pointerOf(field)
      ?.split('/')
      .slice(0, end + 1)
      .join('/');
    return path === undefined ? undefined : { object, type: 'json', patch: [{ op: 'remove', path }] };
  }
  return undefined;
}

function at(raw: Json | undefined, steps: readonly (string | number)[]): Json | undefined {
  let value: Json | undefined = raw;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Readonly<Record<string | number, Json | undefined>>)[step];
  }
  return value;
}
