import { type ObjectId, objectId, splitId } from '../../base/object-id.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import { foreignKind, isClusterScoped, ownKind } from '../../model/project/index.ts';
import type { FieldChange, ObjectChange } from '../../report/diagnosis.ts';
import type { Spool, SpooledObject } from '../../sources/capture-writer/spool.ts';
import type { JsonObject } from '../../sources/contract.ts';
import { fieldChanges, isRecreated } from './field-changes.ts';

/** One side: its model, and every object as text. */
export interface Side {
  readonly model: ClusterModel;
  readonly spool: Spool;
}

/** Kinds whose objects come and go by themselves; `churnOf` sums them up. */
const FLEETING: ReadonlySet<string> = new Set([
  'Pod',
  'ReplicaSet',
  'ControllerRevision',
  'EndpointSlice',
  'Endpoints',
  'Event',
  'Lease',
  'Job',
]);

export interface Compared {
  readonly changes: readonly ObjectChange[];
  /** Kinds of which one side cannot tell whether an object was there. */
  readonly uncomparable: ReadonlySet<string>;
}

/** Every object that was added, removed or changed, apart from the fleeting kinds. `isOnPath` tells the ones that matter. */
export function objectChanges(before: Side, after: Side, isOnPath: (id: ObjectId) => boolean): Compared {
  const [old, young] = [indexOf(before), indexOf(after)];
  const changes: ObjectChange[] = [];
  const uncomparable = new Set<string>();
  for (const id of new Set([...young.keys(), ...old.keys()])) {
    const [was, is] = [old.get(id), young.get(id)];
    const { kind, namespace } = splitId(id);
    const onPath = isOnPath(id);
    if (was === undefined || is === undefined) {
      // Only a side that read the kind knows that the object was not there.
      if (!(was === undefined ? before : after).model.isRead(kind, namespace)) uncomparable.add(kind);
      else changes.push({ object: id, type: was === undefined ? 'added' : 'removed', onPath, fields: [] });
      continue;
    }
    const texts = [before.spool.readObject(was), after.spool.readObject(is)] as const;
    if (texts[0].equals(texts[1])) continue;
    const [first, second] = [parse(texts[0]), parse(texts[1])];
    const fields = fieldChanges(first, second).toSorted((a, b) => rankOf(a) - rankOf(b));
    const recreated = isRecreated(first, second);
    if (fields.length > 0 || (recreated && onPath)) {
      changes.push({ object: id, type: recreated ? 'recreated' : 'changed', onPath, fields });
    }
  }
  return { changes: changes.sort(compareChanges), uncomparable };
}

function indexOf({ spool }: Side): ReadonlyMap<ObjectId, SpooledObject> {
  const index = new Map<ObjectId, SpooledObject>();
  for (const { kind, apiVersion, objects } of spool.kinds()) {
    if (FLEETING.has(kind)) continue;
    const own = ownKind(apiVersion, kind);
    const name = own ?? foreignKind(apiVersion, kind);
    for (const object of objects) {
      const namespace =
        object.namespace === '' && own !== undefined && !isClusterScoped(own) ? 'default' : object.namespace;
      index.set(objectId(name, namespace, object.name), object);
    }
  }
  return index;
}

function parse(text: Buffer): JsonObject {
  return JSON.parse(text.toString()) as JsonObject;
}

/** What runs, how many, where requests are sent and how that is probed, before all else; status, which only follows, last. */
const RANKS: readonly RegExp[] = [
  /\.(?:image|replicas)$/,
  /(?:[rR]eadiness|[lL]iveness|startup)Probe/,
  /^spec\.(?:selector|ports|rules|backendRefs|type)\b|\.ports\b|containerPort|targetPort/,
  /^(?:spec|data)\b/,
  /^metadata\.annotations\b/,
  /^metadata\b/,
];

function rankOf({ path }: FieldChange): number {
  if (/^status\b/.test(path)) return RANKS.length + 1;
  const rank = RANKS.findIndex((pattern) => pattern.test(path));
  return rank < 0 ? RANKS.length : rank;
}

function compareChanges(a: ObjectChange, b: ObjectChange): number {
  return Number(b.onPath) - Number(a.onPath) || weightOf(a) - weightOf(b) || (a.object < b.object ? -1 : 1);
}

function weightOf({ type, fields }: ObjectChange): number {
  const [first] = fields;
  if (type !== 'changed') return 2.5;
  return first === undefined ? RANKS.length : rankOf(first);
}
