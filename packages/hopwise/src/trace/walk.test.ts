import { describe, expect, it } from 'vitest';
import { buildRoutes } from '../routing/build.ts';
import { CompiledRoutes } from '../routing/compiled-routes.ts';
import { modelOf, requestOf } from '../routing/testing/cluster.ts';
import { decide } from './walk.ts';

const CLUSTER = `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: mesh}
spec: {selector: {istio: gateway}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [maps.example.com]}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: maps, namespace: mesh}
spec:
  hosts: [maps.example.com]
  gateways: [public]
  http:
    - match: [{uri: {prefix: /old/}}]
      redirect: {authority: other.example.com}
    - match: [{uri: {prefix: /tiles/}}]
      rewrite: {uri: /v2/}
      route: [{destination: {host: tiles, port: {number: 80}}}]
    - route: [{destination: {host: web, port: {number: 80}}}]
`;

describe('decide', () => {
  const routes = buildRoutes(modelOf(CLUSTER));
  const decisionOn = (path: string) =>
    decide(routes, new CompiledRoutes(), requestOf(`GET http://maps.example.com${path}`), undefined, false).decision;

  it('hands on the path as a proxy that normalises it has read it, rewritten or not', () => {
    expect(decisionOn('/a/../b%41?q=%41').received?.path).toBe('/bA?q=%41');
    expect(decisionOn('/x/../tiles/%7Eme?z=1').received?.path).toBe('/v2/~me?z=1');
    expect(decisionOn('/old/./page').location).toBe('http://other.example.com/old/page');
  });
});
