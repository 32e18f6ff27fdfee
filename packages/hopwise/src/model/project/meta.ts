import type { JsonObject } from '../../sources/contract.ts';
import type { Origin } from '../../sources/origin.ts';
import type { Meta } from '../meta.ts';
import { isClusterScoped } from './index.ts';
import {
  readBoolean,
  readNumber,
  readObject,
  readObjects,
  readString,
  readStringMap,
  readTime,
  type Writable,
} from './read.ts';

/** Undefined when the object lacks what every object must have. Namespaced objects without a namespace are in `default`, as kubectl applies them. */
export function projectMeta(raw: JsonObject, origin: Origin, ownKindName: string | undefined): Meta | undefined {
  const apiVersion = readString(raw, 'apiVersion');
  const kind = readString(raw, 'kind');
  const metadata = readObject(raw, 'metadata');
  const name = readString(metadata, 'name') ?? readString(metadata, 'generateName');
  if (apiVersion === undefined || kind === undefined || name === undefined) return undefined;
  const scope = ownKindName ?? kind;
  const namespace = isClusterScoped(scope)
    ? ''
    : (readString(metadata, 'namespace') ?? (ownKindName === undefined ? '' : 'default'));
  const owners = readObjects(metadata, 'ownerReferences');
  const owner = owners.find((entry) => readBoolean(entry, 'controller') === true) ?? owners[0];
  const meta: Writable<Meta> = {
    apiVersion,
    kind: ownKindName ?? kind,
    namespace,
    name,
    labels: readStringMap(metadata, 'labels'),
    annotations: readStringMap(metadata, 'annotations'),
    origin,
  };
  const uid = readString(metadata, 'uid');
  const created = readTime(metadata, 'creationTimestamp');
  const deleting = readTime(metadata, 'deletionTimestamp');
  const generation = readNumber(metadata, 'generation');
  if (uid !== undefined) meta.uid = uid;
  if (created !== undefined) meta.created = created;
  if (deleting !== undefined) meta.deleting = deleting;
  if (generation !== undefined) meta.generation = generation;
  if (owner !== undefined)
    meta.owner = { kind: readString(owner, 'kind') ?? '', name: readString(owner, 'name') ?? '' };
  return meta;
}
