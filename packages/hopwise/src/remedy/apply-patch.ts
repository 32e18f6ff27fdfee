import { immutableJSONPatch, type JSONPatchDocument } from 'immutable-json-patch';
import type { PatchHint } from '../checks/check.ts';
import type { Json, JsonObject } from '../sources/contract.ts';

/** The object with a patch applied, or why it does not apply. The input is left as it is. */
export type Patched = { readonly ok: true; readonly object: JsonObject } | { readonly ok: false; readonly why: string };

export function applyPatch(object: JsonObject, hint: PatchHint): Patched {
  if (hint.type === 'merge') {
    const merged = mergePatch(object, hint.patch as Json);
    return isObject(merged) ? { ok: true, object: merged } : { ok: false, why: 'a merge patch must be an object' };
  }
  try {
    const result = immutableJSONPatch(object, hint.patch as unknown as JSONPatchDocument) as Json;
    return isObject(result) ? { ok: true, object: result } : { ok: false, why: 'the patch replaces the whole object' };
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : String(error) };
  }
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** RFC 7386, section 2: null removes, objects merge, everything else replaces. */
function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const out: Record<string, Json | undefined> = { ...(isObject(target) ? target : {}) };
  for (const [key, value] of Object.entries(patch)) {
    if (key === '__proto__') continue;
    if (value === null) delete out[key];
    else if (value !== undefined) out[key] = mergePatch(out[key], value);
  }
  return out;
}
