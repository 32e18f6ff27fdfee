import { createServer, type Server } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * Everything behind the API server: nodes, Pods, Services and aggregated APIs. The API server reaches them through an HTTP
 * CONNECT proxy on a Unix socket (its egress selector), and this is that proxy. So the addresses of a capture stay as they
 * are, and no packet ever leaves for them.
 */
export interface Network {
  readonly socketPath: string;
  /** What answers at `host:port`, or at every address with that port (`*:10250`). The last one registered for it wins. */
  answer(address: string, connected: (socket: Duplex) => void): void;
  /** Every `host:port` the API server asked for so far. */
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

/** An address nobody answers for is refused, as a closed port would be. */
export async function createNetwork(socketPath: string): Promise<Network> {
  const answers = new Map<string, (socket: Duplex) => void>();
  const asked: string[] = [];
  const open = new Set<Duplex>();
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on('connect', (request, socket) => {
    const address = request.url ?? '';
    asked.push(address);
    socket.on('error', () => socket.destroy());
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    const connected = answers.get(address) ?? answers.get(`*:${address.slice(address.lastIndexOf(':') + 1)}`);
    if (connected === undefined) {
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      return;
    }
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    connected(socket);
  });
  await listen(server, socketPath);
  return {
    socketPath,
    asked,
    answer: (address, connected) => void answers.set(address, connected),
    stop: async () => {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(path, resolve);
  });
}
