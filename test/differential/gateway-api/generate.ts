import type { JsonObject } from '../../../packages/hopwise/src/sources/contract.ts';
import { Dice } from './dice.ts';
import { drawGrpcRoute } from './generate-grpc-routes.ts';
import { drawHttpRoute } from './generate-http-routes.ts';
import { drawRequests } from './generate-requests.ts';
import { CERTIFICATE_SECRET, GATEWAY_API, NAMESPACES, type Place, SERVICES } from './place.ts';
import { gatewayAddress, type Scenario } from './scenario.ts';

/** `http`: mostly HTTPRoutes; `grpc`: mostly GRPCRoutes, asked as gRPC clients do. */
export type Flavour = 'http' | 'grpc';

/** A random cluster with `count` requests; the same for the same seed and flavour. */
export function drawScenario(seed: number, flavour: Flavour, count: number): Scenario {
  const dice = new Dice(seed * 2 + (flavour === 'grpc' ? 1 : 0));
  const gateways = drawGateways(dice);
  const place: Place = { dice, gateways };
  const routes = Array.from({ length: dice.between(5, 14) }, (_, index) => {
    const grpc = dice.chance(flavour === 'grpc' ? 0.75 : 0.1);
    return grpc ? drawGrpcRoute(place, index) : drawHttpRoute(place, index);
  });
  return {
    name: `${flavour}-${seed}`,
    objects: [
      ...namespaces(),
      gatewayClass(),
      certificateSecret(),
      ...SERVICES.flatMap(service),
      ...gateways,
      ...drawGrants(dice),
      ...routes,
    ],
    requests: drawRequests(place, flavour, routes, count),
  };
}

function namespaces(): JsonObject[] {
  return NAMESPACES.map((name) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
  }));
}

function gatewayClass(): JsonObject {
  return {
    apiVersion: `${GATEWAY_API}/v1`,
    kind: 'GatewayClass',
    metadata: { name: 'eg' },
    spec: { controllerName: 'gateway.envoyproxy.io/gatewayclass-controller' },
  };
}

/** Redacted, as captures have it; a real certificate takes its place for the translator. */
function certificateSecret(): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: CERTIFICATE_SECRET, namespace: 'infra' },
    type: 'kubernetes.io/tls',
    data: { 'tls.crt': 'UkVEQUNURUQ=', 'tls.key': 'UkVEQUNURUQ=' },
  };
}

function service({ namespace, name, address, ports }: (typeof SERVICES)[number]): JsonObject[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace },
      spec: {
        type: 'ClusterIP',
        clusterIP: address,
        clusterIPs: [address],
        ports: ports.map((port) => ({ name: `p${port}`, port, targetPort: port, protocol: 'TCP' })),
      },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      addressType: 'IPv4',
      metadata: { name: `${name}-1`, namespace, labels: { 'kubernetes.io/service-name': name } },
      endpoints: [{ addresses: [address], conditions: { ready: true } }],
      ports: ports.map((port) => ({ name: `p${port}`, port, protocol: 'TCP' })),
    },
  ];
}

const LISTENER_HOSTS = [
  '',
  '',
  '*.example.com',
  'shop.example.com',
  '*.shop.example.com',
  'other.net',
  'a.shop.example.com',
];

function drawGateways(dice: Dice): JsonObject[] {
  const count = dice.pick([1, 1, 1, 2, 3]);
  return Array.from({ length: count }, (_, index) => {
    const listeners: JsonObject[] = [];
    const wanted = dice.pick([1, 1, 2, 2, 3, 4]);
    const taken = new Set<string>();
    for (let at = 0; at < wanted; at++) {
      const secure = dice.chance(0.2);
      const port = secure ? dice.pick([443, 443, 8443, 8443, 8080]) : dice.pick([80, 80, 80, 8080]);
      const hostname = dice.pick(LISTENER_HOSTS);
      if (taken.has(`${port} ${hostname}`)) continue;
      taken.add(`${port} ${hostname}`);
      listeners.push({
        name: `l${at}`,
        port,
        protocol: secure ? 'HTTPS' : 'HTTP',
        ...(hostname === '' ? {} : { hostname }),
        ...(secure
          ? { tls: { mode: 'Terminate', certificateRefs: [{ kind: 'Secret', group: '', name: CERTIFICATE_SECRET }] } }
          : {}),
        allowedRoutes: drawAllowed(dice),
      });
    }
    return {
      apiVersion: `${GATEWAY_API}/v1`,
      kind: 'Gateway',
      metadata: { name: `gw${index}`, namespace: 'infra' },
      spec: { gatewayClassName: 'eg', listeners },
      status: { addresses: [{ type: 'IPAddress', value: gatewayAddress(index) }] },
    };
  });
}

function drawAllowed(dice: Dice): JsonObject {
  const roll = dice.roll();
  if (roll < 0.8) return { namespaces: { from: 'All' } };
  if (roll < 0.9) return { namespaces: { from: 'Same' } };
  return {
    namespaces: { from: 'All' },
    kinds: [{ group: GATEWAY_API, kind: dice.pick(['HTTPRoute', 'GRPCRoute']) }],
  };
}

function drawGrants(dice: Dice): JsonObject[] {
  const names = ['a', 'b', 'infra'];
  return dice.some(names, 0.5).map((namespace) => ({
    apiVersion: `${GATEWAY_API}/v1beta1`,
    kind: 'ReferenceGrant',
    metadata: { name: 'grant', namespace },
    spec: {
      from: dice
        .some(['HTTPRoute', 'GRPCRoute'], 0.8)
        .concat('HTTPRoute')
        .map((kind) => ({
          group: GATEWAY_API,
          kind,
          namespace: dice.pick(names.filter((other) => other !== namespace)),
        })),
      to: [
        {
          group: '',
          kind: 'Service',
          ...(dice.chance(0.4)
            ? { name: dice.pick(SERVICES.filter((entry) => entry.namespace === namespace)).name }
            : {}),
        },
      ],
    },
  }));
}
