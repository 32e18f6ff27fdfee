import { nearestName } from '../sources/reading/nearest-name.ts';

/** `did you mean X?` for a name that is like a known one; nothing otherwise. */
export function didYouMean(wanted: string, names: readonly string[], write = (name: string): string => name): string[] {
  const nearest = nearestName(wanted, names);
  return nearest === undefined ? [] : [`did you mean ${write(nearest)}?`];
}
