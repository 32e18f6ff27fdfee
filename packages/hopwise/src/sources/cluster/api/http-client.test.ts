import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, it } from 'vitest';
import { ClusterError, type ClusterRequest } from '../client.ts';
import { HttpClient } from './http-client.ts';

type Handler = (request: http.IncomingMessage, response: http.ServerResponse, count: number) => void;

const servers: http.Server[] = [];
const clients: HttpClient[] = [];

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

it('asks again after 429 and 503 and after a broken connection, and says what it got in the end', async () => {
  const { ask, paths } = await serve((_, response, count) => {
    if (count === 1) response.writeHead(429, { 'retry-after': '0.01' }).end();
    else if (count === 2) response.writeHead(503).end();
    else if (count === 3) response.destroy();
    else response.end('{"kind":"PodList"}');
  });
  expect((await ask({ path: '/api/v1/pods', query: { limit: '500' } })).body.toString()).toBe('{"kind":"PodList"}');
  expect(paths).toEqual(Array(4).fill('/api/v1/pods?limit=500'));
});

it('never repeats what may change something', async () => {
  const { ask, paths } = await serve((_, response) => response.writeHead(503).end('no'));
  expect((await ask({ path: '/api/v1/pods', method: 'POST', body: '{}' })).status).toBe(503);
  expect(paths).toHaveLength(1);
});

it('renews credentials once when the server does not know the user', async () => {
  const { ask } = await serve(
    (request, response) => response.writeHead(request.headers.authorization === 'Bearer 2' ? 200 : 401).end(),
    (attempt) => ({ authorization: `Bearer ${attempt}` }),
  );
  expect((await ask({ path: '/' })).status).toBe(200);
  const refused = await serve((_, response) => response.writeHead(401).end());
  expect((await refused.ask({ path: '/' })).status).toBe(401);
  expect(refused.paths).toHaveLength(2);
});

it('several groups to impersonate are several headers', async () => {
  const { ask } = await serve(
    (request, response) => response.end(JSON.stringify(request.headersDistinct['impersonate-group'])),
    () => ({ 'impersonate-group': ['a', 'b'] }),
  );
  expect((await ask({ path: '/' })).body.toString()).toBe('["a","b"]');
});

it('unzips, and names an answer that is cut off', async () => {
  const zipped = gzipSync('x'.repeat(100_000));
  const good = await serve((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(zipped));
  expect((await good.ask({ path: '/' })).body).toHaveLength(100_000);
  const cut = await serve((_, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(zipped.subarray(0, zipped.length - 20)),
  );
  await expect(cut.ask({ path: '/' })).rejects.toMatchObject({ failure: { kind: 'broken' } });
});

it('takes no more than it was told to', async () => {
  const { ask } = await serve((_, response) => response.end('y'.repeat(5_000_000)));
  const { body, truncated } = await ask({ path: '/', maxBytes: 1000 });
  expect({ size: body.length, truncated }).toEqual({ size: 1000, truncated: true });
});

it('gives up a server that accepts and says nothing, or stops in the middle', async () => {
  const silent = await serve(() => undefined);
  await expect(silent.ask({ path: '/a', timeoutMs: 200 })).rejects.toMatchObject({ failure: { kind: 'timeout' } });
  const stuck = await serve((_, response) => response.writeHead(200).write('{"items":['));
  await expect(stuck.ask({ path: '/', timeoutMs: 200 })).rejects.toThrow(/no answer from .* for 0\.2 s|aborted/);
});

it('names a server that is not there, and stops when told to', async () => {
  const gone = await serve(() => undefined);
  servers[0]?.close();
  servers[0]?.closeAllConnections();
  const error = await gone.ask({ path: '/' }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ClusterError);
  expect(error).toMatchObject({ failure: { kind: 'unreachable' } });
  const hanging = await serve(() => undefined);
  const stop = new AbortController();
  const asked = hanging.ask({ path: '/', signal: stop.signal });
  stop.abort(new Error('enough'));
  await expect(asked).rejects.toThrow(/enough|abort/i);
});

/** A client of a server that answers as told; `count` is the number of the request. */
async function serve(
  handler: Handler,
  headersOf: (attempt: number) => Readonly<Record<string, string | readonly string[]>> = () => ({}),
): Promise<{
  readonly ask: (
    request: Omit<ClusterRequest, 'signal'> & { signal?: AbortSignal },
  ) => ReturnType<HttpClient['request']>;
  readonly paths: readonly string[];
}> {
  const paths: string[] = [];
  const server = http.createServer((request, response) => {
    paths.push(request.url ?? '');
    handler(request, response, paths.length);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  let logins = 0;
  const client = new HttpClient({
    server: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    timeoutMs: 60_000,
    credentials: async () => {
      logins += 1;
      return { headers: headersOf(logins), agent: new http.Agent({ keepAlive: true }) };
    },
  });
  clients.push(client);
  return { ask: (request) => client.request({ signal: new AbortController().signal, ...request }), paths };
}
