import type { JsonObject } from '../../../sources/contract.ts';
import { isObject, readList } from '../read.ts';

/** The objects of a list with their field paths; indices count the list as written, whatever else it holds. */
export function readIndexed(
  parent: JsonObject,
  key: string,
  path: string,
): readonly [raw: JsonObject, field: string][] {
  const out: [JsonObject, string][] = [];
  readList(parent, key).forEach((item, index) => {
    if (isObject(item)) out.push([item, `${path === '' ? '' : `${path}.`}${key}[${index}]`]);
  });
  return out;
}
