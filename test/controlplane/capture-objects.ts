import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { loadAll, YAML11_SCHEMA } from 'js-yaml';

/** A Kubernetes object as it was captured. */
export interface CapturedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMetadata;
  readonly [field: string]: unknown;
}
export interface ObjectMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly [field: string]: unknown;
}

/** Files of a capture that are about it, not of it. */
const NOT_OBJECTS = new Set(['case.yaml', 'capture.yaml']);
const EXTENSIONS = new Set(['.yaml', '.yml', '.json']);

/** Every object of the YAML and JSON files directly in `folder`; Lists are opened, in the order they were written. */
export function readCaptureObjects(folder: string): readonly CapturedObject[] {
  return readdirSync(folder)
    .filter((name) => EXTENSIONS.has(extname(name)) && !NOT_OBJECTS.has(name))
    .sort()
    .flatMap((name) => loadAll(readFileSync(join(folder, name), 'utf8'), { schema: YAML11_SCHEMA }))
    .flatMap((document) => openList(JSON.parse(JSON.stringify(document ?? null))));
}

function openList(document: unknown): readonly CapturedObject[] {
  if (typeof document !== 'object' || document === null || !('kind' in document)) return [];
  if (String(document.kind).endsWith('List') && 'items' in document && Array.isArray(document.items))
    return document.items.flatMap(openList);
  return [document as CapturedObject];
}

/** `HTTPRoute shop/cart`: how messages name an object. */
export function nameObject(object: CapturedObject): string {
  const { namespace, name } = object.metadata;
  return `${object.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
