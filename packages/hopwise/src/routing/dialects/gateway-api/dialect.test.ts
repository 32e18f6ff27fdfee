import { describe, expect, it } from 'vitest';
import { ask, modelOf } from '../../testing/cluster.ts';
import { gatewayApi } from './dialect.ts';

const EDGE = `
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: any}
spec: {controllerName: example.com/controller}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: infra}
spec:
  gatewayClassName: any
  listeners:
  - {name: http, port: 80, protocol: HTTP}
  - name: https
    hostname: '*.example.org'
    port: 443
    protocol: HTTPS
    tls: {certificateRefs: [{name: wildcard}]}
`;

function route(spec: string, name = 'web', namespace = 'infra'): string {
  return `
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  parentRefs: [{name: edge, namespace: infra}]
${spec.replace(/^\n/, '')}`;
}

describe('a route on a Gateway', () => {
  it('sends a prefix to its Service, by whole path elements', () => {
    const model = modelOf(
      EDGE +
        route(`
  hostnames: [shop.example.org]
  rules:
  - matches: [{path: {value: /api}}]
    backendRefs: [{name: api, port: 8080}]`),
    );
    expect(ask(gatewayApi, model, 'GET https://shop.example.org/api/cart')).toBe('Service/infra/api:8080');
    expect(ask(gatewayApi, model, 'GET https://shop.example.org/api')).toBe('Service/infra/api:8080');
    expect(ask(gatewayApi, model, 'GET https://shop.example.org/apis')).toBe('none 404');
    expect(ask(gatewayApi, model, 'GET https://other.example.org/api')).toBe('none 404');
  });

  it('is refused by a listener that only takes its own namespace, and the Gateway is to blame', () => {
    const model = modelOf(
      EDGE +
        route(
          '  hostnames: [status.example.org]\n  rules: [{backendRefs: [{name: status, port: 80}]}]',
          'page',
          'status',
        ),
    );
    const { unattached } = gatewayApi.toRoutes(model);
    expect(unattached).toMatchObject([
      {
        object: 'HTTPRoute/status/page',
        hosts: ['status.example.org'],
        reason: 'not-allowed',
        blamed: 'Gateway/infra/edge',
        certainty: 'certain',
      },
    ]);
    expect(ask(gatewayApi, model, 'GET https://status.example.org/')).toBe('none 404');
  });
});
