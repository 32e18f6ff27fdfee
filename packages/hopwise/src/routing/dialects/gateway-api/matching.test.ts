import { describe, expect, it } from 'vitest';
import { ask, askAll, modelOf, modelOfObjects, readObjects } from '../../testing/cluster.ts';
import { gatewayApi } from './dialect.ts';
import { gateway, gatewayClass, route } from './testing/manifests.ts';

const HTTP = gateway('- {name: http, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: All}}}');

function answers(yaml: string, table: Readonly<Record<string, string>>): void {
  const model = modelOf(yaml);
  const got = Object.fromEntries(Object.keys(table).map((line) => [line, ask(gatewayApi, model, line)]));
  expect(got).toEqual(table);
}

const backend = (name: string) => `backendRefs: [{name: ${name}, port: 80}]`;
const to = (name: string) => `Service/app/${name}:80`;

describe('matching', () => {
  // The manifests and expectations of the conformance test of that name, in short.
  it('follows httproute-matching', () => {
    answers(
      HTTP +
        route(
          'HTTPRoute/app/matching',
          `
          rules:
          - matches: [{path: {type: PathPrefix, value: /}}, {headers: [{name: Version, value: one}]}]
            ${backend('v1')}
          - matches: [{path: {type: PathPrefix, value: /v2}}, {headers: [{name: version, value: two}]}]
            ${backend('v2')}
          - matches: [{path: {type: PathPrefix, value: /v2/}, headers: [{name: version, value: three}]}]
            ${backend('v3')}`,
        ),
      {
        'GET http://any/': to('v1'),
        'GET http://any/example': to('v1'),
        'GET http://any/ | Version: one': to('v1'),
        'GET http://any/v2': to('v2'),
        'GET http://any/v2/example': to('v2'),
        'GET http://any/v2example': to('v1'),
        'GET http://any/ | version: two': to('v2'),
        'GET http://any/v2/ | VERSION: two': to('v2'),
        'GET http://any/v2/ | version: three': to('v3'),
      },
    );
  });

  it('follows httproute-path-match-order: exact, then the longest prefix, whatever the order written', () => {
    answers(
      HTTP +
        route(
          'HTTPRoute/app/order',
          `
          rules:
          - matches: [{path: {type: PathPrefix, value: /match}}]
            ${backend('match')}
          - matches: [{path: {type: Exact, value: /match}}]
            ${backend('exact')}
          - matches: [{path: {type: PathPrefix, value: /match/prefix/one}}]
            ${backend('one')}
          - matches: [{path: {type: PathPrefix, value: /match/prefix}}]
            ${backend('prefix')}
          - matches: [{path: {type: PathPrefix, value: /}}]
            ${backend('root')}`,
        ),
      {
        'GET http://any/match': to('exact'),
        'GET http://any/match/': to('match'),
        'GET http://any/match/prefix/one/any': to('one'),
        'GET http://any/match/prefix/any': to('prefix'),
        'GET http://any/matches': to('root'),
      },
    );
  });

  it('ranks method before headers before query, then age, then name, then place', () => {
    const rule = (match: string, name: string) => `- {matches: [${match}], ${backend(name)}}`;
    const rules = (...list: readonly string[]) => `rules:\n${list.join('\n')}`;
    answers(
      HTTP +
        route(
          'HTTPRoute/app/z-old@2',
          rules(rule('{path: {value: /age}}', 'old'), rule('{path: {value: /age}}', 'later-rule')),
        ) +
        route('HTTPRoute/app/b@3', rules(rule('{path: {value: /age}}', 'young'), rule('{path: {value: /name}}', 'b'))) +
        route('HTTPRoute/app/a@3', rules(rule('{path: {value: /name}}', 'a'))) +
        route(
          'HTTPRoute/app/conditions@1',
          rules(
            rule('{path: {value: /x}, queryParams: [{name: q, value: "1"}, {name: r, value: "1"}]}', 'query'),
            rule('{path: {value: /x}, headers: [{name: one, value: a}, {name: two, value: b}]}', 'headers'),
            rule('{path: {value: /x}, method: GET}', 'method'),
            rule('{path: {value: /x}, headers: [{name: one, value: a}]}', 'header'),
          ),
        ),
      {
        'GET http://any/age': to('old'),
        'GET http://any/name': to('a'),
        'GET http://any/x?q=1&r=1 | one: a | two: b': to('method'),
        'POST http://any/x?q=1&r=1 | one: a | two: b': to('headers'),
        'POST http://any/x?q=1&r=1 | one: a': to('header'),
        'POST http://any/x?q=1&r=1': to('query'),
        'POST http://any/x': 'none 404',
      },
    );
  });

  it('lets implementations differ where the specification is open or they are', () => {
    const rules = route(
      'HTTPRoute/app/styles',
      `
      rules:
      - {matches: [{path: {type: RegularExpression, value: '/r.*'}}], ${backend('regex')}}
      - {matches: [{path: {type: PathPrefix, value: /really-long-prefix}}], ${backend('prefix')}}
      - {matches: [{path: {value: /x}, method: GET}], ${backend('method')}}
      - {matches: [{path: {value: /x}, headers: [{name: one, value: a}, {name: two, value: b}]}], ${backend('headers')}}`,
    );
    const lines = ['GET http://any/really-long-prefix', 'GET http://any/x | one: a | two: b'];
    const by = (controller: string) => {
      const model = modelOf(gatewayClass(controller) + HTTP + rules);
      return lines.map((line) => ask(gatewayApi, model, line));
    };
    expect(by('gateway.envoyproxy.io/gatewayclass-controller')).toEqual([to('regex'), to('headers')]);
    expect(by('istio.io/gateway-controller')).toEqual([to('prefix'), to('method')]);
  });

  it('falls to rules of wider hosts where the data plane keeps one list', () => {
    const listeners = gateway(`
      - {name: any, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: All}}}
      - {name: shop, port: 80, protocol: HTTP, hostname: shop.example, allowedRoutes: {namespaces: {from: All}}}`);
    const rules =
      route(
        'HTTPRoute/app/wide',
        `parentRefs: [{name: edge, namespace: infra, sectionName: any}]\nhostnames: ['*.example']\nrules: [{${backend('wide')}}]`,
      ) +
      route(
        'HTTPRoute/app/shop',
        `hostnames: [shop.example]\nrules: [{matches: [{path: {value: /cart}}], ${backend('cart')}}]`,
      );
    const by = (controller: string) => {
      const model = modelOf(gatewayClass(controller) + listeners + rules);
      return ['/cart', '/other'].map((path) => ask(gatewayApi, model, `GET http://shop.example${path}`));
    };
    expect(by('gateway.envoyproxy.io/gatewayclass-controller')).toEqual([to('cart'), 'none 404']);
    expect(by('traefik.io/gateway-controller')).toEqual([to('cart'), to('wide')]);
  });

  it('reads only the first of several header entries for one name, and matches paths by case', () => {
    answers(
      HTTP +
        route(
          'HTTPRoute/app/twice',
          `
          rules:
          - matches: [{path: {value: /Api}, headers: [{name: Team, value: a}, {name: TEAM, value: b}]}]
            ${backend('team')}`,
        ),
      {
        'GET http://any/Api | team: a': to('team'),
        'GET http://any/Api | team: b': 'none 404',
        'GET http://any/api | team: a': 'none 404',
      },
    );
  });

  it('treats a rule without matches, and a route without rules, as the specification defaults them', () => {
    answers(HTTP + route('HTTPRoute/app/all', `rules: [{${backend('all')}}]`), { 'GET http://any/x': to('all') });
    answers(HTTP + route('HTTPRoute/app/none', 'hostnames: [a.example]'), { 'GET http://a.example/x': 'fixed 500' });
  });

  it('follows grpcroute-exact-method-matching and mixes GRPCRoute with HTTPRoute on one host', () => {
    answers(
      HTTP +
        route(
          'GRPCRoute/app/grpc',
          `
          rules:
          - matches: [{method: {service: shop.Cart, method: Add}}]
            ${backend('add')}
          - matches: [{method: {service: shop.Cart}}]
            ${backend('cart')}
          - matches: [{method: {method: Ping}}]
            ${backend('ping')}
          - matches: [{method: {type: RegularExpression, service: 'shop\\.(A|B)', method: Get.*}}]
            ${backend('regex')}`,
        ) +
        route('HTTPRoute/app/http', `rules: [{${backend('web')}}]`),
      {
        'POST grpc://any/shop.Cart/Add': to('add'),
        'POST grpc://any/shop.Cart/Remove': to('cart'),
        'POST grpc://any/shop.Other/Ping': to('ping'),
        'POST grpc://any/shop.A/GetAll': to('regex'),
        'POST grpc://any/shop.C/GetAll': to('web'),
      },
    );
  });

  it('follows Envoy Gateway where it writes gRPC methods its own way', () => {
    const rules =
      route(
        'GRPCRoute/app/grpc@1',
        `rules: [{matches: [{method: {method: Ping}}], ${backend('ping')}}, {${backend('grpc')}}]`,
      ) + route('HTTPRoute/app/web@2', `rules: [{${backend('web')}}]`);
    const by = (controller: string) => {
      const model = modelOf(gatewayClass(controller) + HTTP + rules);
      return ['/a.B/Ping', '/a/b/Ping', '/x'].map((path) => ask(gatewayApi, model, `POST grpc://any${path}`));
    };
    expect(by('example.com/any')).toEqual([to('ping'), to('grpc'), to('grpc')]);
    expect(by('gateway.envoyproxy.io/gatewayclass-controller')).toEqual([to('ping'), to('ping'), to('web')]);
  });

  it('does not depend on the order of the objects', () => {
    const yaml =
      HTTP +
      ['c', 'a', 'b'].map((name) => route(`HTTPRoute/app/${name}`, `rules: [{${backend(name)}}]`)).join('') +
      route('HTTPRoute/other/a', `rules: [{${backend('x')}}]`);
    const objects = readObjects(yaml);
    const seen = new Set(
      [objects, objects.toReversed(), [...objects.slice(2), ...objects.slice(0, 2)]].map((list) =>
        JSON.stringify(gatewayApi.toRoutes(modelOfObjects(list))),
      ),
    );
    expect(seen.size).toBe(1);
    expect(askAll(gatewayApi.toRoutes(modelOf(yaml)), 'GET http://any/')?.rule?.object).toBe('HTTPRoute/app/a');
  });

  it('reports rules of different routes that can never both be used', () => {
    const { clashes } = gatewayApi.toRoutes(
      modelOf(
        HTTP +
          route(
            'HTTPRoute/app/old@1',
            `hostnames: [a.example]\nrules: [{matches: [{path: {value: /x}}], ${backend('old')}}]`,
          ) +
          route(
            'HTTPRoute/app/new@2',
            `hostnames: [a.example]\nrules: [{matches: [{path: {value: /x/}}], ${backend('new')}}]`,
          ),
      ),
    );
    expect(clashes).toMatchObject([
      {
        host: 'a.example',
        path: '/x',
        winner: { object: 'HTTPRoute/app/old' },
        loser: { object: 'HTTPRoute/app/new' },
      },
    ]);
  });
});
