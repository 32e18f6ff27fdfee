import type { JsonObject } from '../../../packages/hopwise/src/sources/contract.ts';
import type { Dice } from './dice.ts';
import { GRPC_METHODS, GRPC_SERVICES } from './generate-grpc-routes.ts';
import { listenersOf, type Place } from './place.ts';
import type { AskedRequest } from './scenario.ts';

const HOSTS = [
  'shop.example.com',
  'a.shop.example.com',
  'b.a.shop.example.com',
  'x.example.com',
  'example.com',
  'other.net',
  'unknown.org',
  'SHOP.example.com',
  'shop.example.com.',
];

/** What clients really send, and what only scanners and careless joins of URLs make. */
const PLAIN_PATHS = [
  '/',
  '/api',
  '/api/',
  '/api/v1',
  '/api/v1/',
  '/api/v1/deep/er',
  '/apix',
  '/a',
  '/a/b',
  '/API',
  '/zzx',
  '/api/v2',
];
const ODD_PATHS = [
  '//api',
  '/api//v1',
  '/./api',
  '/x/../api',
  '/api/.',
  '/api/..',
  '/../a',
  '/api%2Fv1',
  '/api%2fv1',
  '/a%5Cb',
  '/%61pi',
  '/a%20b',
  '/a%20b/c',
  '/api/%2e%2e/a',
  '/api;v=1',
  '/api/v1%7Ex',
  '/caf%C3%A9',
  '/api+v1',
  '/api/v1//',
  '/a%25b',
  '/a.b/c',
  '/axb',
  '/api\\v1',
  '/api%',
  '/api%zz',
  '/api%00',
  '/caf\u00e9',
  '/api/v1/..;/x',
  '/a%2Eb',
  '/api/{id}',
];
const QUERIES = ['', '', '', '?q=1', '?q=2&q=1', '?Page=a&q=b', '?q=a%20b', '?q', '?page=1', '?q=a+b', '?'];
const HEADERS = [
  { 'x-one': 'a' },
  { 'x-one': 'ab', 'x-two': 'b' },
  { 'X-Two': 'b' },
  { 'x-one': '1' },
  { 'x-set': 'client' },
  { 'x-add': 'client' },
  { 'x-set-client': '1' },
  { 'x-one': 'a b' },
];

export function drawRequests(
  { dice, gateways }: Place,
  flavour: 'http' | 'grpc',
  routes: readonly JsonObject[],
  count: number,
): AskedRequest[] {
  const listeners = listenersOf(gateways);
  const hosts = [...HOSTS, ...declaredHosts(routes)];
  return Array.from({ length: count }, () => {
    const { gateway, port, secure } = dice.pick(listeners);
    // A server name has no final dot, whatever the Host header has.
    const host = dice.pick(secure ? hosts.filter((name) => !name.endsWith('.')) : hosts);
    const scheme = secure ? ('https' as const) : ('http' as const);
    const standard = port === (secure ? 443 : 80);
    const place = { gateway, scheme, port, host: standard || dice.chance(0.1) ? host : `${host}:${port}` };
    const headers = dice.chance(0.35) ? dice.pick(HEADERS) : {};
    if (dice.chance(flavour === 'grpc' ? 0.9 : 0.05))
      return { ...place, method: 'POST', target: drawMethodPath(dice), headers };
    const path = dice.chance(0.7) ? dice.pick(PLAIN_PATHS) : dice.pick(ODD_PATHS);
    return {
      ...place,
      method: dice.pick(['GET', 'GET', 'GET', 'POST', 'DELETE', 'OPTIONS']),
      target: path + dice.pick(QUERIES),
      headers,
    };
  });
}

function drawMethodPath(dice: Dice): string {
  const service = dice.chance(0.1) ? 'other.Service' : dice.pick(GRPC_SERVICES);
  const method = dice.chance(0.1) ? 'Other' : dice.pick(GRPC_METHODS);
  const odd = dice.chance(0.08);
  return odd
    ? dice.pick([`/${service}`, `/${service}/`, `/x/${service}/${method}`, `//${service}/${method}`])
    : `/${service}/${method}`;
}

/** Hostnames of the routes, wildcards filled in: most requests should meet a route. */
function declaredHosts(routes: readonly JsonObject[]): string[] {
  return routes.flatMap((route) => {
    const hostnames = (route.spec as JsonObject).hostnames as readonly string[] | undefined;
    return (hostnames ?? []).map((host) => (host.startsWith('*.') ? `w${host.slice(1)}` : host));
  });
}
