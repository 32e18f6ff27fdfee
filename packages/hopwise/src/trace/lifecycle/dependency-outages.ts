import { valueOf } from '../../base/lookup.ts';
import { displayId, idOf, type ObjectId } from '../../base/object-id.ts';
import { citeField } from '../../model/cite.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { Pod } from '../../model/kinds/pod.ts';
import type { Service } from '../../model/kinds/service.ts';
import type { Labels } from '../../model/meta.ts';
import { isIpAddress } from '../addresses.ts';
import { podsBehind, walkBackend } from '../backend-path.ts';
import { complaintsOf } from '../complaints.ts';
import { findConfigSource } from '../config-source.ts';
import { resolveInCluster } from '../dns/resolve.ts';
import { logEvidence } from '../log-evidence.ts';
import { observedMode, podsOnPath, resolvedBackends } from '../path-queries.ts';
import type { BackendPath } from '../trace.ts';
import type { PathFacts } from './path-facts.ts';

/** A Service behind the app of the path: the app fails because it cannot reach it. */
export interface Dependency {
  readonly path: BackendPath;
  /** The workload that depends on it. */
  readonly by: ObjectId;
  /** The app itself complains; otherwise its configuration names the Service and the request fails behind the gateway. */
  readonly said: boolean;
  readonly evidence: readonly Evidence[];
}

/** Services that the failing app needs, by its own complaints, else by its configuration. Whether they serve is not judged here. */
export function dependenciesOf(facts: PathFacts): readonly Dependency[] {
  const pods = podsOnPath(facts.trace);
  const first = pods[0];
  if (first === undefined || !mayFailBehind(facts, pods)) return [];
  const by = facts.model.controllerOf(first);
  const said = complained(facts, pods, by);
  if (said.length > 0) return said;
  return isPassedOn(facts) ? configured(facts.model, first, pods, by) : [];
}

/** Services of this cluster that the app says it cannot reach. */
function complained({ model, seen }: PathFacts, pods: readonly Pod[], by: ObjectId): readonly Dependency[] {
  return missedServices(model, seen, pods, false).map(({ service, port, evidence }) => ({
    path: pathTo(model, service, pods, port),
    by,
    said: true,
    evidence: [evidence],
  }));
}

/** A Service of this cluster that the app cannot reach, and that has nobody to answer. */
export interface DownDependency {
  readonly service: Service;
  /** The workload whose Pods should answer. */
  readonly workload: ObjectId | undefined;
  readonly evidence: readonly Evidence[];
}

/** What the app's complaints lead to when it addresses them rightly: Services whose Pods are not ready. */
export function downDependencies({
  model,
  trace,
  seen,
}: Pick<PathFacts, 'model' | 'trace' | 'seen'>): readonly DownDependency[] {
  return missedServices(model, seen, podsOnPath(trace), true).flatMap(({ service, selector, evidence }) => {
    const slices = model.slicesOf(service);
    if (slices.state !== 'found') return [];
    const endpoints = slices.value.flatMap((slice) => slice.endpoints);
    if (endpoints.some((endpoint) => endpoint.ready)) return [];
    const first = model.podsMatching(service.namespace, selector)[0];
    const text = `Service ${service.namespace}/${service.name} has no ready endpoint (${endpoints.length} not ready)`;
    return [
      {
        service,
        workload: first === undefined ? undefined : model.controllerOf(first),
        evidence: [
          evidence,
          citeField(service, 'spec.selector', text),
          ...(first === undefined ? [] : [citeField(first, 'status', stateOf(first))]),
        ],
      },
    ];
  });
}

function stateOf(pod: Pod): string {
  const waiting = pod.statuses.flatMap(({ state }) => (state.kind === 'waiting' ? (state.reason ?? []) : []));
  const words = [pod.phase, ...waiting, pod.ready ? 'ready' : 'not ready'];
  return `Pod ${pod.namespace}/${pod.name} is ${[...new Set(words)].join(', ')}`;
}

interface MissedService {
  readonly service: Service;
  readonly selector: Labels;
  readonly port: number | undefined;
  readonly evidence: Evidence;
}

/** Services with a selector that the app's complaints name, each once; `unresolved` takes in headless ones without Pods. */
function missedServices(
  model: ClusterModel,
  seen: PathFacts['seen'],
  pods: readonly Pod[],
  unresolved: boolean,
): readonly MissedService[] {
  const found = new Map<ObjectId, MissedService>();
  for (const { kind, subject, port, line, lines } of complaintsOf(seen, pods)) {
    const pod = pods.find((entry) => entry.name === line.at.pod) ?? pods[0];
    if (kind !== 'unreachable' || subject === undefined || pod === undefined) continue;
    const service = serviceCalled(model, subject, pod, unresolved);
    if (service?.selector === undefined || found.has(idOf(service))) continue;
    const evidence = logEvidence(line, `the app cannot reach ${subject}`, lines);
    found.set(idOf(service), { service, selector: service.selector, port, evidence });
  }
  return [...found.values()];
}

function serviceCalled(model: ClusterModel, host: string, pod: Pod, unresolved: boolean): Service | undefined {
  if (isIpAddress(host)) return valueOf(model.serviceByIP(host));
  const answer = resolveInCluster(model, host, pod);
  return answer.state === 'service' || (unresolved && answer.state === 'nxdomain') ? answer.service : undefined;
}

/** The request fails, or the app is not able to serve it, and the way to the app is not what breaks it. */
function mayFailBehind({ seen }: PathFacts, pods: readonly Pod[]): boolean {
  return seen.failing || pods.some((pod) => pod.hasStatus && !pod.ready);
}

/** The app was reached and made the failure itself, as far as anybody saw. */
function isPassedOn({ seen, trace }: PathFacts): boolean {
  if (!seen.failing || (seen.status ?? 0) < 500) return false;
  if (
    observedMode(seen, 'refused', 'no-endpoints', 'no-service', 'no-route', 'connect-timeout', 'tls-handshake') !==
    undefined
  )
    return false;
  if (!resolvedBackends(trace).some(({ path }) => path.endpoints.some((endpoint) => endpoint.usable))) return false;
  return seen.generatedBy?.hop === 'app' || observedMode(seen, 'passed-on') !== undefined;
}

/** Services of the app's namespace that its environment, arguments or ConfigMaps name. */
function configured(model: ClusterModel, pod: Pod, pods: readonly Pod[], by: ObjectId): readonly Dependency[] {
  return model.listIn('Service', pod.namespace).flatMap((service): readonly Dependency[] => {
    if (service.selector === undefined || pods.some((entry) => selects(service, entry))) return [];
    const full = `${service.name}.${service.namespace}`;
    const source = [service.name, full, `${full}.svc`, `${full}.svc.cluster.local`]
      .map((name) => findConfigSource(model, pod, name))
      .find((entry) => entry !== undefined && isAddressed(entry.value, service));
    if (source === undefined) return [];
    return [{ path: pathTo(model, service, pods), by, said: false, evidence: [source.evidence] }];
  });
}

/** The name stands where an address does: before a port, a domain or a path, or behind a scheme or credentials. */
function isAddressed(text: string, { name, namespace }: Service): boolean {
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    const before = text.slice(Math.max(0, at - 3), at);
    const after = text.slice(at + name.length, at + name.length + namespace.length + 1);
    if (/[A-Za-z0-9_.-]$/.test(before)) continue;
    if (/^:\d/.test(after) || after === `.${namespace}`) return true;
    if ((before.endsWith('://') || before.endsWith('@')) && !/^[A-Za-z0-9_-]/.test(after)) return true;
  }
  return false;
}

function selects(service: Service, pod: Pod): boolean {
  return Object.entries(service.selector ?? {}).every(([key, value]) => pod.labels[key] === value);
}

function pathTo(model: ClusterModel, service: Service, callers: readonly Pod[], port?: number): BackendPath {
  const known = port !== undefined && service.ports.some((entry) => entry.port === port);
  const ref = { object: idOf(service), weight: 1, field: '', ...(known ? { port } : {}) };
  return walkBackend(model, ref, callers.slice(0, 1));
}

/** How a dependency ends the request, for the end of a chain. */
export function dependencyEnding({ by, path }: Dependency): readonly string[] {
  const service = displayId(path.ref.object);
  return [
    `${service} has no endpoint that serves`,
    `${displayId(by)} cannot reach ${service}`,
    'it fails the request itself',
  ];
}

/** The same facts as seen from a Service behind the app: nothing of the gateway's lines is about it, and its own Pods are the app. */
export function behindApp<F extends PathFacts>(facts: F, path: BackendPath): F {
  const pods = podsBehind(path);
  const names = new Set(pods.map((pod) => `${pod.namespace}/${pod.name}`));
  const own = facts.observations.entries.filter((entry) => names.has(`${entry.at.namespace}/${entry.at.pod}`));
  const app = {
    pods,
    listens: own.filter((entry) => entry.type === 'listen'),
    requests: own.filter((entry) => entry.type === 'app-request'),
    events: own.filter((entry) => entry.type === 'app-event'),
    access: own.filter((entry) => entry.type === 'access'),
    errors: own.filter((entry) => entry.type === 'backend-error'),
    logged: own.length > 0,
  };
  return { ...facts, seen: { ...facts.seen, modes: [], access: [], nearby: [], errors: [], otherErrors: [], app } };
}
