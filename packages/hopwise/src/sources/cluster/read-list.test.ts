import { expect, it } from 'vitest';
import type { JsonObject } from '../contract.ts';
import type { ServedResource } from './api/discovery.ts';
import type { ClusterClient, ClusterRequest } from './client.ts';
import { answer, listAnswer, run } from './protobuf/testing/write-wire.ts';
import type { ObjectQuery } from './query.ts';
import { type ListResult, readList } from './read-list.ts';
import type { ListForm } from './read-page.ts';

const PODS: ServedResource = { kind: 'Pod', group: '', version: 'v1', resource: 'pods', namespaced: true };
const PROTOBUF = 'application/vnd.kubernetes.protobuf';

const pod = (name: string): readonly (readonly number[])[] => [run(1, [run(1, name)])];
const jsonPods = (...names: readonly string[]): Buffer =>
  Buffer.from(JSON.stringify({ kind: 'PodList', metadata: {}, items: names.map((name) => ({ metadata: { name } })) }));

it('large lists are read from protobuf, page by page', async () => {
  const { names, asked, result } = await read(PODS, {}, ({ query }) =>
    query?.continue === undefined
      ? [200, PROTOBUF, listAnswer('v1', 'PodList', [pod('cart-1'), pod('cart-2')], [run(2, '7'), run(3, 'more')])]
      : [200, PROTOBUF, listAnswer('v1', 'PodList', [pod('cart-3')], [run(2, '7')])],
  );
  expect(names).toEqual(['cart-1', 'cart-2', 'cart-3']);
  expect(result).toMatchObject({ objects: 3, resourceVersion: '7' });
  expect(asked.map(({ query }) => query?.continue)).toEqual([undefined, 'more']);
});

it('a server that has no protobuf answers in JSON', async () => {
  const { names, asked } = await read(PODS, {}, () => [200, 'application/json', jsonPods('cart')]);
  expect(names).toEqual(['cart']);
  expect(asked[0]?.headers?.accept).toBe(`${PROTOBUF}, application/json`);
});

it('protobuf that arrives damaged is asked for once more in JSON', async () => {
  const { names, restarts } = await read(PODS, {}, ({ headers }) =>
    headers?.accept === 'application/json'
      ? [200, 'application/json', jsonPods('cart-1', 'cart-2')]
      : [200, PROTOBUF, listAnswer('v1', 'PodList', [pod('cart-1'), [[0x0a, 0x7f]]])],
  );
  expect(names.slice(restarts[0])).toEqual(['cart-1', 'cart-2']);
  expect(restarts).toEqual([1]);
});

it('whole objects, Secrets and kinds that are kept whole are not asked for in protobuf', async () => {
  const accepts = async (resource: ServedResource, form: ListForm): Promise<unknown> => {
    const { asked } = await read(resource, {}, () => [200, 'application/json', jsonPods()], form);
    return asked[0]?.headers?.accept;
  };
  expect(await accepts(PODS, { whole: true })).toBe('application/json');
  expect(await accepts({ ...PODS, kind: 'Service', resource: 'services' }, {})).toBe('application/json');
  expect(await accepts({ ...PODS, kind: 'Secret', resource: 'secrets' }, {})).toMatch(/PartialObjectMetadataList/);
  expect(await accepts({ ...PODS, kind: 'Secret', resource: 'secrets' }, { tlsFacts: true })).toBe('application/json');
});

it('a list without objects may say null', async () => {
  const body = Buffer.from(JSON.stringify({ kind: 'PartialObjectMetadataList', metadata: {}, items: null }));
  const { result } = await read({ ...PODS, kind: 'Secret' }, {}, () => [200, 'application/json', body]);
  expect(result).toMatchObject({ objects: 0 });
  expect(result.failure).toBeUndefined();
});

it('a refusal says why, in whichever form it comes', async () => {
  const message = 'pods is forbidden: User "eve" cannot list resource "pods"';
  const inProtobuf = await read(PODS, {}, () => [403, PROTOBUF, answer('v1', 'Status', [run(3, message)])]);
  const inJson = await read(PODS, {}, () => [403, 'application/json', Buffer.from(JSON.stringify({ message }))]);
  const inText = await read(PODS, {}, () => [403, 'text/plain', Buffer.from(`${message}\n`)]);
  for (const { result } of [inProtobuf, inJson, inText]) {
    expect(result.failure).toEqual({ kind: 'forbidden', message });
  }
});

type Answer = readonly [status: number, type: string, body: Uint8Array];

/** Reads a list from a client that answers as told. */
async function read(
  resource: ServedResource,
  query: Partial<ObjectQuery>,
  answerTo: (request: ClusterRequest) => Answer,
  form: ListForm = {},
): Promise<{
  readonly names: readonly unknown[];
  readonly restarts: readonly number[];
  readonly asked: readonly ClusterRequest[];
  readonly result: ListResult;
}> {
  const asked: ClusterRequest[] = [];
  const client: ClusterClient = {
    server: 'https://api',
    context: undefined,
    namespace: undefined,
    traffic: { requests: 0, bytes: 0 },
    async request(request) {
      asked.push(request);
      const [status, type, body] = answerTo(request);
      return { status, headers: { 'content-type': type }, body: Buffer.from(body), truncated: false };
    },
    access: () => Promise.reject(new Error('not asked for')),
    close: () => undefined,
  };
  const names: unknown[] = [];
  const restarts: number[] = [];
  const receiver = {
    object: (raw: JsonObject) => names.push((raw.metadata as JsonObject).name),
    restart: () => restarts.push(names.length),
  };
  const result = await readList(
    client,
    resource,
    { kind: resource.kind, ...query },
    form,
    receiver,
    new AbortController().signal,
  );
  return { names, restarts, asked, result };
}
