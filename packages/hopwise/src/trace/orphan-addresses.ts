import type { ObjectId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { Service } from '../model/kinds/service.ts';
import type { BackendErrorEntry } from '../sources/observations.ts';
import { splitHostPort } from './addresses.ts';
import { type ConfigSource, configMapsOf, findConfigSource } from './config-source.ts';
import type { PathObservations } from './observed.ts';
import type { Trace } from './trace.ts';

/** An address inside the cluster's own networks that a proxying app connects to and nobody has. */
export interface OrphanAddress {
  readonly address: string;
  /** Workload of the Pod that connects. */
  readonly proxy: ObjectId;
  readonly proxyStart: number | undefined;
  readonly line: BackendErrorEntry;
  readonly count: number;
  /** The Service that its configuration names and that has another address now. */
  readonly service: Service | undefined;
  readonly configured: ConfigSource | undefined;
}

interface Asked {
  readonly model: ClusterModel;
  readonly trace: Trace;
  readonly seen: PathObservations;
}

const CANNOT_CONNECT = new Set(['connect-timeout', 'refused', 'no-route-to-host']);

export function orphanAddresses({ model, seen }: Asked): readonly OrphanAddress[] {
  const out = new Map<string, OrphanAddress>();
  for (const line of seen.app.errors) {
    const target = line.address === undefined ? undefined : splitHostPort(line.address);
    if (target === undefined || !CANNOT_CONNECT.has(line.mode)) continue;
    const known = out.get(line.address as string);
    if (known !== undefined) {
      out.set(line.address as string, { ...known, line, count: known.count + 1 });
      continue;
    }
    if (!isClusterAddress(model, target.host) || !nobodyHas(model, target.host)) continue;
    const pod = seen.app.pods.find((entry) => entry.name === line.at.pod) ?? seen.app.pods[0];
    if (pod === undefined) continue;
    const named = servicesNamed(model, pod, line, target.port);
    out.set(line.address as string, {
      address: line.address as string,
      proxy: model.controllerOf(pod),
      proxyStart: startOf(pod),
      line,
      count: 1,
      ...named,
    });
  }
  return [...out.values()];
}

function nobodyHas(model: ClusterModel, ip: string): boolean {
  return (
    model.serviceByIP(ip).state === 'absent' &&
    model.podByIP(ip).state === 'absent' &&
    model.nodeByIP(ip).state !== 'found'
  );
}

/** In the range that ClusterIPs or Pods come from: the first two bytes are shared with a known one. */
function isClusterAddress(model: ClusterModel, ip: string): boolean {
  const prefix = ip.split('.').slice(0, 2).join('.');
  if (!ip.includes('.') || prefix === '') return false;
  const known = (address: string | undefined): boolean => address?.startsWith(`${prefix}.`) === true;
  return (
    model.list('Service').some((service) => service.clusterIPs.some(known)) ||
    model.list('Pod').some((pod) => !pod.spec.hostNetwork && pod.ips.some(known))
  );
}

function startOf(pod: Pod): number | undefined {
  const running = pod.statuses.flatMap((status) => (status.state.kind === 'running' ? (status.state.since ?? []) : []));
  return running.length > 0 ? Math.max(...running) : (pod.startTime ?? pod.created);
}

/** The Service of the same port that the proxy's configuration names; of several the one whose path prefix the line has. */
function servicesNamed(
  model: ClusterModel,
  pod: Pod,
  line: BackendErrorEntry,
  port: number,
): Pick<OrphanAddress, 'service' | 'configured'> {
  const candidates = model.list('Service').filter((service) => service.ports.some((entry) => entry.port === port));
  const named = candidates.flatMap((service) => {
    const source =
      findConfigSource(
        model,
        pod,
        service.namespace === pod.namespace ? `${service.name}:${port}` : `${service.name}.${service.namespace}`,
      ) ?? undefined;
    return source === undefined ? [] : [{ service, configured: source }];
  });
  if (named.length <= 1) return named[0] ?? { service: undefined, configured: undefined };
  const words = (line.path ?? '').split('/').filter((word) => word.length > 2);
  const byPath = named.find(({ service }) => words.some((word) => locationNames(model, pod, word, service.name)));
  const newest = [...named].sort((a, b) => (b.service.created ?? 0) - (a.service.created ?? 0))[0];
  return byPath ?? newest ?? { service: undefined, configured: undefined };
}

/** In the Pod's configuration the Service's name follows soon after the path's word: `location /settings/ { proxy_pass http://settings… }`. */
function locationNames(model: ClusterModel, pod: Pod, word: string, service: string): boolean {
  for (const name of configMapsOf(pod)) {
    const map = model.get('ConfigMap', pod.namespace, name);
    if (map.state !== 'found') continue;
    for (const text of Object.values(map.value.data)) {
      for (let at = text.indexOf(`/${word}`); at !== -1; at = text.indexOf(`/${word}`, at + 1)) {
        const block = text.slice(at, at + 300);
        const end = block.indexOf('}');
        if ((end === -1 ? block : block.slice(0, end)).includes(service)) return true;
      }
    }
  }
  return false;
}
