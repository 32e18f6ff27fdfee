import type { ClusterClient } from '../client.ts';
import { ClusterError } from '../client.ts';
import { type ApiFailure, readFailure } from './api-failure.ts';

/** A kind as one API server serves it. */
export interface ServedResource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly resource: string;
  readonly namespaced: boolean;
}

/** What an API server serves. `unread` are groups whose content could not be learned: nothing follows for their kinds. */
export interface Discovery {
  readonly resources: ReadonlyMap<string, ServedResource>;
  readonly unread: ReadonlyMap<string, ApiFailure>;
  /** Nothing at all could be learned: every kind is asked for by its usual path. */
  readonly failure?: ApiFailure;
}

/** https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery: stable since 1.30, beta since 1.27. */
const AGGREGATED = [
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList',
  'application/json',
].join(',');
/** A hanging aggregated API must not hold up the rest. */
const DISCOVERY_TIMEOUT_MS = 10_000;

export function resourceKey(group: string, kind: string): string {
  return `${group}/${kind}`;
}

/** Learns which of the wanted groups and kinds a cluster serves, in their preferred listable version. Never throws but for the signal. */
export async function discover(
  client: ClusterClient,
  groups: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Discovery> {
  const resources = new Map<string, ServedResource>();
  const unread = new Map<string, ApiFailure>();
  const add = (found: readonly ServedResource[]): void => {
    for (const entry of found) {
      const key = resourceKey(entry.group, entry.kind);
      if (!resources.has(key)) resources.set(key, entry);
    }
  };
  try {
    const [core, named] = await Promise.all([
      readGroups(client, '/api', groups, unread, signal),
      readGroups(client, '/apis', groups, unread, signal),
    ]);
    add(core);
    add(named);
    return { resources, unread };
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    return { resources, unread, failure: error.failure };
  }
}

async function readGroups(
  client: ClusterClient,
  path: '/api' | '/apis',
  groups: ReadonlySet<string>,
  unread: Map<string, ApiFailure>,
  signal: AbortSignal,
): Promise<readonly ServedResource[]> {
  const answer = await getJson(client, path, AGGREGATED, signal);
  if (answer.kind === 'APIGroupDiscoveryList') return readAggregated(answer, groups, unread);
  // Before 1.27: the names of groups and versions first, then each version that is wanted.
  const wanted =
    path === '/api'
      ? [{ group: '', versions: strings(answer.versions) }]
      : list(answer.groups)
          .filter((entry) => groups.has(text(entry.name)))
          .map((entry) => ({ group: text(entry.name), versions: versionsInOrder(entry) }));
  const found = await Promise.all(
    wanted.map((entry) => readVersions(client, entry.group, entry.versions, unread, signal)),
  );
  return found.flat();
}

function readAggregated(
  answer: Fields,
  groups: ReadonlySet<string>,
  unread: Map<string, ApiFailure>,
): readonly ServedResource[] {
  return list(answer.items).flatMap((item) => {
    const group = text(fields(item.metadata).name);
    if (!groups.has(group)) return [];
    return list(item.versions).flatMap((entry) => {
      // The aggregator could not reach the API's own server: the list may be old or empty.
      if (entry.freshness === 'Stale') {
        unread.set(group, { kind: 'unreachable', message: `the API ${group}/${text(entry.version)} does not answer` });
      }
      return list(entry.resources).flatMap((resource): readonly ServedResource[] => {
        const kind = text(fields(resource.responseKind).kind);
        if (!strings(resource.verbs).includes('list')) return [];
        return [
          {
            group,
            version: text(entry.version),
            kind,
            resource: text(resource.resource),
            namespaced: resource.scope === 'Namespaced',
          },
        ];
      });
    });
  });
}

async function readVersions(
  client: ClusterClient,
  group: string,
  versions: readonly string[],
  unread: Map<string, ApiFailure>,
  signal: AbortSignal,
): Promise<readonly ServedResource[]> {
  const found = await Promise.all(
    versions.map(async (version): Promise<readonly ServedResource[]> => {
      const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
      try {
        const answer = await getJson(client, path, 'application/json', signal);
        return list(answer.resources).flatMap((entry): readonly ServedResource[] => {
          const resource = text(entry.name);
          if (resource.includes('/') || !strings(entry.verbs).includes('list')) return [];
          return [{ group, version, kind: text(entry.kind), resource, namespaced: entry.namespaced === true }];
        });
      } catch (error) {
        if (!(error instanceof ClusterError)) throw error;
        unread.set(group, error.failure);
        return [];
      }
    }),
  );
  return found.flat();
}

/** The preferred version first, as the server lists them otherwise. */
function versionsInOrder(group: Fields): readonly string[] {
  const preferred = text(fields(group.preferredVersion).version);
  const all = list(group.versions).map((entry) => text(entry.version));
  return [...new Set([preferred, ...all])].filter((version) => version !== '');
}

async function getJson(client: ClusterClient, path: string, accept: string, signal: AbortSignal): Promise<Fields> {
  const response = await client.request({ path, headers: { accept }, timeoutMs: DISCOVERY_TIMEOUT_MS, signal });
  if (response.status !== 200) throw new ClusterError(readFailure(response.status, response.body));
  try {
    return fields(JSON.parse(response.body.toString('utf8')));
  } catch {
    throw new ClusterError({ kind: 'broken', message: `${path} is no JSON: is ${client.server} an API server?` });
  }
}

interface Fields {
  readonly [field: string]: unknown;
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function list(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fields) : [];
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
