import type { JsonObject } from '../contract.ts';
import type { ServedResource } from './api/discovery.ts';
import { ClusterError, type ClusterResponse } from './client.ts';
import { isProtobufKind, openList, PROTOBUF_MEDIA_TYPE } from './protobuf/decode-list.ts';

/** Names and labels only: a Secret's values never leave the server. */
export const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const JSON_LIST = 'application/json';
/** A server that has the list only in JSON answers in JSON. */
const PROTOBUF_LIST = `${PROTOBUF_MEDIA_TYPE}, ${JSON_LIST}`;

/** In which form objects are asked for. */
export interface ListForm {
  /** With every field, to be written down, which takes longer: protobuf is read only in part. */
  readonly whole?: boolean;
  /** Secrets with their certificates; otherwise their names and labels only. Other values are dropped on arrival. */
  readonly tlsFacts?: boolean;
}

export function isConfidential({ group, kind }: ServedResource, { tlsFacts }: ListForm): boolean {
  return group === '' && kind === 'Secret' && tlsFacts !== true;
}

/** What to accept for a list. */
export function acceptOf(resource: ServedResource, form: ListForm): string {
  if (isConfidential(resource, form)) return METADATA_LIST;
  const { kind, group, version } = resource;
  return form.whole !== true && isProtobufKind(apiVersionOf(group, version), kind) ? PROTOBUF_LIST : JSON_LIST;
}

export interface Page {
  readonly token: string | undefined;
  readonly resourceVersion: string | undefined;
  items(): Iterable<JsonObject>;
}

/**
 * One page of a list. Throws ClusterError for JSON that is no list, and ProtobufError for protobuf that is none, which an
 * item may turn out to be only when it is taken.
 */
export function readPage(response: ClusterResponse, resource: ServedResource): Page {
  if (response.headers['content-type']?.startsWith(PROTOBUF_MEDIA_TYPE) === true) {
    const { continue: token, resourceVersion, items } = openList(response.body);
    return { token, resourceVersion, items };
  }
  const answer = parseJson(response.body, resource);
  if (!isObject(answer)) throw broken(resource);
  const items = itemsOf(answer, resource);
  const metadata = isObject(answer.metadata) ? answer.metadata : {};
  return {
    token: textOf(metadata.continue),
    resourceVersion: textOf(metadata.resourceVersion),
    items: () => items.filter(isObject),
  };
}

/** Go writes a list without objects as `items: null` where nothing made it an empty one (lists of metadata). */
export function itemsOf(list: JsonObject, resource: ServedResource): readonly unknown[] {
  if (list.items === null) return [];
  if (!Array.isArray(list.items)) throw broken(resource);
  return list.items;
}

export function apiVersionOf(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}

export function parseJson(body: Buffer, resource: ServedResource): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw broken(resource);
  }
}

export function broken({ resource }: ServedResource): ClusterError {
  return new ClusterError({ kind: 'broken', message: `the list of ${resource} is not what an API server sends` });
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
