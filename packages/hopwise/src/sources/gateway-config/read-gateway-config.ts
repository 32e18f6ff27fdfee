import type { Duplex } from 'node:stream';
import type { EndpointGroup, GatewayConfigObservation, LoadedConfig } from '../gateway-config-observation.ts';
import { http1Peer } from '../probe/ask-http1.ts';
import { DEFAULT_LIMITS } from '../probe/contract.ts';
import type { Answer } from '../probe/exchange.ts';
import { type ConfigDialect, type GatewayConfigReader, type GatewayConfigTarget, MOST_BYTES } from './contract.ts';
import { parseEnvoyClusters } from './envoy-clusters.ts';
import { parseTraefikServices } from './traefik-services.ts';

/** Opens a connection to a port inside a Pod. `isForbidden` tells its rejections for want of rights from others. */
export interface Forwarding {
  readonly forward: (
    target: { readonly namespace: string; readonly pod: string; readonly port: number },
    signal: AbortSignal,
  ) => Promise<Duplex>;
  readonly isForbidden: (error: unknown) => boolean;
}

interface Api {
  /** Most usual first. */
  readonly ports: readonly number[];
  /** The only path that is ever asked, by GET; others of these interfaces change or stop the proxy. */
  readonly path: string;
  readonly parse: (text: string) => readonly EndpointGroup[] | undefined;
}

const ENVOY = { path: '/clusters?format=json', parse: parseEnvoyClusters };
/**
 * Envoy Gateway and kgateway 19000 (envoyproxy/gateway internal/xds/bootstrap, EnvoyAdminPort), Contour's read-only listener
 * 9001 (projectcontour.io, "Envoy admin interface"), 9901 in Envoy's own examples; Istio 15000 (istio.io, "Application
 * requirements"). Traefik's entry point `traefik` is 8080 (doc.traefik.io, API), 9000 in older Helm charts; its API pages by
 * X-Next-Page (pkg/api/criterion.go), which is 1 after the last.
 */
const APIS: Readonly<Record<ConfigDialect, Api>> = {
  envoy: { ...ENVOY, ports: [19000, 9001, 9901] },
  istio: { ...ENVOY, ports: [15000] },
  traefik: { path: '/api/http/services?per_page=10000', ports: [8080, 9000], parse: parseTraefikServices },
};
const LIMITS = { ...DEFAULT_LIMITS, bodyBytes: MOST_BYTES, keptBytes: MOST_BYTES, answerMs: 8_000 };

/** Asks Pods of a gateway which endpoints they have loaded, one after the other. */
export function gatewayConfigReader(forwarding: Forwarding): GatewayConfigReader {
  return async (targets, signal) => {
    const seen: GatewayConfigObservation[] = [];
    for (const target of targets) seen.push(await readPod(forwarding, target, signal));
    return seen;
  };
}

async function readPod(
  { forward, isForbidden }: Forwarding,
  { namespace, pod, dialect }: GatewayConfigTarget,
  signal: AbortSignal,
): Promise<GatewayConfigObservation> {
  const place = { namespace, pod };
  if (dialect === undefined) {
    const why = 'this proxy does not offer what it has loaded to a read-only request that hopwise knows';
    return { ...place, asked: '', loaded: unread(why, 'the proxy’s own dump, such as nginx -T in its Pod') };
  }
  const { ports, path, parse } = APIS[dialect];
  const failures: string[] = [];
  for (const port of ports) {
    const asked = `localhost:${port}${path}`;
    try {
      const stream = await forward({ namespace, pod, port }, signal);
      const answer = await ask(stream, port, path, signal);
      const groups = answer.status === 200 ? parse(answer.body) : undefined;
      const more = Number(answer.headers['x-next-page'] ?? '1') > 1;
      if (groups !== undefined && !more) return { ...place, asked, loaded: { state: 'read', groups } };
      failures.push(`localhost:${port} ${more ? 'has more than one page of services' : tell(answer)}`);
    } catch (error) {
      signal.throwIfAborted();
      const said = error instanceof Error ? error.message : String(error);
      if (isForbidden(error)) {
        const right = `the right to get and create pods/portforward in namespace ${namespace}`;
        return { ...place, asked, loaded: unread(`a port-forward to it is forbidden (${said})`, right) };
      }
      failures.push(`localhost:${port}: ${said}`);
    }
  }
  const why = `its read-only interface did not answer (${failures.join('; ')})`;
  const command = `kubectl -n ${namespace} port-forward ${pod} ${ports[0]}, then curl 'localhost:${ports[0]}${path}'`;
  return { ...place, asked: `localhost:${ports.join(',')}${path}`, loaded: unread(why, command) };
}

async function ask(stream: Duplex, port: number, path: string, signal: AbortSignal): Promise<Answer> {
  try {
    return await http1Peer(stream, LIMITS).ask(
      {
        target: { role: 'localhost', from: 'pod', name: '' },
        name: 'localhost',
        port,
        tls: false,
        host: `localhost:${port}`,
        speech: 'http/1.1',
        method: 'GET',
        path,
        headers: { accept: 'application/json', connection: 'close' },
        repeat: 1,
        idle: [],
      },
      signal,
    );
  } finally {
    stream.destroy();
  }
}

function tell({ failure, status, bodyBytes }: Answer): string {
  if (failure !== undefined) return failure.message;
  if (status !== 200) return `answered ${status ?? 'nothing'}`;
  return bodyBytes >= MOST_BYTES ? 'answered more than is read' : 'answered something else';
}

function unread(why: string, settledBy: string): LoadedConfig {
  return { state: 'unread', why, settledBy };
}
