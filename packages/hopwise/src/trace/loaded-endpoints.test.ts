import { describe, expect, it } from 'vitest';
import { ModelBuilder } from '../model/builder.ts';
import { buildRoutes } from '../routing/build.ts';
import { CompiledRoutes } from '../routing/compiled-routes.ts';
import { modelOf, readObjects, requestOf } from '../routing/testing/cluster.ts';
import type { EndpointGroup, LoadedConfig } from '../sources/gateway-config-observation.ts';
import { oldConfig } from './running-config.ts';
import { walk } from './walk.ts';

const KINDS = ['Pod', 'Service', 'EndpointSlice', 'Node', 'Ingress', 'IngressClass'];
const pod = (name: string, ip: string): string => `
---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: shop, labels: {app: web}}
spec: {containers: [{name: web, image: web}]}
status: {phase: Running, podIP: ${ip}, podIPs: [{ip: ${ip}}], conditions: [{type: Ready, status: 'True'}]}`;
const CLUSTER = `
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: traefik}
spec: {controller: traefik.io/ingress-controller}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec:
  ingressClassName: traefik
  rules: [{host: shop.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.96.0.11, clusterIPs: [10.96.0.11], selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]}
${pod('web-0', '10.244.1.10')}${pod('web-1', '10.244.1.11')}${pod('other', '10.244.1.77').replace('app: web', 'app: other')}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-x, namespace: shop, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
ports: [{name: http, port: 8080, protocol: TCP}]
endpoints:
  - {addresses: [10.244.1.10], conditions: {ready: true}, targetRef: {kind: Pod, namespace: shop, name: web-0}}
  - {addresses: [10.244.1.11], conditions: {ready: true}, targetRef: {kind: Pod, namespace: shop, name: web-1}}
`;

const model = modelOf(CLUSTER, KINDS);
const routes = buildRoutes(model);

/** What the walk makes of it, and whether the configuration counts as old. */
function examine(loaded: LoadedConfig, observedStatus = 502, cluster = model) {
  const gatewayConfig = [{ namespace: 'edge', pod: 'traefik-0', asked: 'localhost:8080/api/http/services', loaded }];
  const request = requestOf('GET http://shop.example.com/');
  const { trace, seen } = walk(
    cluster,
    routes,
    new CompiledRoutes(),
    request,
    { entries: [], logs: [], gatewayConfig },
    {
      explain: false,
      observedStatus,
    },
  );
  const gateway = trace.hops.find(({ hop }) => hop === 'gateway');
  return {
    state: gateway?.state,
    says: gateway?.evidence.map(({ text }) => text.replace('gateway Pod edge/traefik-0', 'it')),
    old: oldConfig({ model: cluster, trace, seen })?.addresses,
    unknown: trace.unknowns.filter(({ what }) => what.includes('loaded')).map(({ why }) => why),
  };
}

function group(endpoints: readonly string[], more: Partial<EndpointGroup> = {}): LoadedConfig {
  const list = endpoints.map((text) => {
    const [address = '', port, fault] = text.split(':');
    return { address, port: Number(port), faults: fault === undefined ? [] : [fault] };
  });
  return {
    state: 'read',
    groups: [{ name: 'shop-web-80@kubernetes', endpoints: list, partial: false, ...more }],
  };
}

describe('what the gateway has loaded', () => {
  it('is said where it is right, and changes nothing', () => {
    expect(examine(group(['10.244.1.10:8080', '10.244.1.11:8080']))).toEqual({
      state: 'ok',
      says: ['it has loaded the ready endpoints of Service shop/web: 10.244.1.10:8080, 10.244.1.11:8080'],
      old: undefined,
      unknown: [],
    });
  });

  it('is old when all of it belongs to nobody', () => {
    const stale = examine(group(['10.244.9.9:8080']));
    expect(stale.state).toBe('suspect');
    expect(stale.old).toEqual(['10.244.9.9']);
    expect(stale.says?.[0]).toBe(
      'it has loaded 10.244.9.9:8080 for Service shop/web, which no Pod has; the endpoints are 10.244.1.10:8080, 10.244.1.11:8080',
    );
    // The same seen while requests succeed is no reason for alarm.
    expect(examine(group(['10.244.9.9:8080']), 200)).toMatchObject({ state: 'ok', old: undefined });
  });

  it('is not old when only part of it is, or its addresses are somebody’s, or nobody could look', () => {
    const part = examine(group(['10.244.9.9:8080', '10.244.1.10:8080']));
    expect(part).toMatchObject({ state: 'ok', old: undefined });
    expect(part.says).toHaveLength(2);
    expect(examine(group(['10.244.1.77:8080'])).old).toBeUndefined();
    const builder = new ModelBuilder();
    for (const raw of readObjects(CLUSTER)) builder.add(raw, { file: 'cluster.yaml' });
    builder.cover({ kind: 'Pod', state: 'partial' });
    const blind = builder.build();
    expect(examine(group(['10.244.9.9:8080']), 502, blind)).toMatchObject({ state: 'ok', old: undefined });
  });

  it('is suspect when it has none of the ready endpoints', () => {
    expect(examine(group([]))).toMatchObject({
      state: 'suspect',
      says: [
        'it has not loaded 10.244.1.10:8080, 10.244.1.11:8080, which the EndpointSlices of Service shop/web have ready; it has none',
      ],
      old: undefined,
    });
  });

  it('holds endpoints for unhealthy', () => {
    expect(examine(group(['10.244.1.10:8080:DOWN', '10.244.1.11:8080:DOWN']))).toMatchObject({
      state: 'ok',
      says: ['it holds 10.244.1.10:8080, 10.244.1.11:8080 of Service shop/web for unhealthy: DOWN'],
    });
    expect(examine(group(['10.244.1.10:8080:DOWN', '10.244.1.11:8080'])).state).toBe('ok');
  });

  it('says nothing of what cannot be compared', () => {
    for (const loaded of [group(['10.96.0.11:80']), group(['web.shop:80']), group([], { partial: true })])
      expect(examine(loaded)).toMatchObject({ state: 'ok', says: [], old: undefined, unknown: [] });
    const other = examine(group(['10.244.9.9:8080'], { name: 'shop-web-admin-80@kubernetes' }));
    expect(other).toMatchObject({ state: 'ok', says: [], old: undefined });
    expect(other.unknown).toEqual(['it names no endpoints in a way that hopwise knows for Service shop/web']);
    expect(examine({ state: 'unread', why: 'forbidden', settledBy: 'a right' }).unknown).toEqual(['forbidden']);
  });
});
