import { expect, test } from 'vitest';
import type { VirtualHost } from '../route-table.ts';
import { indexHosts } from './host-index.ts';

function host(name: string, wildcard: VirtualHost['wildcard'] = 'one-label'): VirtualHost {
  return { host: name, wildcard, rules: [], objects: [] };
}

test('exact, longest wildcard, one label, expression, catch-all', () => {
  const hosts = [
    host(''),
    host('~^re[0-9]+\\.test$'),
    host('*.example.com'),
    host('*.b.example.com', 'many-labels'),
    host('a.example.com'),
    host('*.example.com', 'many-labels'),
  ];
  const index = indexHosts(hosts);
  const find = (name: string): number | undefined => index.find(name).entry;
  expect(find('a.example.com')).toBe(4);
  expect(find('x.b.example.com')).toBe(3);
  expect(find('x.y.b.example.com')).toBe(3);
  expect(find('x.y.example.com')).toBe(5);
  expect(find('RE1.test'.toLowerCase())).toBe(1);
  expect(find('example.com')).toBe(0);
  expect(indexHosts([host('*.example.com')]).find('x.y.example.com').entry).toBeUndefined();
  expect(indexHosts([host('*.example.com')]).find('.example.com').entry).toBeUndefined();
});

test('an expression that cannot be run leaves everything after it uncertain', () => {
  const index = indexHosts([host('~^(?!x)'), host('')]);
  expect(index.find('y.test')).toEqual({ entry: 1, uncertain: true });
});
