/*
 * Host names as Istio reads them: exact, `*.` for any number of labels, `*` for all. Names without a dot are completed with
 * the namespace of the object that uses them; names with a dot are taken as they are, so that `reviews.prod` is no Service
 * (pilot/pkg/model/config.go ResolveShortnameToFQDN).
 */

export const CLUSTER_DOMAIN = 'cluster.local';

export function resolveHost(host: string, namespace: string): string {
  const name = host.toLowerCase();
  if (name === '*' || name.includes('.') || name.includes(':')) return name;
  return `${name}.${namespace}.svc.${CLUSTER_DOMAIN}`;
}

/** The Service that a full name means, whatever the cluster's domain; undefined for every other name. */
export function serviceOfHost(fqdn: string): { readonly namespace: string; readonly name: string } | undefined {
  const [name, namespace, svc, domain] = fqdn.split('.');
  if (name === undefined || namespace === undefined || svc !== 'svc' || domain === undefined) return undefined;
  return name === '*' ? undefined : { namespace, name };
}

/** Does a pattern cover a host (or a narrower pattern)? */
export function coversHost(pattern: string, host: string): boolean {
  if (pattern === '*' || pattern === host) return true;
  return pattern.startsWith('*') && host.endsWith(pattern.slice(1)) && host.length >= pattern.length;
}

/** The narrower of two patterns, or undefined when they have nothing in common. */
export function intersectHosts(left: string, right: string): string | undefined {
  if (coversHost(left, right)) return right;
  return coversHost(right, left) ? left : undefined;
}

/** `*` is written '' in the route table. */
export function toPattern(host: string): string {
  return host === '*' ? '' : host;
}
