import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent, request } from 'node:https';
import type { ControlPlane } from '../../test/controlplane/control-plane.ts';

/** What went through the proxy since it was last asked. */
export interface Traffic {
  readonly requests: readonly SeenRequest[];
  /** Of the bodies of all answers, as they came. */
  readonly bytes: number;
}
export interface SeenRequest {
  /** `/api/v1/pods` */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly accept: string;
  readonly bytes: number;
}

export interface CountingProxy {
  /** `http://127.0.0.1:PORT`: whoever speaks to it is the administrator. */
  readonly server: string;
  takeTraffic(): Traffic;
  stop(): void;
}

/** Stands in front of the API server and writes down what is asked for, and how large the answers are. */
export async function startCountingProxy({ server, ca, admin }: ControlPlane): Promise<CountingProxy> {
  const agent = new Agent({ keepAlive: true, ca });
  let seen: SeenRequest[] = [];
  const proxy = createServer((incoming: IncomingMessage, outgoing: ServerResponse) => {
    const url = new URL(incoming.url ?? '/', server);
    const headers = { ...incoming.headers, host: url.host, authorization: `Bearer ${admin.token}` };
    const forwarded = request(url, { method: incoming.method ?? 'GET', agent, headers }, (answer) => {
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      answer.on('end', () => {
        const query = Object.fromEntries(url.searchParams);
        seen.push({ path: url.pathname, query, accept: incoming.headers.accept ?? '', bytes });
      });
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  return {
    server: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    takeTraffic() {
      const requests = seen;
      seen = [];
      return { requests, bytes: requests.reduce((sum, { bytes }) => sum + bytes, 0) };
    },
    stop() {
      proxy.close();
      proxy.closeAllConnections();
      agent.destroy();
    },
  };
}
