import { citeField } from '../../model/cite.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import { DERIVED } from '../../model/derive.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { Pod } from '../../model/kinds/pod.ts';
import type { Service, ServicePort } from '../../model/kinds/service.ts';
import type { FailureMode } from '../../sources/failure.ts';
import { podsBehind, usableEndpoints } from '../backend-path.ts';
import { resolvedBackends } from '../path-queries.ts';
import type { BackendPath, EndpointPath, Trace } from '../trace.ts';
import { type Dependency, dependenciesOf, dependencyEnding } from './dependency-outages.ts';
import type { PathFacts } from './path-facts.ts';
import { isLive, type PodTrouble, TROUBLES, type Trouble, troubleOf } from './trouble.ts';

/** A backend whose Service and endpoints are known, and none of whose endpoints can serve. */
export interface Outage {
  readonly path: BackendPath;
  readonly service: Service;
  readonly port: ServicePort;
  /** Pods behind the Service that have not finished and are not being deleted. */
  readonly live: readonly Pod[];
  /** Another backend of the same rule does serve. */
  readonly partial: boolean;
  /** Set when it lies behind the app of the path: the app needs this Service. */
  readonly via?: Dependency;
  /** How requests fail by it. */
  readonly modes: readonly FailureMode[];
  /** How it ends, for a chain. */
  readonly ending: readonly string[];
}

/** How requests fail at a Service that has nobody to answer. */
export const DIRECT: readonly FailureMode[] = ['no-endpoints', 'no-live-endpoint'];
/** And how, at one that the app of the path needs. */
export const BEHIND: readonly FailureMode[] = [
  'passed-on',
  'read-timeout',
  'reset',
  'no-endpoints',
  'no-live-endpoint',
];
const ENDING = ['the Service has no ready endpoint', 'the gateway answers without reaching a Pod'];

/** Backends without a single endpoint that can serve, mirrors and weight 0 left out. */
export function outages(trace: Trace): readonly Outage[] {
  const used = resolvedBackends(trace).filter(
    ({ path, service }) => path.ref.weight > 0 && path.ref.role !== 'mirror' && service.type !== 'ExternalName',
  );
  const out = used.filter(({ path }) => path.slices.state === 'found' && servingEndpoints(path).length === 0);
  return out.map(({ path, service, port }) => ({
    path,
    service,
    port,
    live: livePods(path),
    partial: out.length < used.length,
    modes: DIRECT,
    ending: ENDING,
  }));
}

/**
 * The outages of a path, and those of Services that its app needs when the way to the app is not what breaks it. An app that
 * complains about such a Service is its victim: `direct` is then left out.
 */
export function brokenPaths(facts: PathFacts): readonly Outage[] {
  const direct = outages(facts.trace);
  if (direct.some((outage) => !isVictim(facts.model, outage))) return direct;
  const behind = dependenciesOf(facts).flatMap((via): readonly Outage[] => {
    const { path } = via;
    if (path.service.state !== 'found' || path.port.state !== 'found' || path.slices.state !== 'found') return [];
    if (servingEndpoints(path).length > 0) return [];
    const base = { path, service: path.service.value, port: path.port.value, live: livePods(path), partial: false };
    return [{ ...base, via, modes: BEHIND, ending: dependencyEnding(via) }];
  });
  return behind.some((outage) => outage.via?.said === true) ? behind : [...direct, ...behind];
}

/** Its Pods run and fail in ways that a missing dependency causes. */
function isVictim(model: ClusterModel, { live }: Outage): boolean {
  const trouble = dominant(live.flatMap((pod) => troubleOf(model, pod) ?? []));
  return trouble === 'readiness' || trouble === 'crash' || trouble === 'liveness' || trouble === 'unknown';
}

/** What only the app's configuration leads to is less sure than what the app says. */
export function gradeVia<T extends string>({ via }: { readonly via?: Dependency }, grade: T): T | 'likely' {
  return via === undefined || via.said ? grade : 'likely';
}

/** Usable endpoints whose Pod is not known to be unready (publishNotReadyAddresses and late slices list those too). */
export function servingEndpoints(path: BackendPath): readonly EndpointPath[] {
  return usableEndpoints(path).filter(
    ({ pod }) => pod.state !== 'found' || pod.value.ready || !pod.value.hasStatus || pod.value.deleting !== undefined,
  );
}

export function livePods(path: BackendPath): readonly Pod[] {
  return (path.selected.length > 0 ? path.selected : podsBehind(path)).filter(isLive);
}

/** The trouble of most Pods; of equally many, the deeper one. */
export function dominant(troubles: readonly PodTrouble[]): Trouble | undefined {
  let best: Trouble | undefined;
  let most = 0;
  for (const trouble of TROUBLES) {
    const count = troubles.filter((entry) => entry.trouble === trouble).length;
    if (count > most) {
      best = trouble;
      most = count;
    }
  }
  return best;
}

/** Says that nothing of a Service can serve, at its EndpointSlice where there is one. */
export function citeEndpoints({ path, service, live }: Outage): Evidence {
  const slice =
    path.slices.state === 'found' ? path.slices.value.find((entry) => entry.managedBy !== DERIVED) : undefined;
  const total = path.endpoints.length;
  const name = `Service ${service.namespace}/${service.name}`;
  const text =
    total === 0
      ? `${name} has no endpoints (${live.length} Pods match)`
      : `none of the ${total} endpoints of ${name} can serve`;
  return slice === undefined ? citeField(service, 'spec.selector', text) : citeField(slice, 'endpoints', text);
}
