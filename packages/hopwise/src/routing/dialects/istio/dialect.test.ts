import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ask, askAll, modelOf, modelOfObjects, readObjects } from '../../testing/cluster.ts';
import { replaceSomewhere } from '../../testing/mutate.ts';
import { istio } from './dialect.ts';

const object = (kind: string, id: string, spec: string) => {
  const [namespace, name] = id.split('/');
  return `\n---\napiVersion: networking.istio.io/v1\nkind: ${kind}\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: ${spec}\n`;
};
const GATEWAY = object(
  'Gateway',
  'istio-system/public',
  `{selector: {istio: ingressgateway}, servers: [
    {port: {number: 80, name: http, protocol: HTTP}, hosts: ['*.example.com']},
    {port: {number: 443, name: https, protocol: HTTPS}, hosts: ['*.example.com'], tls: {mode: SIMPLE, credentialName: c}}]}`,
);
const INGRESS = `
---
apiVersion: v1
kind: Service
metadata: {name: istio-ingressgateway, namespace: istio-system}
spec: {type: LoadBalancer, selector: {istio: ingressgateway}, ports: [{name: http, port: 80, targetPort: 8080}, {name: https, port: 443, targetPort: 8443}]}
---
apiVersion: v1
kind: Pod
metadata: {name: gw-1, namespace: istio-system, uid: gw-1, labels: {istio: ingressgateway}}
spec: {containers: [{name: istio-proxy, image: proxyv2}]}
status: {phase: Running}
`;
const service = (id: string, ports: string) => {
  const [namespace, name] = id.split('/');
  return `\n---\napiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: {ports: ${ports}}\n`;
};
const vs = (spec: string, id = 'shop/web') =>
  object('VirtualService', id, `{hosts: [shop.example.com], gateways: [istio-system/public], ${spec}}`);
const to = (host: string, more = '') => `route: [{destination: {host: ${host}, port: {number: 80}}}]${more}`;
const answer = (yaml: string, line: string) => ask(istio, modelOf(GATEWAY + INGRESS + yaml), line);
const ruleOf = (yaml: string, line = 'GET http://shop.example.com/') =>
  askAll(istio.toRoutes(modelOf(GATEWAY + INGRESS + yaml)), line)?.rule;

describe('VirtualService', () => {
  it('matches in order, with plain string prefixes, up to the first catch-all', () => {
    const yaml = vs(`http: [
      {match: [{uri: {exact: /a}}, {uri: {regex: '/r[0-9]+'}}], ${to('exact')}},
      {match: [{uri: {prefix: /api}, method: {exact: POST}, headers: {x-team: {prefix: a}}}], ${to('post')}},
      {match: [{uri: {prefix: /api}}], ${to('api')}},
      {${to('rest')}},
      {match: [{uri: {prefix: /never}}], ${to('never')}}]`);
    const lines = {
      'GET http://shop.example.com/a': 'exact',
      'GET http://shop.example.com/r12': 'exact',
      'GET http://shop.example.com/r12/x': 'rest',
      'POST http://shop.example.com/apis | x-team: abc': 'post',
      'POST http://shop.example.com/apis | x-team: b': 'api',
      'GET http://shop.example.com/never': 'rest',
    };
    for (const [line, name] of Object.entries(lines))
      expect([line, answer(yaml, line)]).toEqual([line, `Service/shop/${name}:80`]);
  });

  it('binds to the hosts it shares with a server, over TLS as well', () => {
    const yaml = object(
      'VirtualService',
      'shop/web',
      `{hosts: ['*'], gateways: [istio-system/public], http: [{${to('web')}}]}`,
    );
    expect(answer(yaml, 'GET https://a.b.example.com/')).toBe('Service/shop/web:80');
    expect(answer(yaml, 'GET https://example.com/')).toBe('none 404');
  });

  it('merges several for one host, the oldest first and catch-alls last', () => {
    const older = vs(`http: [{${to('all')}}]`, 'shop/a');
    const newer = vs(`http: [{match: [{uri: {prefix: /x}}], ${to('x')}}]`, 'shop/b');
    for (const yaml of [older + newer, newer + older]) {
      expect(answer(yaml, 'GET http://shop.example.com/x')).toBe('Service/shop/x:80');
      expect(answer(yaml, 'GET http://shop.example.com/y')).toBe('Service/shop/all:80');
    }
  });

  it('rewrites prefixes as plain text, exact paths and hosts', () => {
    const rewrite = (match: string, change: string) =>
      vs(`http: [{match: [{uri: {${match}}}], rewrite: {${change}}, ${to('web')}}]`);
    expect(answer(rewrite('prefix: /api', 'uri: /'), 'GET http://shop.example.com/api/x?q=1')).toBe(
      'Service/shop/web:80, path //x?q=1',
    );
    expect(answer(rewrite('prefix: /api/', 'uri: /, authority: inner'), 'GET http://shop.example.com/api/x')).toBe(
      'Service/shop/web:80, path /x, host inner',
    );
    expect(answer(rewrite('exact: /api', 'uri: /v1'), 'GET http://shop.example.com/api')).toBe(
      'Service/shop/web:80, path /v1',
    );
    expect(
      answer(
        rewrite('prefix: /', "uriRegexRewrite: {match: '^/s/([^/]+)(/.*)$', rewrite: '/t/\\1\\2'}"),
        'GET http://shop.example.com/s/a/b',
      ),
    ).toBe('Service/shop/web:80, path /t/a/b');
  });

  it('redirects, answers itself, and aborts on purpose', () => {
    expect(
      answer(vs('http: [{redirect: {scheme: https, uri: /new, redirectCode: 308}}]'), 'GET http://shop.example.com/a'),
    ).toBe('redirect 308 https://shop.example.com/new');
    expect(answer(vs('http: [{directResponse: {status: 503}}]'), 'GET http://shop.example.com/a')).toBe('fixed 503');
    expect(
      answer(
        vs(`http: [{fault: {abort: {httpStatus: 418, percentage: {value: 100}}}, ${to('web')}}]`),
        'GET http://shop.example.com/a',
      ),
    ).toBe('fixed 418');
  });

  it('resolves short names in its own namespace and takes names with a dot as they are', () => {
    const host = (name: string) =>
      answer(vs(`http: [{${to(name)}}]`) + service('shop/cart', '[{port: 80}]'), 'GET http://shop.example.com/');
    expect(host('cart')).toBe('Service/shop/cart:80');
    expect(host('cart.other.svc.cluster.local')).toBe('Service/other/cart:80');
    expect(host('cart.shop')).toBe('Service/shop/cart.shop:80 refused 503');
    expect(host('api.ext.example')).toBe('Host//api.ext.example:80');
    expect(ruleOf(vs(`http: [{${to('api.ext.example')}}]`))?.notUnderstood).toMatchObject([
      { path: 'spec.http[0].route[0].destination' },
    ]);
    const entry = object('ServiceEntry', 'shop/ext', '{hosts: [api.ext.example]}');
    expect(answer(vs(`http: [{${to('api.ext.example')}}]`) + entry, 'GET http://shop.example.com/')).toBe(
      'ServiceEntry/shop/ext:80',
    );
  });

  it('splits by weight; the port may be left out when there is only one', () => {
    const split = vs(
      'http: [{route: [{destination: {host: a}, weight: 90}, {destination: {host: b, subset: v2}, weight: 10}]}]',
    );
    const rules = object('DestinationRule', 'shop/b', '{host: b, subsets: [{name: v1}]}');
    expect(answer(split + service('shop/a', '[{port: 8080}]') + rules, 'GET http://shop.example.com/')).toBe(
      'Service/shop/a:8080 x90 + Service/shop/b:undefined x10 refused 503',
    );
  });

  it('takes the routes of its delegates in place, within its own match', () => {
    const root = vs(
      `http: [{match: [{uri: {prefix: /api}}], timeout: 9s, delegate: {name: api, namespace: team}}, {${to('web')}}]`,
    );
    const delegate = object(
      'VirtualService',
      'team/api',
      `{http: [
      {match: [{uri: {prefix: /api/v1}}], ${to('v1')}},
      {match: [{uri: {prefix: /other}}], ${to('other')}},
      {${to('rest')}}]}`,
    );
    const lines = { '/api/v1/x': 'team/v1', '/api/x': 'team/rest', '/other': 'shop/web' };
    for (const [path, name] of Object.entries(lines)) {
      expect([path, answer(root + delegate, `GET http://shop.example.com${path}`)]).toEqual([
        path,
        `Service/${name}:80`,
      ]);
    }
    expect(ruleOf(root + delegate, 'GET http://shop.example.com/api/x')).toMatchObject({
      object: 'VirtualService/team/api',
      settings: { requestTimeout: { value: 9000 } },
    });
    expect(answer(root, 'GET http://shop.example.com/api/x')).toBe('Service/shop/web:80');
  });

  it('says why it is not on its Gateway', () => {
    const why = (spec: string, id = 'shop/web', gateway = GATEWAY) =>
      istio
        .toRoutes(modelOf(gateway + INGRESS + object('VirtualService', id, spec)))
        .unattached.map(({ reason, field, blamed }) => `${reason} ${field} ${blamed ?? 'itself'}`);
    const http = `http: [{${to('web')}}]`;
    expect(why(`{hosts: [a.example.com], gateways: [public], ${http}}`)).toEqual(['no-parent spec.gateways[0] itself']);
    expect(why(`{hosts: [a.example.org], gateways: [istio-system/public], ${http}}`)).toEqual([
      'host-mismatch spec.hosts itself',
    ]);
    expect(why(`{hosts: [a.example.com], gateways: [istio-system/public], exportTo: ['.'], ${http}}`)).toEqual([
      'not-allowed spec.exportTo itself',
    ]);
    expect(why(`{hosts: [a.example.com], ${http}}`)).toEqual([]);
    const closed = GATEWAY.replaceAll("'*.example.com'", "'team/*.example.com'");
    expect(why(`{hosts: [a.example.com], gateways: [istio-system/public], ${http}}`, 'shop/web', closed)).toEqual([
      'not-allowed spec.servers Gateway/istio-system/public',
    ]);
    const lost = GATEWAY.replace('istio: ingressgateway', 'istio: gone');
    expect(why(`{hosts: [a.example.com], gateways: [istio-system/public], ${http}}`, 'shop/web', lost)).toEqual([
      'class-unclaimed spec.selector Gateway/istio-system/public',
    ]);
  });
});

describe('settings', () => {
  const web =
    vs(`http: [{timeout: 15s, retries: {attempts: 3, perTryTimeout: 2s}, ${to('web')}}]`) +
    service('shop/web', '[{name: http-main, port: 80}]');

  it('come from the VirtualService, the DestinationRule of the host and Istio’s defaults', () => {
    const rule = object(
      'DestinationRule',
      'shop/web',
      '{host: web, trafficPolicy: {connectionPool: {tcp: {maxConnections: 100}, http: {http1MaxPendingRequests: 10, idleTimeout: 4s}}, tls: {mode: SIMPLE, sni: inner}}}',
    );
    expect(ruleOf(web + rule)?.settings).toMatchObject({
      requestTimeout: { value: 15_000, from: { path: 'spec.http[0].timeout' } },
      retryTries: { value: 3 },
      readTimeout: { value: 2000 },
      upstreamIdleTimeout: {
        value: 4000,
        from: { object: 'DestinationRule/shop/web', path: 'spec.trafficPolicy.connectionPool.http.idleTimeout' },
      },
      connectionLimit: { value: 10, from: { path: 'spec.trafficPolicy.connectionPool.http.http1MaxPendingRequests' } },
      backendProtocol: { value: 'https', from: { object: 'Service/shop/web', path: 'spec.ports[0].name' } },
      backendTls: { value: { verify: false, sni: 'inner' } },
    });
    expect(ruleOf(web)?.settings).toMatchObject({
      upstreamIdleTimeout: { value: 3_600_000, from: { kind: 'default' } },
      backendProtocol: { value: 'http' },
    });
  });

  it('prefer the caller’s namespace, exact hosts and port-level settings', () => {
    const idle = (id: string, host: string, seconds: number) =>
      object(
        'DestinationRule',
        id,
        `{host: '${host}', trafficPolicy: {connectionPool: {http: {idleTimeout: ${seconds}s}}}}`,
      );
    const value = (yaml: string) => ruleOf(web + yaml)?.settings.upstreamIdleTimeout?.value;
    expect(value(idle('shop/a', '*.shop.svc.cluster.local', 1) + idle('shop/b', 'web.shop.svc.cluster.local', 2))).toBe(
      2000,
    );
    expect(value(idle('shop/b', 'web', 2) + idle('istio-system/c', 'web.shop.svc.cluster.local', 3))).toBe(3000);
    const port = object(
      'DestinationRule',
      'shop/p',
      '{host: web, trafficPolicy: {connectionPool: {http: {idleTimeout: 9s}}, portLevelSettings: [{port: {number: 80}, connectionPool: {http: {idleTimeout: 5s}}}]}}',
    );
    expect(value(port)).toBe(5000);
  });

  it('do not depend on the order of the objects', () => {
    const objects = readObjects(GATEWAY + INGRESS + web + vs(`http: [{${to('other')}}]`, 'shop/z'));
    const tables = [objects, objects.toReversed()].map((list) => JSON.stringify(istio.toRoutes(modelOfObjects(list))));
    expect(new Set(tables).size).toBe(1);
  });
});

describe('the table', () => {
  it('is built, and answers, whatever stands in any field', () => {
    const rule = object(
      'DestinationRule',
      'shop/web',
      '{host: web, subsets: [{name: v1, labels: {a: b}}], trafficPolicy: {connectionPool: {http: {idleTimeout: 4s}}, portLevelSettings: [{port: {number: 80}, tls: {mode: SIMPLE}}]}}',
    );
    const entry = object('ServiceEntry', 'shop/ext', '{hosts: [api.ext.example]}');
    const http = vs(
      `http: [{match: [{uri: {prefix: /a}, headers: {h: {exact: v}}, gateways: [istio-system/public]}], rewrite: {uri: /b}, ${to('web', ', timeout: 1s, retries: {attempts: 2}, fault: {abort: {httpStatus: 500, percentage: {value: 1}}}')}}, {redirect: {uri: /x}}]`,
    );
    const objects = readObjects(
      GATEWAY + INGRESS + rule + entry + http + service('shop/web', '[{name: http, port: 80}]'),
    );
    fc.assert(
      fc.property(replaceSomewhere(objects), (changed) => {
        askAll(istio.toRoutes(modelOfObjects(changed)), 'GET http://shop.example.com/a');
      }),
      { numRuns: 300 },
    );
  });
});
