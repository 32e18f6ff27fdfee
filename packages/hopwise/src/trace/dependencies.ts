import type { ClusterModel } from '../model/cluster-model.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { Service } from '../model/kinds/service.ts';
import type { AppEventEntry, BackendErrorEntry } from '../sources/observations.ts';
import { isIpAddress, splitHostPort } from './addresses.ts';
import { type ConfigSource, findConfigSource } from './config-source.ts';
import { resolveInCluster } from './dns/resolve.ts';
import type { PathObservations } from './observed.ts';
import { podsOnPath } from './path-queries.ts';
import type { Trace } from './trace.ts';

/** Something the app needs, addressed in a way that cannot work. */
export interface FaultyDependency {
  readonly host: string;
  readonly port: number | undefined;
  readonly why: string;
  readonly configured: ConfigSource;
  readonly service: Service | undefined;
  readonly line: AppEventEntry | BackendErrorEntry | undefined;
  readonly lines: number;
  readonly meant: string | undefined;
  readonly namespace: string;
  readonly pod: string;
}

interface Asked {
  readonly model: ClusterModel;
  readonly trace: Trace;
  readonly seen: PathObservations;
}

type Complaint = AppEventEntry | BackendErrorEntry;

const COMPLAINTS = new Set<AppEventEntry['event']>([
  'dependency-dns-failure',
  'dependency-refused',
  'dependency-timeout',
  'dependency-unreachable',
  'dependency-auth-failed',
  'dependency-error',
]);

/**
 * Dependencies that the app of this path complains about and whose address in its configuration is plainly wrong: the name
 * does not exist, or the Service has no such port. A dependency that is merely down is not misconfigured.
 */
export function faultyDependencies({ model, trace, seen }: Asked): readonly FaultyDependency[] {
  const pods = podsOnPath(trace);
  const broken = seen.failing || pods.some((pod) => pod.hasStatus && !pod.ready);
  if (!broken) return [];
  const complaints: Complaint[] = [
    ...seen.app.events.filter((entry) => COMPLAINTS.has(entry.event)),
    // A backend's name that a proxy cannot resolve is a route that leads nowhere, not something that it depends on.
    ...seen.app.errors.filter((entry) => entry.address !== undefined && entry.mode !== 'dns-failure'),
  ];
  const out = new Map<string, FaultyDependency>();
  for (const complaint of complaints) {
    const address = addressOf(complaint);
    const pod = pods.find((entry) => entry.name === complaint.at.pod) ?? pods[0];
    if (address === undefined || pod === undefined) continue;
    const key = `${address.host}:${address.port ?? ''}`;
    const known = out.get(key);
    if (known !== undefined) {
      out.set(key, { ...known, lines: known.lines + 1, line: complaint });
      continue;
    }
    const fault = judge(model, pod, address, complaint);
    if (fault !== undefined) out.set(key, fault);
  }
  return [...out.values()];
}

function addressOf(complaint: Complaint): { host: string; port: number | undefined } | undefined {
  const text = complaint.type === 'backend-error' ? complaint.address : complaint.subject;
  if (text === undefined) return undefined;
  const bare = text
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/^[^@/]*@/, '')
    .replace(/[/?].*$/, '');
  const split = splitHostPort(bare);
  const host = split?.host ?? bare;
  if (host === '' || /^(?:localhost|127\.|::1)/.test(host) || host.includes(' ')) return undefined;
  return { host: host.toLowerCase(), port: split?.port };
}

function judge(
  model: ClusterModel,
  pod: Pod,
  address: { host: string; port: number | undefined },
  line: Complaint,
): FaultyDependency | undefined {
  const base = { host: address.host, port: address.port, line, lines: 1, namespace: pod.namespace, pod: pod.name };
  if (isIpAddress(address.host)) return undefined;
  const answer = resolveInCluster(model, address.host, pod);
  const configured = findConfigSource(model, pod, address.host);
  if (configured === undefined) return undefined;
  if (answer.state === 'nxdomain')
    return {
      ...base,
      configured,
      service: undefined,
      why: `${address.host} does not exist in cluster DNS`,
      meant: answer.suggestions[0]?.name,
    };
  // A short name that looks like a Service but is none resolves to nothing either, wherever the search path leads.
  if (answer.state === 'external' && !address.host.includes('.') && answer.addresses.length === 0)
    return {
      ...base,
      configured,
      service: undefined,
      why: `no Service is called ${address.host} in namespace ${pod.namespace}`,
      meant: undefined,
    };
  if (answer.state !== 'service') return undefined;
  if (line.type === 'app-event' && line.event === 'dependency-auth-failed')
    return {
      ...base,
      configured,
      service: undefined,
      why: `${address.host} refuses the credentials it is given`,
      meant: undefined,
    };
  return wrongPort(answer.service, address, base, configured);
}

function wrongPort(
  service: Service,
  address: { port: number | undefined },
  base: Omit<FaultyDependency, 'configured' | 'service' | 'why' | 'meant'>,
  configured: ConfigSource,
): FaultyDependency | undefined {
  if (address.port === undefined || service.type === 'ExternalName') return undefined;
  if (service.headless || service.ports.some((port) => port.port === address.port)) return undefined;
  const meant = service.ports.length === 1 ? `${service.name}:${service.ports[0]?.port}` : undefined;
  return {
    ...base,
    configured,
    service,
    why: `Service ${service.namespace}/${service.name} has no port ${address.port} (it has ${service.ports.map((port) => port.port).join(', ')})`,
    meant,
  };
}
