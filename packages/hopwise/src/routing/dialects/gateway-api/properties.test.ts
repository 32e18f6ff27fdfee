import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../sources/contract.ts';
import { askAll, modelOfObjects, readObjects } from '../../testing/cluster.ts';
import { replaceSomewhere } from '../../testing/mutate.ts';
import { gatewayApi } from './dialect.ts';
import { coversHostname, intersectHostname } from './hostname.ts';
import { modifyPath } from './path-rewrite.ts';
import { gateway, gatewayClass, route, service } from './testing/manifests.ts';

const label = fc.constantFrom('a', 'b', 'shop', 'example', 'org');
const exact = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
const hostname = fc.oneof(
  fc.constant(''),
  exact,
  exact.map((host) => `*.${host}`),
);

describe('hostnames', () => {
  it('have an intersection that both cover, the same from either side', () => {
    fc.assert(
      fc.property(hostname, hostname, (listener, wanted) => {
        const common = intersectHostname(listener, wanted);
        expect(intersectHostname(wanted, listener)).toBe(common);
        if (common !== undefined) expect([listener, wanted].every((host) => coversHostname(host, common))).toBe(true);
      }),
    );
  });

  it('cover a name together exactly when their intersection does', () => {
    fc.assert(
      fc.property(hostname, hostname, exact, (listener, wanted, name) => {
        const common = intersectHostname(listener, wanted);
        const both = coversHostname(listener, name) && coversHostname(wanted, name);
        expect(common !== undefined && coversHostname(common, name)).toBe(both);
      }),
    );
  });
});

const element = fc.constantFrom('api', 'v1', 'x');
const path = fc
  .array(element, { maxLength: 3 })
  .chain((parts) => fc.constantFrom(`/${parts.join('/')}`, `/${[...parts, ''].join('/')}`));

describe('ReplacePrefixMatch', () => {
  it('always gives a path, and undoes itself', () => {
    fc.assert(
      fc.property(path, path, path, (prefix, value, rest) => {
        const matched = `${prefix.replace(/\/+$/, '')}${rest}`;
        const modified = modifyPath(matched, { kind: 'ReplacePrefixMatch', value }, prefix);
        expect(modified.startsWith('/')).toBe(true);
        expect(modifyPath(modified, { kind: 'ReplacePrefixMatch', value: prefix }, value)).toBe(matched);
      }),
    );
  });
});

const CLUSTER = readObjects(
  gatewayClass('gateway.envoyproxy.io/gatewayclass-controller') +
    gateway(`
      - {name: http, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: All}}}
      - {name: https, port: 443, protocol: HTTPS, hostname: '*.example', tls: {certificateRefs: [{name: c, namespace: certs}]}, allowedRoutes: {namespaces: {from: Selector, selector: {matchLabels: {a: b}}}}}`) +
    route(
      'HTTPRoute/app/web@2',
      `
      hostnames: [a.example, '*.example']
      rules:
      - matches: [{path: {type: Exact, value: /x}, headers: [{name: h, value: v}], queryParams: [{name: q, value: v}], method: GET}]
        filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /y}}}]
        timeouts: {request: 10s}
        backendRefs: [{name: web, port: 80, weight: 3}, {name: other, namespace: data, port: 81}]
      - filters: [{type: RequestRedirect, requestRedirect: {scheme: https}}]`,
    ) +
    route('HTTPRoute/app/second@1', 'rules: [{matches: [{path: {value: /x}}], backendRefs: [{name: web, port: 80}]}]') +
    route(
      'GRPCRoute/app/grpc',
      'rules: [{matches: [{method: {service: s, method: m}}], backendRefs: [{name: web, port: 80}]}]',
    ) +
    route('TLSRoute/app/tls', 'rules: [{backendRefs: [{name: web, port: 80}]}]') +
    service('app/web', '[{name: http, port: 80, appProtocol: kubernetes.io/h2c}]'),
);

describe('the table', () => {
  it('is the same for the same objects in any order', () => {
    const table = (objects: readonly JsonObject[]) => JSON.stringify(gatewayApi.toRoutes(modelOfObjects(objects)));
    const wanted = table(CLUSTER);
    fc.assert(
      fc.property(fc.shuffledSubarray([...CLUSTER], { minLength: CLUSTER.length }), (objects) => {
        expect(table(objects)).toBe(wanted);
      }),
      { numRuns: 30 },
    );
  });

  it('is built, and answers, whatever stands in any field', () => {
    fc.assert(
      fc.property(replaceSomewhere(CLUSTER), (objects) => {
        const result = gatewayApi.toRoutes(modelOfObjects(objects));
        for (const line of ['GET http://a.example/x', 'POST https://b.example/s/m?q=v']) askAll(result, line);
      }),
      { numRuns: 300 },
    );
  });
});
