import { type FieldPath, formatPath, parsePath } from '../base/field-path.ts';
import { pointerOf } from '../base/json-pointer.ts';
import type { ObjectId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { WantedChange } from '../routing/route-table.ts';
import type { Json } from '../sources/contract.ts';

export interface JsonPatch {
  readonly object: ObjectId;
  readonly type: 'json';
  readonly patch: readonly Json[];
}

/**
 * The RFC 6902 patch that gives a field its wanted value. Parents that are not there yet are made with it, since `add` needs
 * an existing one. Undefined when the object was not kept, or when the path leads through something that is no object.
 */
export function wantedPatch(model: ClusterModel, wanted: WantedChange): JsonPatch | undefined {
  const steps = parsePath(wanted.path);
  const raw = model.raw(wanted.object);
  if (steps === undefined || raw === undefined) return undefined;
  let at: Json | undefined = raw;
  for (const [depth, step] of steps.entries()) {
    if (typeof at !== 'object' || at === null) return undefined;
    const last = depth === steps.length - 1;
    const next: Json | undefined = childOf(at, step);
    if (last || next === undefined || next === null)
      return add(wanted.object, steps.slice(0, depth + 1), wrap(steps.slice(depth + 1), wanted.value));
    at = next;
  }
  return undefined;
}

function childOf(value: Json, step: string | number): Json | undefined {
  if (Array.isArray(value)) return typeof step === 'number' ? (value as readonly Json[])[step] : undefined;
  if (typeof value !== 'object' || value === null || typeof step === 'number') return undefined;
  return Object.hasOwn(value, step) ? (value as Readonly<Record<string, Json | undefined>>)[step] : undefined;
}

/** The value inside the objects that the remaining steps name; a list has to be there already. */
function wrap(steps: FieldPath, value: Json): Json | undefined {
  if (steps.some((step) => typeof step === 'number')) return undefined;
  return [...steps].reverse().reduce<Json>((inner, step) => ({ [String(step)]: inner }), value);
}

function add(object: ObjectId, steps: FieldPath, value: Json | undefined): JsonPatch | undefined {
  const pointer = pointerOf(formatPath(steps));
  if (pointer === undefined || value === undefined) return undefined;
  return { object, type: 'json', patch: [{ op: 'add', path: pointer, value }] };
}
