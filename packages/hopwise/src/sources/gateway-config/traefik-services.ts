import type { EndpointGroup, LoadedEndpoint } from '../gateway-config-observation.ts';
import { LONGEST_NAME } from './contract.ts';
import { at, listAt, parseJson } from './untrusted-json.ts';

/**
 * Reads one page of Traefik's answer to `GET /api/http/services`; undefined when it is none. Services that only spread over
 * others (weighted, mirroring, failover) have no servers of their own and are left out.
 * traefik pkg/api/handler_http.go (serviceRepresentation) and pkg/api/testdata/services.json: `loadBalancer.servers[].url`, and
 * `serverStatus`, by URL, UP or DOWN as the health check found it.
 */
export function parseTraefikServices(text: string): readonly EndpointGroup[] | undefined {
  const services = parseJson(text);
  if (!Array.isArray(services)) return undefined;
  return services.flatMap((service: unknown): readonly EndpointGroup[] => {
    const name = at(service, 'name');
    const servers = listAt(at(service, 'loadBalancer'), 'servers');
    if (typeof name !== 'string' || servers === undefined) return [];
    const status = at(service, 'serverStatus');
    const endpoints = servers
      .map((server) => readServer(at(server, 'url'), status))
      .filter((endpoint) => endpoint !== undefined);
    return [{ name: name.slice(0, LONGEST_NAME), endpoints, partial: endpoints.length < servers.length }];
  });
}

function readServer(text: unknown, status: unknown): LoadedEndpoint | undefined {
  const url = typeof text === 'string' && text.length < 1000 ? URL.parse(text) : null;
  if (url === null || url.hostname === '') return undefined;
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  const down = at(status, text as string) === 'DOWN';
  return { address: url.hostname.replace(/^\[|\]$/g, ''), port, faults: down ? ['DOWN by its health check'] : [] };
}
