import type { JsonObject } from '../../../packages/hopwise/src/sources/contract.ts';
import type { ApiClient } from '../../controlplane/api-client.ts';
import type { ControlPlane } from '../../controlplane/control-plane.ts';
import type { Controller } from './controller.ts';
import type { Posted } from './nginx-conf.ts';
import {
  CONFIG_MAP,
  CONTROLLER,
  configMap,
  controllerObjects,
  ingress,
  MARKERS,
  markerIngress,
  NAMESPACES,
  surroundings,
  type World,
  type WorldIngress,
} from './world.ts';

/** Collections of the kinds a world is made of, and whether they have namespaces. */
const COLLECTIONS: Readonly<Record<string, { readonly api: string; readonly name: string; readonly cluster?: true }>> =
  {
    Namespace: { api: '/api/v1', name: 'namespaces', cluster: true },
    ServiceAccount: { api: '/api/v1', name: 'serviceaccounts' },
    Pod: { api: '/api/v1', name: 'pods' },
    Service: { api: '/api/v1', name: 'services' },
    ConfigMap: { api: '/api/v1', name: 'configmaps' },
    EndpointSlice: { api: '/apis/discovery.k8s.io/v1', name: 'endpointslices' },
    IngressClass: { api: '/apis/networking.k8s.io/v1', name: 'ingressclasses', cluster: true },
    Ingress: { api: '/apis/networking.k8s.io/v1', name: 'ingresses' },
  };

/** Kinds that hopwise may take as completely read. */
export const KINDS: readonly string[] = [...Object.keys(COLLECTIONS), 'Secret'];

export async function loadSurroundings(api: ApiClient): Promise<void> {
  for (const object of [...surroundings(), configMap({})]) await create(api, object);
}

/** Puts the controller's own objects there, status included. */
export async function loadController(api: ApiClient, flags: readonly string[]): Promise<void> {
  for (const object of controllerObjects(flags)) {
    const path = pathOf(object);
    await api.send('DELETE', `${path}?gracePeriodSeconds=0`);
    await create(api, object);
    const stored = await api.get<JsonObject>(path);
    await accepted(api, 'PUT', `${path}/status`, { ...stored, status: object.status });
  }
}

/** What the controller made of a world, with every object as the API server has it. */
export type LoadedWorld = { readonly objects: readonly JsonObject[] } & (
  | { readonly state: 'rendered'; readonly conf: string; readonly posted: Posted }
  | { readonly state: 'crashed' }
);

/**
 * Replaces the world in the cluster and waits until the controller has rendered exactly that. Ingresses that the API server
 * does not accept are left out, as for any user.
 */
export async function loadWorld(
  { api, etcd }: ControlPlane,
  controller: Controller,
  world: World,
  round: number,
): Promise<LoadedWorld> {
  for (const namespace of [...NAMESPACES, MARKERS])
    await api.send('DELETE', `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`);
  // Settings first: annotations are read with the defaults of the moment.
  const marker = `# round ${round}`;
  const path = `/api/v1/namespaces/${CONTROLLER.namespace}/configmaps/${CONFIG_MAP}`;
  await accepted(api, 'PUT', path, configMap({ ...world.settings, 'main-snippet': marker }));
  try {
    await controller.rendered(`${marker}\n`);
    const objects = await Promise.all(world.ingresses.map((entry) => acceptIngress(api, entry)));
    await etcd.put(objects.flat());
    await create(api, markerIngress(round, world.flags));
    const settled = await controller.settled(`round-${round}.marker.invalid`, `"${MARKERS}-marker-${round}"`);
    return { state: 'rendered', ...settled, objects: await readObjects(api) };
  } catch (error) {
    if (controller.crashed()) return { state: 'crashed', objects: await readObjects(api) };
    throw error;
  }
}

/**
 * The Ingress as the API server would store it, to be stored with the age it is to have
 * (docs/decisions/2026-11-23-live-tests.md); nothing when it is refused.
 */
async function acceptIngress(api: ApiClient, entry: WorldIngress): Promise<readonly (readonly [string, string])[]> {
  const object = ingress(entry);
  const answer = await api.send('POST', `${pathOf(object, false)}?dryRun=All`, object);
  if (answer.status === 422 || answer.status === 400) return [];
  if (answer.status >= 300) throw new Error(`${entry.namespace}/${entry.name}: ${answer.status} ${answer.body}`);
  const stored = JSON.parse(answer.body) as { readonly metadata: JsonObject };
  const metadata = { ...stored.metadata, creationTimestamp: entry.created, managedFields: undefined };
  return [[`/registry/ingress/${entry.namespace}/${entry.name}`, JSON.stringify({ ...stored, metadata })]];
}

async function readObjects(api: ApiClient): Promise<readonly JsonObject[]> {
  const lists = await Promise.all(
    Object.entries(COLLECTIONS).map(async ([kind, { api: group, name }]) => {
      const { items } = await api.get<{ readonly items: readonly JsonObject[] }>(`${group}/${name}`);
      return items.map((item) => ({ apiVersion: group.replace(/^\/apis?\//, ''), kind, ...item }));
    }),
  );
  return lists.flat();
}

async function create(api: ApiClient, object: JsonObject): Promise<void> {
  await accepted(api, 'POST', pathOf(object, false), object);
}

async function accepted(api: ApiClient, method: string, path: string, body: JsonObject): Promise<void> {
  const { status, body: answer } = await api.send(method, path, body);
  if (status >= 300 && status !== 409) throw new Error(`${method} ${path}: ${status} ${answer}`);
}

function pathOf(object: JsonObject, named = true): string {
  const { api, name, cluster } = COLLECTIONS[String(object.kind)] ?? { api: '', name: '' };
  const metadata = object.metadata as { readonly name: string; readonly namespace?: string };
  const place = cluster === true ? api : `${api}/namespaces/${metadata.namespace}`;
  return named ? `${place}/${name}/${metadata.name}` : `${place}/${name}`;
}
