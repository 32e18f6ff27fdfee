import type { JsonObject } from '../contract.ts';
import { redactObject } from '../reading/redact.ts';
import { type ApiFailure, readFailure } from './api/api-failure.ts';
import type { ServedResource } from './api/discovery.ts';
import { type ClusterClient, ClusterError, type ClusterResponse } from './client.ts';
import { ProtobufError } from './protobuf/wire.ts';
import type { ObjectQuery } from './query.ts';
import {
  acceptOf,
  apiVersionOf,
  broken,
  isConfidential,
  isObject,
  itemsOf,
  type ListForm,
  METADATA_LIST,
  parseJson,
  readPage,
} from './read-page.ts';

/** What a list came to. `failure` of a later page: the objects so far were delivered, more are missing. */
export interface ListResult {
  readonly objects: number;
  readonly resourceVersion: string | undefined;
  /** Server time, epoch milliseconds. */
  readonly date: number | undefined;
  readonly failure?: ApiFailure;
  /** There was more than asked for. */
  readonly cut?: boolean;
}

export interface ListReceiver {
  object(raw: JsonObject): void;
  /** The list begins anew (its pages expired): what came so far does not count. */
  restart(): void;
}

/** client-go's default page (tools/pager). */
const PAGE = 500;
/** Pages expire after five minutes of etcd compaction; a list that expires thrice is slower than that and stays partial. */
const RESTARTS = 3;
/** Names and labels only: a Secret's values never leave the server. */
const METADATA_OBJECT = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

/**
 * Reads a list in pages, or one object; each object is redacted and handed over, each page dropped. Lists of kinds of which
 * there are many come as protobuf, unless they are wanted whole.
 */
export async function readList(
  client: ClusterClient,
  resource: ServedResource,
  query: ObjectQuery,
  form: ListForm,
  receiver: ListReceiver,
  signal: AbortSignal,
): Promise<ListResult> {
  if (query.name !== undefined) return readOne(client, resource, query, query.name, form, receiver, signal);
  try {
    return await readPages(client, resource, query, acceptOf(resource, form), receiver, signal);
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
    // Whatever stands between us and the API server made of it: JSON is what everything passes on.
    receiver.restart();
    return readPages(client, resource, query, acceptOf(resource, { ...form, whole: true }), receiver, signal);
  }
}

async function readPages(
  client: ClusterClient,
  resource: ServedResource,
  query: ObjectQuery,
  accept: string,
  receiver: ListReceiver,
  signal: AbortSignal,
): Promise<ListResult> {
  const ask = (token: string | undefined): Promise<ClusterResponse> =>
    client.request({
      path: pathOf(resource, query.namespace),
      query: {
        limit: String(query.atMost ?? PAGE),
        ...(query.labelSelector === undefined ? {} : { labelSelector: query.labelSelector }),
        ...(query.fieldSelector === undefined ? {} : { fieldSelector: query.fieldSelector }),
        ...(token === undefined ? {} : { continue: token }),
      },
      headers: { accept },
      signal,
    });
  let objects = 0;
  let restarts = 0;
  let resourceVersion: string | undefined;
  let date: number | undefined;
  let next = ask(undefined);
  try {
    for (;;) {
      const response = await next;
      if (response.status === 410 && restarts < RESTARTS) {
        restarts += 1;
        objects = 0;
        receiver.restart();
        next = ask(undefined);
        continue;
      }
      if (response.status !== 200) {
        return { objects, resourceVersion, date, failure: readFailure(response.status, response.body) };
      }
      date = dateOf(response) ?? date;
      const page = readPage(response, resource);
      resourceVersion = page.resourceVersion ?? resourceVersion;
      const enough = page.token !== undefined && query.atMost !== undefined;
      // The next page is on its way while this one is decoded.
      if (page.token !== undefined && !enough) {
        next = ask(page.token);
        next.catch(() => undefined);
      }
      for (const item of page.items()) {
        objects += 1;
        receiver.object(named(item, resource));
      }
      if (page.token === undefined || enough)
        return { objects, resourceVersion, date, ...(enough ? { cut: true } : {}) };
    }
  } catch (error) {
    if (error instanceof ClusterError) return { objects, resourceVersion, date, failure: error.failure };
    throw error;
  }
}

/** The length of a list, from the metadata of a page with one object; Infinity when it cannot be told. */
export async function countObjects(
  client: ClusterClient,
  resource: ServedResource,
  signal: AbortSignal,
): Promise<number> {
  try {
    const response = await client.request({
      path: pathOf(resource, undefined),
      query: { limit: '1' },
      headers: { accept: METADATA_LIST },
      signal,
    });
    if (response.status !== 200) return Number.POSITIVE_INFINITY;
    const answer = parseJson(response.body, resource);
    if (!isObject(answer)) return Number.POSITIVE_INFINITY;
    const left = isObject(answer.metadata) ? (answer.metadata.remainingItemCount ?? 0) : 0;
    return typeof left === 'number' ? itemsOf(answer, resource).length + left : Number.POSITIVE_INFINITY;
  } catch (error) {
    if (error instanceof ClusterError) return Number.POSITIVE_INFINITY;
    throw error;
  }
}

async function readOne(
  client: ClusterClient,
  resource: ServedResource,
  query: ObjectQuery,
  name: string,
  form: ListForm,
  receiver: ListReceiver,
  signal: AbortSignal,
): Promise<ListResult> {
  try {
    const response = await client.request({
      path: `${pathOf(resource, query.namespace)}/${encodeURIComponent(name)}`,
      headers: { accept: isConfidential(resource, form) ? METADATA_OBJECT : 'application/json' },
      signal,
    });
    const date = dateOf(response);
    if (response.status === 404) return { objects: 0, resourceVersion: undefined, date };
    if (response.status !== 200) {
      return { objects: 0, resourceVersion: undefined, date, failure: readFailure(response.status, response.body) };
    }
    const raw = parseJson(response.body, resource);
    if (!isObject(raw)) throw broken(resource);
    receiver.object(named(raw, resource));
    return { objects: 1, resourceVersion: undefined, date };
  } catch (error) {
    if (error instanceof ClusterError)
      return { objects: 0, resourceVersion: undefined, date: undefined, failure: error.failure };
    throw error;
  }
}

/** Items of a typed list do not repeat its apiVersion and kind. */
function named(item: JsonObject, { group, version, kind }: ServedResource): JsonObject {
  const apiVersion = apiVersionOf(group, version);
  return redactObject(item.kind === kind && item.apiVersion === apiVersion ? item : { ...item, apiVersion, kind });
}

function pathOf({ group, version, resource, namespaced }: ServedResource, namespace: string | undefined): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const within = namespace === undefined || !namespaced ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}${within}/${resource}`;
}

function dateOf(response: ClusterResponse): number | undefined {
  const time = Date.parse(response.headers.date ?? '');
  return Number.isFinite(time) ? time : undefined;
}
