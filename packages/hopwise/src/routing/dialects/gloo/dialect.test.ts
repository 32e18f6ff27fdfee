import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ask, askAll, modelOf, modelOfObjects, readObjects } from '../../testing/cluster.ts';
import { replaceSomewhere } from '../../testing/mutate.ts';
import { gloo } from './dialect.ts';

const object = (api: string, kind: string, name: string, spec: string, more = '') =>
  `\n---\napiVersion: ${api}.solo.io/v1\nkind: ${kind}\nmetadata: {name: ${name}, namespace: gloo-system}\nspec: ${spec}\n${more}`;
const GATEWAY =
  object('gateway', 'Gateway', 'gateway-proxy', '{bindPort: 8080, httpGateway: {}, proxyNames: [gateway-proxy]}') +
  object(
    'gateway',
    'Gateway',
    'gateway-proxy-ssl',
    '{bindPort: 8443, ssl: true, httpGateway: {}, proxyNames: [gateway-proxy]}',
  ) +
  `
---
apiVersion: v1
kind: Service
metadata: {name: gateway-proxy, namespace: gloo-system}
spec: {type: LoadBalancer, selector: {gateway-proxy-id: gateway-proxy}, ports: [{port: 80, targetPort: 8080}, {port: 443, targetPort: 8443}]}
`;
const vs = (routes: string, more = '') =>
  object('gateway', 'VirtualService', 'shop', `{virtualHost: {domains: [shop.example], routes: [${routes}]}${more}}`);
const upstream = (name: string, more = '') =>
  object('gloo', 'Upstream', name, `{kube: {serviceName: ${name}, serviceNamespace: shop, servicePort: 80}${more}}`);
const to = (name: string) => `routeAction: {single: {upstream: {name: ${name}, namespace: gloo-system}}}`;
const answer = (yaml: string, line: string) => ask(gloo, modelOf(GATEWAY + yaml), line);
const settings = (yaml: string) =>
  askAll(gloo.toRoutes(modelOf(GATEWAY + yaml)), 'GET http://shop.example/')?.rule?.settings ?? {};

describe('Gloo', () => {
  it('routes in order to the Services behind Upstreams, on the ports of the proxy’s Service', () => {
    const yaml =
      vs(
        `{matchers: [{prefix: /api, methods: [POST]}], ${to('post')}}, {matchers: [{exact: /a}, {regex: '/r.'}], ${to('exact')}}, {${to('web')}}`,
      ) + ['post', 'exact', 'web'].map((name) => upstream(name)).join('');
    expect(answer(yaml, 'POST http://shop.example/apis')).toBe('Service/shop/post:80');
    expect(answer(yaml, 'GET http://shop.example/a')).toBe('Service/shop/exact:80');
    expect(answer(yaml, 'GET http://shop.example/r1')).toBe('Service/shop/exact:80');
    expect(answer(yaml, 'GET http://shop.example/')).toBe('Service/shop/web:80');
    expect(answer(yaml, 'GET https://shop.example/')).toBe('none 404');
    expect(
      answer(
        vs(`{${to('web')}}`, ', sslConfig: {secretRef: {name: c, namespace: gloo-system}}') + upstream('web'),
        'GET https://shop.example/',
      ),
    ).toBe('Service/shop/web:80');
  });

  it('follows RouteTables, splits, rewrites and redirects', () => {
    const table = object(
      'gateway',
      'RouteTable',
      'rt',
      `{routes: [{matchers: [{prefix: /api/v1}], ${to('v1')}}, {${to('rest')}}]}`,
    );
    const delegate =
      vs('{matchers: [{prefix: /api}], delegateAction: {ref: {name: rt, namespace: gloo-system}}}') +
      table +
      upstream('v1') +
      upstream('rest');
    expect(answer(delegate, 'GET http://shop.example/api/v1/x')).toBe('Service/shop/v1:80');
    expect(answer(delegate, 'GET http://shop.example/api/x')).toBe('Service/shop/rest:80');
    expect(answer(delegate, 'GET http://shop.example/x')).toBe('none 404');
    const split =
      '{routeAction: {multi: {destinations: [{weight: 9, destination: {upstream: {name: a, namespace: gloo-system}}}, {weight: 1, destination: {kube: {ref: {name: b, namespace: shop}, port: 81}}}]}}}';
    expect(answer(vs(split) + upstream('a'), 'GET http://shop.example/')).toBe(
      'Service/shop/a:80 x9 + Service/shop/b:81',
    );
    const rewrite = `{matchers: [{prefix: /api/}], options: {prefixRewrite: /}, ${to('web')}}`;
    expect(answer(vs(rewrite) + upstream('web'), 'GET http://shop.example/api/x?q=1')).toBe(
      'Service/shop/web:80, path /x?q=1',
    );
    expect(answer(vs('{redirectAction: {httpsRedirect: true}}'), 'GET http://shop.example/x')).toBe(
      'redirect 301 https://shop.example/x',
    );
  });

  it('takes circuit breakers from the Upstream, else from Settings, else says where they would be set', () => {
    const plain = vs(`{${to('web')}}`) + upstream('web');
    const global = (more: string) => object('gloo', 'Settings', 'default', `{gloo: {${more}}}`);
    expect(settings(plain + global('')).connectionLimit).toMatchObject({
      value: 1024,
      from: {
        kind: 'default',
        changeAt: { object: 'Settings/gloo-system/default', path: 'spec.gloo.circuitBreakers' },
      },
    });
    expect(
      settings(plain + global('circuitBreakers: {maxConnections: 5000, maxPendingRequests: 50, maxRequests: 9000}'))
        .connectionLimit,
    ).toMatchObject({
      value: 50,
      from: { object: 'Settings/gloo-system/default', path: 'spec.gloo.circuitBreakers.maxPendingRequests' },
    });
    const own =
      vs(`{options: {timeout: 30s}, ${to('web')}}`) +
      upstream(
        'web',
        ', useHttp2: true, circuitBreakers: {maxConnections: 10}, connectionConfig: {connectTimeout: 1s}',
      );
    expect(settings(own)).toMatchObject({
      connectionLimit: { value: 10, from: { object: 'Upstream/gloo-system/web' } },
      requestTimeout: { value: 30_000 },
      connectTimeout: { value: 1000 },
      backendProtocol: { value: 'h2c' },
    });
  });

  it('notes rejected VirtualServices', () => {
    const [instance] = gloo.toRoutes(
      modelOf(
        `${GATEWAY}${vs(`{${to('web')}}`)}status: {statuses: {gloo-system: {state: Rejected, reason: bad route}}}\n`,
      ),
    ).gateways;
    expect(instance?.rejects).toEqual([
      { object: 'VirtualService/gloo-system/shop', path: 'status', why: 'bad route' },
    ]);
  });
});

describe('the table', () => {
  it('is built, and answers, whatever stands in any field', () => {
    const table = object(
      'gateway',
      'RouteTable',
      'rt',
      `{routes: [{matchers: [{prefix: /api/v1, headers: [{name: h}]}], ${to('v1')}}]}`,
    );
    const routes =
      '{matchers: [{prefix: /api}], delegateAction: {ref: {name: rt, namespace: gloo-system}}}, {redirectAction: {pathRedirect: /x}}';
    const objects = readObjects(
      GATEWAY + vs(routes) + table + upstream('v1', ', circuitBreakers: {maxConnections: 1}, sslConfig: {sni: x}'),
    );
    fc.assert(
      fc.property(replaceSomewhere(objects), (changed) => {
        askAll(gloo.toRoutes(modelOfObjects(changed)), 'GET http://shop.example/api/v1');
      }),
      { numRuns: 300 },
    );
  });
});
