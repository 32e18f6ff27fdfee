import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadAll } from 'js-yaml';
import type { ApiClient } from './api-client.ts';
import type { CapturedObject } from './capture-objects.ts';

export interface Definition {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string; readonly plural: string };
    readonly versions: readonly { readonly name: string; readonly served: boolean }[];
  };
}

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const READY_SECONDS = 30;

/** The Gateway API's own CRDs of a channel; none where its Go module could not be had. */
export function readGatewayApiDefinitions(
  folder: string | undefined,
  channel: 'standard' | 'experimental' = 'standard',
): readonly Definition[] {
  const files = join(folder ?? '', channel);
  if (folder === undefined || !existsSync(files)) return [];
  return readdirSync(files)
    .sort()
    .flatMap((name) => loadAll(readFileSync(join(files, name), 'utf8')))
    .filter((document) => isDefinition(document));
}

function isDefinition(document: unknown): document is Definition {
  return (
    typeof document === 'object' &&
    document !== null &&
    'kind' in document &&
    document.kind === 'CustomResourceDefinition'
  );
}

/**
 * Definitions without rules for the kinds of these objects: every field is kept as it is, no subresources. A kind is
 * namespaced when one of its objects has a namespace.
 */
export function definePermissively(objects: readonly CapturedObject[]): readonly Definition[] {
  const kinds = new Map<string, { group: string; kind: string; namespaced: boolean; versions: Set<string> }>();
  for (const { apiVersion, kind, metadata } of objects) {
    const [group = '', version = ''] = apiVersion.split('/');
    const key = `${group}/${kind}`;
    const known = kinds.get(key) ?? { group, kind, namespaced: false, versions: new Set<string>() };
    known.versions.add(version);
    known.namespaced ||= metadata.namespace !== undefined;
    kinds.set(key, known);
  }
  return [...kinds.values()].map(({ group, kind, namespaced, versions }) => {
    const plural = pluralOf(kind);
    return {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `${plural}.${group}`, annotations: approval(group) },
      spec: {
        group,
        scope: namespaced ? 'Namespaced' : 'Cluster',
        names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
        versions: [...versions].sort().map((name, index) => ({
          name,
          served: true,
          storage: index === 0,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        })),
      },
    };
  });
}

/** Groups under k8s.io are refused without this annotation (KEP-2337). */
function approval(group: string): Readonly<Record<string, string>> {
  return /(?:^|\.)(?:k8s|kubernetes)\.io$/.test(group) ? { 'api-approved.kubernetes.io': 'unapproved, test only' } : {};
}

/** English as code generators do it: policies, classes, gateways. */
function pluralOf(kind: string): string {
  const name = kind.toLowerCase();
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`;
  if (/(?:s|x|ch|sh)$/.test(name)) return /s$/.test(name) && !/ss$/.test(name) ? name : `${name}es`;
  return `${name}s`;
}

/** Creates the definitions that are not there yet and waits until the API server serves them. */
export async function applyDefinitions(api: ApiClient, definitions: readonly Definition[]): Promise<void> {
  const created = definitions.map(async (definition) => {
    const answer = await api.send('POST', DEFINITIONS, definition);
    if (answer.status === 409) return;
    if (answer.status >= 300)
      throw new Error(`CRD ${definition.metadata.name} was refused: ${answer.body.slice(0, 1000)}`);
    await waitUntilServed(api, definition);
  });
  await Promise.all(created);
}

async function waitUntilServed(api: ApiClient, { metadata, spec }: Definition): Promise<void> {
  const deadline = Date.now() + READY_SECONDS * 1000;
  const lists = spec.versions
    .filter(({ served }) => served)
    .map(({ name }) => [`/apis/${spec.group}/${name}`, `/${spec.names.plural}?limit=1`] as const);
  for (const [path, list] of lists)
    while (!(await isServed(api, path, spec.names.plural)) || (await api.send('GET', path + list)).status !== 200) {
      if (Date.now() > deadline) throw new Error(`CRD ${metadata.name} is not served after ${READY_SECONDS} s`);
      await sleep(50);
    }
}

async function isServed(api: ApiClient, path: string, plural: string): Promise<boolean> {
  const answer = await api.send('GET', path);
  if (answer.status !== 200) return false;
  const { resources } = JSON.parse(answer.body) as { readonly resources: readonly { readonly name: string }[] };
  return resources.some(({ name }) => name === plural);
}

/** The `group/plural` of every kind that a definition serves now. */
export async function listCustomResources(api: ApiClient): Promise<ReadonlySet<string>> {
  const { items } = await api.get<{ readonly items: readonly Definition[] }>(DEFINITIONS);
  return new Set(items.map(({ spec }) => `${spec.group}/${spec.names.plural}`));
}
