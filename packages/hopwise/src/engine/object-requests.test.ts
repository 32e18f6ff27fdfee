import { describe, expect, it } from 'vitest';
import { modelOf } from '../routing/testing/cluster.ts';
import type { ObjectRef } from './contract.ts';
import { searchRequests } from './object-requests.ts';

const CLUSTER = `
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
spec: {controller: k8s.io/ingress-nginx}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/rewrite-target: /$2}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: shop}]
  rules:
    - host: shop.example.com
      http:
        paths:
          - {path: '/api(/|$)(.*)', pathType: ImplementationSpecific, backend: {service: {name: api, port: {number: 80}}}}
          - {path: /, pathType: Prefix, backend: {service: {name: front, port: {name: http}}}}
    - host: '*.shops.example.com'
      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: front, port: {name: http}}}}]}
---
apiVersion: v1
kind: Service
metadata: {name: front, namespace: shop}
spec: {selector: {app: front}, ports: [{name: http, port: 8080}, {name: metrics, port: 9100}]}
---
apiVersion: v1
kind: Service
metadata: {name: stock, namespace: shop}
spec: {selector: {app: stock}, ports: [{port: 80}, {name: https, port: 443}, {port: 53, protocol: UDP}]}
---
apiVersion: v1
kind: Pod
metadata: {name: front-1, namespace: shop, labels: {app: front}}
spec: {containers: [{name: front, image: front}]}
---
apiVersion: v1
kind: Pod
metadata: {name: batch-1, namespace: shop, labels: {app: batch}}
spec: {containers: [{name: batch, image: batch}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: eg}
spec: {controllerName: gateway.envoyproxy.io/gatewayclass-controller}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  gatewayClassName: eg
  listeners: [{name: plain, port: 8088, protocol: HTTP}, {name: tls, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: shop}]}}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: beta, namespace: shop}
spec:
  parentRefs: [{name: edge}]
  hostnames: [beta.example.com]
  rules:
    - matches: [{path: {type: Exact, value: /pay}, method: POST, headers: [{name: X-Team, value: a}], queryParams: [{name: v, value: '2'}]}]
      backendRefs: [{name: stock, port: 80}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: adrift, namespace: shop}
spec:
  parentRefs: [{name: nowhere}]
  hostnames: [adrift.example.com]
  rules: [{matches: [{path: {value: /a}}], backendRefs: [{name: stock, port: 80}]}]
`;

describe('the requests of an object', () => {
  const model = modelOf(CLUSTER);
  const find = (kind: string, name: string, more: Partial<ObjectRef> = {}) =>
    searchRequests({ kind, namespace: 'shop', name, ...more }, {}).find(model);

  it('are those of its rules, from the top, each asked for so that the rule takes it', () => {
    expect(find('Ingress', 'web')).toEqual({
      input: { url: 'https://shop.example.com/api' },
      others: ['https://shop.example.com/', 'https://any.shops.example.com/'],
      invented: false,
    });
  });

  it('carry what the rule wants of method, headers and query, over TLS where there is a choice', () => {
    expect(find('HTTPRoute', 'beta')).toEqual({
      input: { url: 'https://beta.example.com/pay?v=2', method: 'POST', headers: { 'x-team': 'a' } },
      others: [],
      invented: false,
    });
  });

  it('are known of a route that no gateway took', () => {
    expect(find('HTTPRoute', 'adrift').input.url).toMatch(/^https:\/\/adrift\.example\.com\//);
  });

  it('are those of the routes to a Service, then its own inside the cluster', () => {
    expect(find('Service', 'front')).toMatchObject({
      input: { url: 'https://shop.example.com/' },
      others: ['https://any.shops.example.com/', 'http://front.shop.svc:8080/', 'http://front.shop.svc:9100/'],
    });
    expect(find('Service', 'front', { port: 'metrics' })).toMatchObject({
      input: { url: 'http://front.shop.svc:9100/' },
      others: [],
    });
    expect(find('Service', 'stock', { port: '443' }).input.url).toBe('https://stock.shop.svc/');
    expect(find('Pod', 'front-1').input.url).toBe('https://shop.example.com/');
  });

  it('keep what was asked anyway', () => {
    const search = searchRequests({ kind: 'HTTPRoute', namespace: 'shop', name: 'beta' }, { method: 'PUT' });
    expect(search.find(model).input.method).toBe('PUT');
  });

  it.each([
    ['Ingress', 'wob', {}, 'there is no Ingress shop/wob', 'did you mean ingress/shop/web?'],
    ['HTTPRoute', 'beta', { namespace: 'x' }, 'there is no HTTPRoute x/beta', 'did you mean httproute/shop/beta?'],
    [
      'Pod',
      'batch-1',
      {},
      'no request leads to Pod shop/batch-1: no Service selects it',
      'give the URL that clients use instead',
    ],
    [
      'GRPCRoute',
      'web',
      {},
      'nobody can tell what GRPCRoute shop/web serves: GRPCRoute was not read (no GRPCRoute is in the input)',
      'give the URL that clients use instead',
    ],
  ])('of %s %s cannot be told', (kind, name, more, message, hint) => {
    expect(() => find(kind, name, more)).toThrow(expect.objectContaining({ message, hint }));
  });
});
