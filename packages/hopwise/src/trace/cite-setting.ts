import { citeField } from '../model/cite.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Setting } from '../routing/route-table.ts';

/** The field that sets something, quoted from its object; nothing for a value that nobody set. */
export function citeSetting(
  model: ClusterModel,
  setting: Setting<unknown> | undefined,
  text: string,
): Evidence | undefined {
  if (setting === undefined || setting.from.kind !== 'field') return undefined;
  const { object: id, path } = setting.from;
  const object = model.object(id);
  const value = typeof setting.value === 'object' ? undefined : String(setting.value);
  if (object !== undefined) return citeField(object, path, text, value);
  return { type: 'field', text, object: id, path, ...(value === undefined ? {} : { value }) };
}
