import type { Labels } from '../../model/meta.ts';
import type { JsonObject } from '../../sources/contract.ts';
import type { Meant } from './meant-workload.ts';

/** Each pair that does not fit becomes what the template says; a key the template does not have goes away. */
export function wantedSelector(meant: Meant): { readonly patch: JsonObject; readonly after: Labels } {
  const patch: Record<string, string | null> = {};
  for (const { key, actual, otherKey } of meant.drift) {
    patch[key] = actual ?? null;
    if (actual === undefined && otherKey !== undefined) patch[otherKey.key] = otherKey.value;
  }
  const kept = Object.values(patch).some((value) => value !== null);
  if (!kept) for (const [key, value] of identity(meant)) patch[key] = value;
  const after = Object.entries(patch).filter((pair): pair is [string, string] => pair[1] !== null);
  return { patch, after: Object.fromEntries(after) };
}

/** What tells its Pods from others: the workload's own selector, else all labels. */
function identity(meant: Meant): readonly (readonly [string, string])[] {
  const own = meant.maker.workload?.selector.requirements.flatMap((entry) =>
    entry.operator === 'In' && entry.values[0] !== undefined ? [[entry.key, entry.values[0]] as const] : [],
  );
  return own === undefined || own.length === 0 ? Object.entries(meant.maker.labels) : own;
}
