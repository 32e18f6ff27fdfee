import { displayId, idOf, type ObjectId } from '../../base/object-id.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { Pod } from '../../model/kinds/pod.ts';
import type { Service } from '../../model/kinds/service.ts';
import { walkBackend } from '../backend-path.ts';
import { findConfigSource } from '../config-source.ts';
import { downDependencies } from '../dependency-state.ts';
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
  const said = downDependencies(facts);
  if (said.length > 0)
    return said.map(({ service, evidence }) => ({
      path: pathTo(facts.model, service, pods),
      by,
      said: true,
      evidence: evidence.slice(0, 1),
    }));
  return isPassedOn(facts) ? configured(facts.model, first, pods, by) : [];
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
    const names = [`${service.name}:`, `${service.name}.${service.namespace}`];
    const source = names.map((name) => findConfigSource(model, pod, name)).find((entry) => entry !== undefined);
    if (source === undefined || !names.some((name) => namesWhole(source.value, name))) return [];
    return [{ path: pathTo(model, service, pods), by, said: false, evidence: [source.evidence] }];
  });
}

/** `cart:` is not named by `my-cart:`. */
function namesWhole(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    if (at === 0 || !/[A-Za-z0-9-]/.test(text[at - 1] ?? '')) return true;
  }
  return false;
}

function selects(service: Service, pod: Pod): boolean {
  return Object.entries(service.selector ?? {}).every(([key, value]) => pod.labels[key] === value);
}

function pathTo(model: ClusterModel, service: Service, callers: readonly Pod[]): BackendPath {
  return walkBackend(model, { object: idOf(service), weight: 1, field: '' }, callers.slice(0, 1));
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
