import type { Meta } from '../../../model/meta.ts';

/**
 * The order in which Gateway API breaks ties: oldest first, then alphabetically by `namespace/name`. Objects without a
 * creation time (manifests) come after those with one, so that the order never depends on the input's.
 */
export function compareByAge(left: Meta, right: Meta): number {
  const age = (left.created ?? Number.POSITIVE_INFINITY) - (right.created ?? Number.POSITIVE_INFINITY);
  if (age < 0 || age > 0) return age;
  const [a, b] = [`${left.namespace}/${left.name}`, `${right.namespace}/${right.name}`];
  if (a !== b) return a < b ? -1 : 1;
  return left.kind < right.kind ? -1 : left.kind > right.kind ? 1 : 0;
}
