import { displayId, idOf } from '../base/object-id.ts';
import type { Request } from '../routing/request.ts';
import type { ProbeSpec } from '../sources/probe/contract.ts';
import { withoutCredentials } from '../sources/probe/exchange.ts';
import type { ProbeSpeech } from '../sources/probe-observation.ts';
import { isIpAddress } from '../trace/addresses.ts';
import type { Trace } from '../trace/trace.ts';
import type { ProbeWishes } from './contract.ts';

/** RFC 9110, 9.2.1: methods that change nothing. Any other is not sent, only the connection for it is made. */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const MOST_GATEWAY_ADDRESSES = 4;

/**
 * What may be asked from outside to examine this request: the URL itself, and the addresses that the gateway (or the Service
 * that is the entry) says it has, with the same Host and SNI. Nothing for a request that starts inside the cluster.
 */
export function planProbes(request: Request, trace: Trace, wishes: ProbeWishes): readonly ProbeSpec[] {
  if (trace.inCluster && trace.entry === undefined) return [];
  const speech = speechOf(request);
  const url: ProbeSpec = {
    ...commonOf(request, speech),
    target: { role: 'url', from: 'caller', name: hostPort(request.urlHost, request.port) },
    repeat: speech === 'nothing' ? 1 : wishes.repeat,
    idle: speech === 'http/1.1' ? wishes.idle : [],
  };
  const second: ProbeSpec[] =
    speech === 'http/1.1' && request.tls ? [{ ...url, speech: 'http/2', repeat: 1, idle: [] }] : [];
  return [url, ...second, ...ownAddresses(request, trace).map((address) => atGateway(url, trace, address))];
}

function commonOf(request: Request, speech: ProbeSpeech): Omit<ProbeSpec, 'target' | 'repeat' | 'idle'> {
  const usual = request.tls ? 443 : 80;
  const host = request.host.includes(':') ? `[${request.host}]` : request.host;
  return {
    name: request.urlHost,
    port: request.port,
    tls: request.tls,
    ...(isIpAddress(request.urlHost) ? {} : { serverName: request.urlHost }),
    host: request.headers['host'] ?? (request.port === usual ? host : `${host}:${request.port}`),
    speech,
    method: request.method,
    path: `${request.path}${request.query}`,
    headers: request.headers,
  };
}

function speechOf(request: Request): ProbeSpeech {
  if (request.protocol === 'grpc') return 'grpc-health';
  if (request.protocol === 'websocket') return 'websocket';
  return SAFE.has(request.method) ? 'http/1.1' : 'nothing';
}

/** Whoever writes a status could name any address: without a checked certificate nobody there gets to see credentials. */
function atGateway(url: ProbeSpec, trace: Trace, address: string): ProbeSpec {
  const object = trace.entry === undefined ? trace.gateway?.object : idOf(trace.entry);
  const owner = trace.gateway?.name ?? (object === undefined ? undefined : displayId(object));
  return {
    ...url,
    target: {
      role: 'gateway',
      from: 'caller',
      name: `${hostPort(address, url.port)}${owner === undefined ? '' : ` (${owner})`}`,
      ...(object === undefined ? {} : { object }),
    },
    address,
    headers: url.tls ? url.headers : withoutCredentials(url.headers),
    repeat: 1,
    idle: [],
  };
}

function ownAddresses(request: Request, trace: Trace): readonly string[] {
  const entries = trace.entry?.addresses ?? trace.gateway?.addresses ?? [];
  const addresses = entries.flatMap((entry) => entry.ip ?? entry.hostname ?? []);
  return [...new Set(addresses)]
    .filter((address) => address !== request.urlHost && !isReserved(address))
    .slice(0, MOST_GATEWAY_ADDRESSES);
}

/** Link-local (cloud metadata services live there), multicast, broadcast and "any": no gateway is there for clients. */
function isReserved(address: string): boolean {
  return /^(?:169\.254\.|0\.|2(?:2[4-9]|[345]\d)\.|fe[89ab][0-9a-f]:|ff[0-9a-f]{2}:|::(?:ffff:.*)?$)/i.test(address);
}

function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
