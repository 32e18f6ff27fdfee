import type { ApiClient } from './api-client.ts';

/** How one kind is served and where the API server keeps it in etcd. */
export interface ServedKind {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly namespaced: boolean;
  /** Path prefix of the kind's list over all namespaces. */
  readonly listPath: string;
}
/** By `apiVersion/kind`. */
export type ServedKinds = ReadonlyMap<string, ServedKind>;

interface ResourceList {
  readonly resources: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
}
interface GroupList {
  readonly groups: readonly { readonly name: string; readonly versions: readonly { readonly version: string }[] }[];
}

/** Asks the API server which kinds it serves now. */
export async function discoverKinds(api: ApiClient): Promise<ServedKinds> {
  const { groups } = await api.get<GroupList>('/apis');
  const versions = groups.flatMap((group) => group.versions.map(({ version }) => ({ group: group.name, version })));
  const kinds = new Map<string, ServedKind>();
  const lists = [{ group: '', version: 'v1' }, ...versions].map(async ({ group, version }) => {
    const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    const { resources } = await api.get<ResourceList>(path);
    for (const { name, kind, namespaced } of resources)
      if (!name.includes('/'))
        kinds.set(`${group === '' ? version : `${group}/${version}`}/${kind}`, {
          group,
          version,
          resource: name,
          namespaced,
          listPath: `${path}/${name}`,
        });
  });
  await Promise.all(lists);
  return kinds;
}

/** k8s.io/kubernetes pkg/kubeapiserver/default_storage_factory_builder.go, SpecialDefaultResourcePrefixes. */
const SPECIAL_FOLDERS: Readonly<Record<string, string>> = {
  '/replicationcontrollers': 'controllers',
  '/endpoints': 'services/endpoints',
  '/nodes': 'minions',
  '/services': 'services/specs',
  'networking.k8s.io/ingresses': 'ingress',
};
/** Served by the API server's other two halves, which prefix the group as custom resources do. */
const PREFIXED_GROUPS = new Set(['apiextensions.k8s.io', 'apiregistration.k8s.io']);

/** The key of an object in etcd. `custom`: its kind comes from a CustomResourceDefinition. */
export function storageKey(kind: ServedKind, custom: boolean, namespace: string | undefined, name: string): string {
  const { group, resource } = kind;
  const prefixed = custom || PREFIXED_GROUPS.has(group);
  const folder = prefixed ? `${group}/${resource}` : (SPECIAL_FOLDERS[`${group}/${resource}`] ?? resource);
  return ['', 'registry', folder, ...(kind.namespaced ? [namespace ?? 'default'] : []), name].join('/');
}
