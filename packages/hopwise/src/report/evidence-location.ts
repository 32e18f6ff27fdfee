import type { CauseDocument } from './diagnosis.ts';
import { type Place, placeOf } from './evidence-place.ts';

/** Where a tool that knows only files should point: at the object to change, else at the first evidence with a file. */
export function locationOf(cause: CauseDocument): Place | undefined {
  const own = cause.evidence.filter((evidence) => evidence.type === 'field' && evidence.object === cause.object);
  for (const evidence of [...own, ...cause.evidence]) {
    const place = placeOf(evidence);
    if (place !== undefined) return place;
  }
  return undefined;
}
