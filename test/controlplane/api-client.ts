import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import type { Certificate } from './certificates.ts';

export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
}

/** Raw requests to the API server as its administrator, over a few connections that stay open. */
export interface ApiClient {
  send(method: string, path: string, body?: unknown): Promise<ApiAnswer>;
  /** The parsed body; throws with the server's message unless the answer is 2xx. */
  get<T>(path: string): Promise<T>;
  close(): void;
}

export function createApiClient(server: string, ca: string, admin: Certificate): ApiClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 8, ca, cert: admin.cert, key: admin.key });
  const send = (method: string, path: string, body?: unknown): Promise<ApiAnswer> =>
    new Promise((resolve, reject) => {
      const headers = { accept: 'application/json', 'content-type': 'application/json' };
      const sent = request(new URL(path, server), { method, agent, headers }, (response) => {
        readBody(response).then((text) => resolve({ status: response.statusCode ?? 0, body: text }), reject);
      });
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  return {
    send,
    get: async <T>(path: string) => {
      const answer = await send('GET', path);
      if (answer.status >= 300) throw new Error(`GET ${path}: ${answer.status} ${answer.body.slice(0, 500)}`);
      return JSON.parse(answer.body) as T;
    },
    close: () => agent.destroy(),
  };
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
