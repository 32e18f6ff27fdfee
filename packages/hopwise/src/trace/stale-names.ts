import { valueOf } from '../base/lookup.ts';
import type { ObjectId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { Service } from '../model/kinds/service.ts';
import type { AccessEntry, AppEventEntry, BackendErrorEntry } from '../sources/observations.ts';
import { isIpAddress, splitHostPort } from './addresses.ts';
import { type ConfigSource, configMapsOf, findConfigSource } from './config-source.ts';
import { dnsSetupOf } from './dns/dns-setup.ts';
import { resolveInCluster } from './dns/resolve.ts';
import type { PathObservations } from './observed.ts';
import { onceResolved } from './once-resolved.ts';
import { contains, parseAddress, parseBlock } from './policy/address.ts';
import { isServiceAddress } from './service-range.ts';
import type { Trace } from './trace.ts';

export type StaleLine = BackendErrorEntry | AppEventEntry | AccessEntry;

/** A name that a proxy (or app) on the path looked up once, and whose address is another by now. */
export interface StaleName {
  /** Workload of the Pod that connects. */
  readonly proxy: ObjectId;
  readonly proxyStart: number | undefined;
  /** Where it still connects; undefined when its log does not name addresses. */
  readonly address: string | undefined;
  readonly line: StaleLine | undefined;
  readonly count: number;
  /** What its configuration (or the line itself) names, and where that is now. */
  readonly service: Service | undefined;
  readonly configured: ConfigSource | undefined;
  /** The line shows name and address together, and DNS has another address for the name. */
  readonly shown: boolean;
  /** The Service (or all Pods of a headless one) came after the proxy had started. */
  readonly newer: boolean;
}

interface Asked {
  readonly model: ClusterModel;
  readonly trace: Trace;
  readonly seen: PathObservations;
}

const CANNOT_CONNECT: ReadonlySet<string> = new Set([
  'connect-timeout',
  'refused',
  'no-route-to-host',
  'no-live-endpoint',
]);
const EVENTS: ReadonlySet<string> = new Set(['dependency-timeout', 'dependency-refused', 'dependency-unreachable']);

export function staleNames(world: Asked): readonly StaleName[] {
  const fromLines = orphans(world);
  return fromLines.length > 0 ? fromLines : fromConfiguration(world);
}

/** Connections to addresses inside the cluster's own networks that nobody has. */
function orphans({ model, seen }: Asked): readonly StaleName[] {
  const out = new Map<string, StaleName>();
  for (const { line, address, name } of attempts(seen)) {
    const target = splitHostPort(address) ?? { host: address, port: 0 };
    const known = out.get(address);
    if (known !== undefined) {
      out.set(address, { ...known, line, count: known.count + 1 });
      continue;
    }
    const pod = podOf(seen, line);
    if (pod === undefined || !isIpAddress(target.host) || !isOrphan(model, target.host)) continue;
    // An address that is written down was never looked up.
    if (name === undefined && findConfigSource(model, pod, target.host) !== undefined) continue;
    const named = name === undefined ? servicesNamed(model, pod, line, target.port) : serviceOf(model, pod, name);
    const proxyStart = startOf(pod);
    out.set(address, {
      address,
      proxy: model.controllerOf(pod),
      proxyStart,
      line,
      count: 1,
      shown: name !== undefined && named.service !== undefined,
      newer: named.service !== undefined && isNewer(model, named.service, proxyStart),
      ...named,
    });
  }
  return [...out.values()];
}

interface Attempt {
  readonly line: StaleLine;
  readonly address: string;
  /** The name the line shows for the address, as JVMs write it: `orders/10.96.0.203:8080`. */
  readonly name?: string;
}

const NAME_AND_ADDRESS = /\b([a-z][a-z0-9-]{0,62}(?:\.[a-z0-9-]{1,63}){0,6})\/(\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?)\b/;

function attempts(seen: PathObservations): readonly Attempt[] {
  const errors = seen.app.errors.flatMap((line): Attempt[] =>
    line.address !== undefined && CANNOT_CONNECT.has(line.mode) ? [{ line, address: line.address }] : [],
  );
  const events = seen.app.events.flatMap((line): Attempt[] => {
    if (!EVENTS.has(line.event)) return [];
    const both = NAME_AND_ADDRESS.exec(line.at.quote);
    if (both?.[1] !== undefined && both[2] !== undefined) return [{ line, address: both[2], name: both[1] }];
    return line.subject === undefined ? [] : [{ line, address: line.subject }];
  });
  const access = seen.app.access.flatMap((line) =>
    line.mode !== undefined && CANNOT_CONNECT.has(line.mode)
      ? line.attempts.flatMap((attempt): Attempt[] =>
          attempt.address === undefined ? [] : [{ line, address: attempt.address }],
        )
      : [],
  );
  return [...errors, ...events, ...access];
}

/** Names looked up at start whose Service is newer than the proxy, where the proxy was seen to fail on its backends. */
function fromConfiguration({ model, trace, seen }: Asked): readonly StaleName[] {
  const failed = seen.modes.find((mode) => mode.reporter === 'app' && CANNOT_CONNECT.has(mode.mode));
  const line =
    seen.app.errors.findLast(({ mode }) => CANNOT_CONNECT.has(mode)) ??
    seen.app.access.findLast(({ mode }) => mode !== undefined && CANNOT_CONNECT.has(mode));
  if (!seen.failing || (failed === undefined && line === undefined)) return [];
  const [pod] = seen.app.pods;
  if (pod === undefined) return [];
  const proxyStart = startOf(pod);
  const changed = namesOf(model, pod).flatMap(({ name, scope, configured }) => {
    const { service } = serviceOf(model, pod, name);
    return service !== undefined && isNewer(model, service, proxyStart) ? [{ scope, service, configured }] : [];
  });
  const words = trace.request.path.split('/').filter((word) => word.length > 1);
  const mine = changed.find(({ scope }) => words.some((word) => scope.includes(word))) ?? changed[0];
  if (mine === undefined || (changed.length > 1 && words.length === 0)) return [];
  return [
    {
      proxy: model.controllerOf(pod),
      proxyStart,
      address: undefined,
      line,
      count: 1,
      service: mine.service,
      configured: mine.configured,
      shown: false,
      newer: true,
    },
  ];
}

function namesOf(model: ClusterModel, pod: Pod) {
  return configMapsOf(pod).flatMap((map) => {
    const found = valueOf(model.get('ConfigMap', pod.namespace, map));
    return Object.values(found?.data ?? {}).flatMap((text) =>
      onceResolved(text).map(({ name, scope }) => ({ name, scope, configured: findConfigSource(model, pod, name) })),
    );
  });
}

function podOf(seen: PathObservations, line: StaleLine): Pod | undefined {
  return seen.app.pods.find((entry) => entry.name === line.at.pod) ?? seen.app.pods[0];
}

/** In the cluster's own networks, and nobody's. */
function isOrphan(model: ClusterModel, ip: string): boolean {
  if (model.nodeByIP(ip).state === 'found' || model.podByIP(ip).state !== 'absent') return false;
  if (model.serviceByIP(ip).state !== 'absent') return false;
  return isServiceAddress(model, ip) || isPodAddress(model, ip);
}

function isPodAddress(model: ClusterModel, ip: string): boolean {
  const address = parseAddress(ip);
  if (address === undefined) return false;
  return model.list('Node').some((node) =>
    node.podCIDRs.some((range) => {
      const block = parseBlock(range);
      return block !== undefined && contains(block, address);
    }),
  );
}

function startOf(pod: Pod): number | undefined {
  const running = pod.statuses.flatMap((status) => (status.state.kind === 'running' ? (status.state.since ?? []) : []));
  return running.length > 0 ? Math.max(...running) : (pod.startTime ?? pod.created);
}

function isNewer(model: ClusterModel, service: Service, start: number | undefined): boolean {
  if (start === undefined) return false;
  if (!service.headless) return service.created !== undefined && service.created > start;
  const pods = service.selector === undefined ? [] : model.podsMatching(service.namespace, service.selector);
  return pods.length > 0 && pods.every((pod) => (pod.startTime ?? pod.created ?? 0) > start);
}

type Named = Pick<StaleName, 'service' | 'configured'>;
const NOTHING: Named = { service: undefined, configured: undefined };

/** The Service that a name leads to now. */
function serviceOf(model: ClusterModel, pod: Pod, name: string): Named {
  const answer = resolveInCluster(model, name, pod);
  return answer.state === 'service'
    ? { service: answer.service, configured: findConfigSource(model, pod, name) }
    : NOTHING;
}

/** The Service of the same port that the proxy's configuration names; of several the one whose path prefix the line has. */
function servicesNamed(model: ClusterModel, pod: Pod, line: StaleLine, port: number): Named {
  const candidates = model
    .list('Service')
    .filter((service) =>
      service.ports.some((entry) => entry.port === port || (service.headless && entry.targetPort === port)),
    );
  const { domain } = dnsSetupOf(model);
  const named = candidates.flatMap((service) => {
    const full = `${service.name}.${service.namespace}`;
    const names = [
      `${full}.svc.${domain}`,
      `${full}.svc`,
      full,
      ...(service.namespace === pod.namespace ? [service.name] : []),
    ];
    for (const name of names) {
      const configured = findConfigSource(model, pod, name);
      if (configured !== undefined) return [{ service, configured }];
    }
    return [];
  });
  if (named.length <= 1) return named[0] ?? NOTHING;
  const words = ('path' in line ? (line.path ?? '') : '').split('/').filter((word) => word.length > 2);
  const byPath = named.find(({ service }) => words.some((word) => locationNames(model, pod, word, service.name)));
  const newest = [...named].sort((a, b) => (b.service.created ?? 0) - (a.service.created ?? 0))[0];
  return byPath ?? newest ?? NOTHING;
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
