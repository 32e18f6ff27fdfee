/**
 * Paths that differ only in identifiers are the same route to a reader: numbers, UUIDs, hashes and long tokens become `*`.
 * The query is dropped.
 */
export function pathShape(path: string): string {
  return pathOnly(path).split('/').map(shapeOf).join('/');
}

export function pathOnly(path: string): string {
  const end = path.search(/[?#]/);
  const bare = end === -1 ? path : path.slice(0, end);
  // Proxies log absolute-form targets too.
  const absolute = /^[a-z]+:\/\/[^/]*(\/.*)?$/i.exec(bare);
  return absolute === null ? bare : (absolute[1] ?? '/');
}

function shapeOf(segment: string): string {
  if (segment === '') return segment;
  if (/^\d+$/.test(segment)) return '*';
  if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(segment)) return '*';
  if (/^[0-9a-f]{12,}$/i.test(segment)) return '*';
  if (segment.length >= 20 && /\d/.test(segment)) return '*';
  if (/^[a-z]{1,3}-\d+$/i.test(segment)) return '*';
  return segment;
}
