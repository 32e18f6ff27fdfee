import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../../../packages/hopwise/src/sources/contract.ts';
import type { Dice } from './dice.ts';

export const GATEWAY_API = 'gateway.networking.k8s.io';
export const CERTIFICATE_SECRET = 'certificate';

export const NAMESPACES = ['infra', 'a', 'b'] as const;

/** Services of every scenario. Their cluster addresses stand for loopback addresses of the echo server. */
export const SERVICES = [
  { namespace: 'a', name: 's1', address: '10.96.0.1', ports: [80] },
  { namespace: 'a', name: 's2', address: '10.96.0.2', ports: [80, 8080] },
  { namespace: 'a', name: 's3', address: '10.96.0.3', ports: [8080] },
  { namespace: 'b', name: 't1', address: '10.96.0.4', ports: [80] },
  { namespace: 'b', name: 't2', address: '10.96.0.5', ports: [80, 8080] },
  { namespace: 'infra', name: 'i1', address: '10.96.0.6', ports: [80] },
] as const;

export const ROUTE_HOSTS = [
  'shop.example.com',
  'a.shop.example.com',
  '*.shop.example.com',
  '*.example.com',
  'x.example.com',
  'other.net',
] as const;

/** What the parts of a scenario are drawn from. */
export interface Place {
  readonly dice: Dice;
  readonly gateways: readonly JsonObject[];
}

export interface ListenerPlace {
  readonly gateway: string;
  readonly name: string;
  readonly port: number;
  readonly secure: boolean;
  readonly hostname: string;
}

export function listenersOf(gateways: readonly JsonObject[]): readonly ListenerPlace[] {
  return gateways.flatMap((gateway) => {
    const { name, namespace } = gateway.metadata as JsonObject;
    const { listeners } = gateway.spec as JsonObject;
    return (listeners as readonly JsonObject[]).map((listener) => ({
      gateway: `${namespace}/${name}`,
      name: listener.name as string,
      port: listener.port as number,
      secure: listener.protocol === 'HTTPS',
      hostname: (listener.hostname as string | undefined) ?? '',
    }));
  });
}

/**
 * Metadata and spec fields that every kind of route has. No creation times and no labels: egctl reads only names, so that
 * routes count as equally old and no namespace matches a selector (internal/gatewayapi/resource/load.go).
 */
export function drawRoute(
  place: Place,
  kind: string,
  name: string,
  namespace: string,
  rules: JsonObject[],
): JsonObject {
  const { dice } = place;
  const hostnames = dice.some(ROUTE_HOSTS, 0.25);
  return {
    apiVersion: `${GATEWAY_API}/v1`,
    kind,
    metadata: { name, namespace },
    spec: {
      parentRefs: drawParents(place),
      ...(hostnames.length > 0 ? { hostnames } : dice.chance(0.6) ? { hostnames: [dice.pick(ROUTE_HOSTS)] } : {}),
      rules,
    },
  };
}

function drawParents({ dice, gateways }: Place): JsonObject[] {
  const parents: JsonObject[] = [];
  const wanted = dice.pick([1, 1, 1, 1, 2]);
  const listeners = listenersOf(gateways);
  for (let at = 0; at < wanted; at++) {
    const { gateway, name, port } = dice.pick(listeners);
    const [namespace = '', gatewayName = ''] = gateway.split('/');
    const parent: Record<string, string | number> = { name: gatewayName, namespace };
    if (dice.chance(0.3)) parent.sectionName = dice.chance(0.1) ? 'nowhere' : name;
    if (dice.chance(0.15)) parent.port = dice.chance(0.1) ? 9999 : port;
    // The API takes two references to one Gateway only when both say equally much: a listener, a port or both.
    const others = parents.filter((other) => other.name === gatewayName);
    const fields = Object.keys(parent);
    const comparable = others.every((other) => fields.length > 2 && isDeepStrictEqual(Object.keys(other), fields));
    if (comparable && !others.some((other) => isDeepStrictEqual(other, parent))) parents.push(parent);
  }
  return parents;
}

/** Backends of a rule: mostly of the own namespace, now and then missing, of another namespace or without a share. */
export function drawBackends({ dice }: Place, namespace: string): JsonObject[] {
  const own = SERVICES.filter((entry) => entry.namespace === namespace);
  const count = dice.chance(0.05) ? 0 : dice.chance(0.25) ? dice.between(2, 3) : 1;
  return Array.from({ length: count }, () => {
    const service = dice.chance(0.75) ? dice.pick(own) : dice.pick(SERVICES);
    const written = service.namespace !== namespace || dice.chance(0.2);
    return {
      name: dice.chance(0.05) ? 'missing' : service.name,
      port: dice.chance(0.05) ? 81 : dice.pick(service.ports),
      ...(written ? { namespace: service.namespace } : {}),
      ...(dice.chance(0.25) ? { weight: dice.pick([0, 1, 5]) } : {}),
      // Of several backends each may have filters; hopwise tells what one rule sets.
      ...(count === 1 && dice.chance(0.08)
        ? {
            filters: [
              {
                type: 'RequestHeaderModifier',
                requestHeaderModifier: { set: [{ name: 'X-Set-Backend', value: service.name }] },
              },
            ],
          }
        : {}),
    };
  });
}

/** Header changes; names begin with `x-set` and `x-add` so that a backend's view of them can be told from other headers. */
export function drawHeaderModifier(dice: Dice, mark: string): JsonObject {
  const changes: Record<string, JsonObject[] | string[]> = {};
  if (dice.chance(0.7)) changes.set = [{ name: 'X-Set', value: mark }];
  if (dice.chance(0.3)) changes.add = [{ name: 'x-add', value: `added-${mark}` }];
  if (dice.chance(0.2)) changes.remove = ['X-Set-Client'];
  // Envoy Gateway lets nobody change it.
  if (dice.chance(0.05)) changes.set = [{ name: 'Host', value: 'other.example.org' }];
  if (Object.keys(changes).length === 0) changes.set = [{ name: 'X-Set-Only', value: mark }];
  return { type: 'RequestHeaderModifier', requestHeaderModifier: changes };
}

export function drawMirror({ dice }: Place, namespace: string): JsonObject {
  const own = SERVICES.filter((entry) => entry.namespace === namespace);
  const service = dice.chance(0.8) ? dice.pick(own) : dice.pick(SERVICES);
  return {
    type: 'RequestMirror',
    requestMirror: {
      backendRef: {
        name: dice.chance(0.1) ? 'missing' : service.name,
        port: service.ports[0],
        ...(service.namespace === namespace ? {} : { namespace: service.namespace }),
      },
    },
  };
}
