/*
 * metadata.managedFields as the API server keeps it: who owns which field, half of a real object's bytes. A reader that skips
 * it badly is slow on every real cluster.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#managed-fields
 */

type Fields = { [key: string]: Fields };

/** One entry of managedFields by which `manager` owns the given parts of an object. */
export function managedBy(manager: string, apiVersion: string, parts: object, subresource?: string): object {
  return {
    manager,
    operation: 'Update',
    apiVersion,
    time: '2026-05-20T10:00:00Z',
    fieldsType: 'FieldsV1',
    fieldsV1: fieldsOf(parts),
    ...(subresource !== undefined && { subresource }),
  };
}

function fieldsOf(value: unknown): Fields {
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    return Object.fromEntries(items.filter(isObject).map((item) => [keyOf(item), { '.': {}, ...fieldsOf(item) }]));
  }
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [`f:${key}`, fieldsOf(inner)]));
}

/** Members of a list are named by the fields that tell them apart. */
function keyOf(item: Record<string, unknown>): string {
  for (const field of ['containerPort', 'port', 'name', 'type', 'ip', 'uid', 'mountPath', 'key', 'host', 'path']) {
    if (item[field] === undefined) continue;
    const protocol = item.protocol === undefined ? {} : { protocol: item.protocol };
    return `k:${JSON.stringify({ [field]: item[field], ...protocol })}`;
  }
  return `v:${JSON.stringify(Object.keys(item))}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
