/**
 * What of `captured` is missing or different in `served`, as paths with both values; nothing when `served` says at least as
 * much. The API server owns resourceVersion, and it does not write empty values.
 */
export function listLost(captured: unknown, served: unknown, path = ''): readonly string[] {
  if (path === '/metadata/resourceVersion' || path === '/metadata/managedFields') return [];
  if (isEmpty(captured) && (served === undefined || isEmpty(served))) return [];
  if (Array.isArray(captured) && Array.isArray(served) && captured.length === served.length)
    return captured.flatMap((item, index) => listLost(item, served[index], `${path}/${index}`));
  if (isMap(captured) && isMap(served))
    return Object.entries(captured).flatMap(([key, value]) => listLost(value, served[key], `${path}/${key}`));
  if (captured === served || isSameTime(captured, served)) return [];
  return [`${path}: ${JSON.stringify(captured)} became ${JSON.stringify(served)}`];
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(value: unknown): boolean {
  if (isMap(value)) return Object.values(value).every(isEmpty);
  return (
    value === null || value === '' || value === 0 || value === false || (Array.isArray(value) && value.length === 0)
  );
}

/** Times come back in UTC, whatever fraction of a second they were written with. */
function isSameTime(captured: unknown, served: unknown): boolean {
  if (typeof captured !== 'string' || typeof served !== 'string' || !/^\d{4}-\d\d-\d\dT/.test(captured)) return false;
  return Math.trunc(Date.parse(captured) / 1000) === Math.trunc(Date.parse(served) / 1000);
}
