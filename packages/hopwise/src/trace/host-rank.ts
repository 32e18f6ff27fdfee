/** Does a host pattern of a route cover this host, by any flavour of wildcard? '' and `*` stand for every host. */
export function coversHost(pattern: string, host: string): boolean {
  if (pattern === '' || pattern === '*') return true;
  const lower = pattern.toLowerCase();
  return lower.startsWith('*.') ? host.endsWith(lower.slice(1)) && host.length >= lower.length : lower === host;
}

/** How closely a pattern names a host: a full name before a longer wildcard before a shorter one before none. */
export function hostRank(pattern: string): number {
  if (pattern === '' || pattern === '*') return 0;
  return pattern.startsWith('*.') ? Math.min(pattern.length, 900) : 1000;
}
