import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { objectId } from '../../base/object-id.ts';
import type { Request } from '../request.ts';
import type { PathMatch, Rule, VirtualHost } from '../route-table.ts';
import { compileHost, scan } from './compile-host.ts';
import { compileRule } from './compile-rule.ts';

const segment = fc.constantFrom('a', 'b', 'ab', 'api', 'API', 'v1', 'é', '');
const path = fc.array(segment, { maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
const match: fc.Arbitrary<PathMatch> = fc.oneof(
  fc.record({ kind: fc.constant('exact' as const), value: path, ignoreCase: fc.boolean() }),
  fc.record({ kind: fc.constant('prefix' as const), value: path, ignoreCase: fc.boolean() }),
  fc.record({ kind: fc.constant('elements' as const), value: path }),
  fc.record({
    kind: fc.constant('regex' as const),
    value: fc.constantFrom('^/a(/|$)(.*)', '^/(api|b)/.*', '/v1', '^/api', '^/.*b', '^/(?!x)', '^/a|/b'),
    engine: fc.constantFrom('re2' as const, 'pcre' as const),
    ignoreCase: fc.boolean(),
    full: fc.boolean(),
  }),
);
const rule: fc.Arbitrary<Rule> = fc
  .record({ path: match, method: fc.constantFrom(undefined, 'GET', 'POST') })
  .map(({ path: value, method }) => ({
    object: objectId('Ingress', 'n', 'i'),
    field: JSON.stringify(value),
    match: { path: value, ...(method === undefined ? {} : { methods: [method] }) },
    action: { kind: 'none', status: 404, why: '' },
    settings: {},
    notUnderstood: [],
  }));

function ask(method: string): Request {
  return {
    method,
    url: '',
    scheme: 'https',
    host: '',
    urlHost: '',
    port: 443,
    path: '',
    query: '',
    headers: {},
    protocol: 'https',
    tls: true,
  };
}

describe('compileHost', () => {
  test('the index finds what a scan in order finds', () => {
    fc.assert(
      fc.property(
        fc.array(rule, { minLength: 9, maxLength: 40 }),
        fc.array(path, { minLength: 1, maxLength: 10 }),
        fc.constantFrom('GET', 'POST', 'PUT'),
        (rules, paths, method) => {
          const host: VirtualHost = { host: 'h', wildcard: 'one-label', rules, objects: [] };
          const indexed = compileHost(host, false);
          const plain = scan(rules.map((entry) => compileRule(entry, false)));
          for (const asked of paths) {
            const request = ask(method);
            const query = (): ReadonlyMap<string, string> => new Map();
            expect(indexed.find(request, asked, query)).toEqual(plain(request, asked, query));
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
