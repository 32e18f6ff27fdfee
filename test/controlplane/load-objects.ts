import { type CapturedObject, nameObject, readCaptureObjects } from './capture-objects.ts';
import type { ControlPlane } from './control-plane.ts';
import {
  applyDefinitions,
  definePermissively,
  listCustomResources,
  readGatewayApiDefinitions,
} from './custom-resources.ts';
import { discoverKinds, type ServedKind, type ServedKinds, storageKey } from './discovery.ts';

export interface LoadedObjects {
  readonly objects: readonly CapturedObject[];
  /** What the API server cannot hold, by name with its message. */
  readonly refused: readonly { readonly object: string; readonly message: string }[];
  /** Takes the objects out again; definitions of custom resources stay. */
  unload(): Promise<void>;
}

/** Namespaces that the API server makes itself and would miss. */
const OWN_NAMESPACES = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease']);

/**
 * Puts every object of a capture's folder into the control plane exactly as captured: status, uid, creationTimestamp and
 * owners included. Kinds that are not served get a CRD: the Gateway API's own one, or else one without rules.
 * docs/decisions/2026-11-23-live-tests.md says why the objects go to etcd directly.
 */
export function loadObjects(controlPlane: ControlPlane, folder: string): Promise<LoadedObjects> {
  return storeObjects(controlPlane, readCaptureObjects(folder));
}

/** The same for objects in memory. `check: false` skips asking the API server about each of them, for generated ones. */
export async function storeObjects(
  controlPlane: ControlPlane,
  objects: readonly CapturedObject[],
  { check = true }: { readonly check?: boolean } = {},
): Promise<LoadedObjects> {
  const kinds = await serveAllKinds(controlPlane, objects);
  const custom = await listCustomResources(controlPlane.api);
  const stored: CapturedObject[] = [];
  const refused: { object: string; message: string }[] = [];
  const keys: string[] = [];
  // Namespaces first: the API server keeps everybody waiting who names one that it does not know yet.
  for (const part of partition(objects, ({ kind }) => kind === 'Namespace')) {
    const messages = await mapConcurrently(part, async (object) => {
      const kind = kinds.get(`${object.apiVersion}/${object.kind}`);
      if (kind === undefined) return 'the API server serves no such kind';
      return check ? whyUnreadable(controlPlane, kind, object) : undefined;
    });
    const pairs = new Map<string, string>();
    for (const [index, object] of part.entries()) {
      const kind = kinds.get(`${object.apiVersion}/${object.kind}`);
      const message = messages[index];
      if (kind === undefined || message !== undefined) {
        refused.push({ object: nameObject(object), message: message ?? '' });
        continue;
      }
      const { namespace, name } = object.metadata;
      pairs.set(storageKey(kind, custom.has(`${kind.group}/${kind.resource}`), namespace, name), toStored(object));
      stored.push(object);
    }
    await controlPlane.etcd.put(pairs);
    keys.push(...pairs.keys());
  }
  return {
    objects: stored,
    refused,
    unload: () => controlPlane.etcd.delete(keys.filter((key) => !isOwnNamespace(key))),
  };
}

async function serveAllKinds(controlPlane: ControlPlane, objects: readonly CapturedObject[]): Promise<ServedKinds> {
  const { api, binaries } = controlPlane;
  const kinds = await discoverKinds(api);
  const missing = objects.filter(
    ({ apiVersion, kind }) => apiVersion.includes('/') && !kinds.has(`${apiVersion}/${kind}`),
  );
  if (missing.length === 0) return kinds;
  const groups = new Set(missing.map(({ apiVersion }) => apiVersion.split('/')[0]));
  const official = readGatewayApiDefinitions(binaries.gatewayApiCrds).filter(({ spec }) => groups.has(spec.group));
  await applyDefinitions(api, official);
  const served = await discoverKinds(api);
  const builtIn = new Set([...kinds.values()].map(({ group }) => group));
  const unknown = missing.filter(
    ({ apiVersion, kind }) => !served.has(`${apiVersion}/${kind}`) && !builtIn.has(apiVersion.split('/')[0] ?? ''),
  );
  await applyDefinitions(api, definePermissively(unknown));
  return discoverKinds(api);
}

/**
 * An object that cannot be decoded would make the API server fail to list its whole kind, so each one is shown to it first.
 * A dry run that is refused for its content (422), an existing name (409) or a namespace to come (404, 403) has been decoded.
 */
async function whyUnreadable(
  { api }: ControlPlane,
  kind: ServedKind,
  object: CapturedObject,
): Promise<string | undefined> {
  const { namespace } = object.metadata;
  const path = kind.namespaced
    ? kind.listPath.replace(/\/[^/]+$/, `/namespaces/${namespace ?? 'default'}/${kind.resource}`)
    : kind.listPath;
  const answer = await api.send('POST', `${path}?dryRun=All&fieldValidation=Ignore`, JSON.parse(toStored(object)));
  if (answer.status !== 400) return undefined;
  return (JSON.parse(answer.body) as { readonly message: string }).message;
}

/** The API server numbers what it stores, and nobody applies fields to a capture. */
function toStored(object: CapturedObject): string {
  return JSON.stringify({
    ...object,
    metadata: { ...object.metadata, resourceVersion: undefined, managedFields: undefined, selfLink: undefined },
  });
}

function isOwnNamespace(key: string): boolean {
  const [, , folder, name = ''] = key.split('/');
  return folder === 'namespaces' && OWN_NAMESPACES.has(name);
}

function partition<T>(items: readonly T[], first: (item: T) => boolean): readonly (readonly T[])[] {
  return [items.filter(first), items.filter((item) => !first(item))];
}

async function mapConcurrently<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return results;
}
