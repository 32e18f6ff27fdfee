import type { JsonObject } from '../../sources/contract.ts';
import type { Origin } from '../../sources/origin.ts';
import type { Meta } from '../meta.ts';
import { isClusterScoped } from './index.ts';
import {
  defined,
  readBoolean,
  readNumber,
  readObject,
  readObjects,
  readString,
  readStringMap,
  readTime,
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
  return defined({
    apiVersion,
    kind: ownKindName ?? kind,
    namespace,
    name,
    uid: readString(metadata, 'uid'),
    labels: readStringMap(metadata, 'labels'),
    annotations: readStringMap(metadata, 'annotations'),
    created: readTime(metadata, 'creationTimestamp'),
    deleting: readTime(metadata, 'deletionTimestamp'),
    generation: readNumber(metadata, 'generation'),
    owner:
      owner === undefined
        ? undefined
        : { kind: readString(owner, 'kind') ?? '', name: readString(owner, 'name') ?? '' },
    origin,
  });
}
