import type { ClusterModel } from '../model/cluster-model.ts';
import { didYouMean } from './suggest.ts';

/** A note for a host that no route names although one is spelled almost the same; undefined when there is nothing to say. */
export function noteUnknownHost(
  url: string,
  headers: Readonly<Record<string, string>>,
  model: ClusterModel,
): string | undefined {
  const host = hostOf(url, headers);
  if (host === undefined) return undefined;
  const known = listHosts(model);
  if (known.length === 0 || known.some((name) => covers(name, host))) return undefined;
  const [suggestion] = didYouMean(host, known);
  return suggestion === undefined ? undefined : `no route names the host ${host}; ${suggestion}`;
}

function hostOf(url: string, headers: Readonly<Record<string, string>>): string | undefined {
  const given = Object.entries(headers).find(([name]) => name.toLowerCase() === 'host')?.[1];
  try {
    return new URL(given === undefined ? url : `http://${given}`).hostname.toLowerCase() || undefined;
  } catch {
    return undefined;
  }
}

function listHosts(model: ClusterModel): string[] {
  const hosts = [
    ...model.list('Ingress').flatMap((ingress) => ingress.rules.map((rule) => rule.host)),
    ...(['HTTPRoute', 'GRPCRoute', 'TLSRoute'] as const).flatMap((kind) =>
      model.list(kind).flatMap((route) => route.hostnames),
    ),
    // Istio's `hosts`, Gloo's `virtualHost.domains`.
    ...model.foreign('VirtualService').flatMap(({ spec }) => [...texts(spec.hosts), ...texts(domainsOf(spec))]),
  ];
  return [...new Set(hosts.flatMap((host) => (host === undefined || host === '' ? [] : [host.toLowerCase()])))];
}

function domainsOf({ virtualHost }: Readonly<Record<string, unknown>>): unknown {
  return typeof virtualHost === 'object' && virtualHost !== null && 'domains' in virtualHost
    ? virtualHost.domains
    : undefined;
}

function texts(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((entry) => typeof entry === 'string') : [];
}

function covers(pattern: string, host: string): boolean {
  if (pattern === '*') return true;
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : pattern === host;
}
