import type { Json, JsonObject } from '../../contract.ts';
import { decodeMessage } from './decode.ts';
import { openEnvelope } from './envelope.ts';
import type { Message } from './message.ts';
import { REPLICA_SET } from './messages/apps.ts';
import { ENDPOINTS, EVENT, NODE } from './messages/core.ts';
import { ENDPOINT_SLICE } from './messages/discovery.ts';
import { EVENTS_EVENT } from './messages/events.ts';
import { LIST_META, STATUS } from './messages/meta.ts';
import { POD } from './messages/pod.ts';
import { BYTES, ProtobufError } from './wire.ts';

/** The media type of what this folder reads. */
export const PROTOBUF_MEDIA_TYPE = 'application/vnd.kubernetes.protobuf';

/**
 * The kinds that are read, by `apiVersion/kind`: those of which a cluster has many and of which the model keeps nothing but
 * its projection (PROJECTION_ONLY in model/builder.ts). Of other kinds whole objects are kept, to be patched and shown.
 */
const MESSAGES: ReadonlyMap<string, Message> = new Map([
  ['v1/Pod', POD],
  ['v1/Node', NODE],
  ['v1/Endpoints', ENDPOINTS],
  ['v1/Event', EVENT],
  ['events.k8s.io/v1/Event', EVENTS_EVENT],
  ['discovery.k8s.io/v1/EndpointSlice', ENDPOINT_SLICE],
  ['apps/v1/ReplicaSet', REPLICA_SET],
]);

/** `apiVersion/kind` (`v1/Pod`, `apps/v1/ReplicaSet`) of every kind that `decodeList` knows. */
export const PROTOBUF_KINDS: ReadonlySet<string> = new Set(MESSAGES.keys());

export function isProtobufKind(apiVersion: string, kind: string): boolean {
  return MESSAGES.has(`${apiVersion}/${kind}`);
}

/** A page of a list, with the names it has in JSON. */
export interface DecodedList {
  /** `PodList` */
  readonly kind: string;
  readonly apiVersion: string;
  readonly resourceVersion?: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
  /**
   * In the shape of the API's JSON, with apiVersion and kind, but only with the fields that the model's projections read:
   * nothing follows from the absence of any other.
   */
  readonly items: readonly JsonObject[];
}

/** The same, where each item is decoded when it is taken. */
export interface OpenedList extends Omit<DecodedList, 'items'> {
  items(): Generator<JsonObject, void, undefined>;
}

/**
 * Decodes an answer to a list request of one of `PROTOBUF_KINDS`.
 * Throws `ProtobufError` when the bytes are no such answer: truncated, damaged, of another kind, or a Status.
 */
export function decodeList(bytes: Uint8Array): DecodedList {
  const { items, ...list } = openList(bytes);
  return { ...list, items: [...items()] };
}

/**
 * As `decodeList`, but decodes nothing of the items yet, so that the next page can be asked for first. `items` throws
 * `ProtobufError` at the first item that is damaged.
 */
export function openList(bytes: Uint8Array): OpenedList {
  const { apiVersion, kind, reader, end } = openEnvelope(bytes);
  const itemKind = kind.endsWith('List') ? kind.slice(0, -'List'.length) : '';
  const message = MESSAGES.get(`${apiVersion}/${itemKind}`);
  if (message === undefined) throw new ProtobufError(0, `${apiVersion} ${kind} is no list that is read from protobuf`);
  const meta: Record<string, Json> = {};
  const starts: number[] = [];
  while (reader.offset < end) {
    const tag = reader.readTag(end);
    // Every list has its ListMeta in field 1 and its items in field 2.
    if (tag === ((1 << 3) | BYTES)) decodeMessage(reader, LIST_META, reader.readEnd(end), meta);
    else {
      if (tag === ((2 << 3) | BYTES)) starts.push(reader.offset);
      reader.skip(tag & 7, end);
    }
  }
  return {
    kind,
    apiVersion,
    ...(meta as ListMeta),
    *items() {
      for (const start of starts) {
        reader.offset = start;
        const item: Record<string, Json> = { apiVersion, kind: itemKind };
        decodeMessage(reader, message, reader.readEnd(end), item);
        yield item;
      }
    },
  };
}

type ListMeta = Pick<DecodedList, 'resourceVersion' | 'continue' | 'remainingItemCount'>;

/**
 * Decodes the Status that the API server sends with an error (`reason`, `message`, `code`, `details`), in the shape of its
 * JSON. Throws `ProtobufError` when the bytes are none.
 */
export function decodeStatus(bytes: Uint8Array): JsonObject {
  const { apiVersion, kind, reader, end } = openEnvelope(bytes);
  if (apiVersion !== 'v1' || kind !== 'Status') throw new ProtobufError(0, `${apiVersion} ${kind} is no Status`);
  const status: Record<string, Json> = { apiVersion, kind };
  decodeMessage(reader, STATUS, end, status);
  return status;
}
