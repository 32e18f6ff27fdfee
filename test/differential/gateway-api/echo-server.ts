import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SERVICES } from './place.ts';

/** What a Service saw of a request, as it says in its answer. */
export interface Echo {
  readonly backend: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Where traffic to a Service's cluster address goes: `10.96.x.y` stands for `127.NET.x.y` and each port for one above 20000,
 * so that nobody has to be root. NET keeps runs of several processes apart.
 */
export function loopbackOf(net: number, address: string, port: number): { address: string; port: number } {
  return { address: address.replace(/^10\.\d+/, `127.${net}`), port: port + 20_000 };
}

/** The second number of a run's loopback addresses. */
export function netOfProcess(): number {
  return 16 + (process.pid % 200);
}

/** One server that answers for all Services with what it received, each Service at an address of its own. */
export async function startEcho(net: number): Promise<{ readonly stop: () => Promise<void> }> {
  const servers: Server[] = [];
  for (const { namespace, name, address, ports } of SERVICES) {
    for (const port of ports) {
      const backend = `${namespace}/${name}:${port}`;
      const server = createServer((request, response) => {
        const echo: Echo = { backend, path: request.url ?? '', headers: request.headers };
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(echo));
        request.resume();
      });
      const at = loopbackOf(net, address, port);
      await listen(server, at);
      servers.push(server);
    }
  }
  return {
    stop: async () => {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

function listen(server: Server, { address, port }: { address: string; port: number }): Promise<AddressInfo | null> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => resolve(server.address() as AddressInfo | null));
  });
}
