/** The files of a new controller dialect: an empty one that compiles and is registered, with a test that shows it empty. */
export function writeDialectFiles(id: string): ReadonlyMap<string, string> {
  return new Map([
    ['dialect.ts', writeDialect(id)],
    ['failures.ts', FAILURES],
    ['settings.ts', SETTINGS],
    ['dialect.test.ts', writeTest(id)],
  ]);
}

/** The dialect list with one more import and entry, both sorted. */
export function addToDialectList(text: string, id: string): string {
  const name = camelCase(id);
  const lines = text.split('\n');
  const imports = lines.filter((line) => line.startsWith('import {'));
  const sorted = [...imports, `import { ${name} } from './${id}/dialect.ts';`].sort(byPath);
  const first = lines.findIndex((line) => line.startsWith('import {'));
  const withoutImports = lines.filter((line) => !line.startsWith('import {'));
  withoutImports.splice(first, 0, ...sorted);
  return withoutImports
    .join('\n')
    .replace(/(DIALECTS: readonly Dialect\[\] = \[)([^\]]*)\]/, (_, head: string, list: string) => {
      const names = [
        ...list
          .split(',')
          .map((entry) => entry.trim())
          .filter((entry) => entry !== ''),
        name,
      ].sort();
      return `${head}${names.join(', ')}]`;
    });
}

function writeDialect(id: string): string {
  const name = camelCase(id);
  return `import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { Dialect, DialectResult } from '../../dialect.ts';

/** How this controller turns its objects into routes. Quirks are matched on purpose; cite the upstream file beside the code. */
export const ${name}: Dialect = {
  id: '${id}',
  controllers: [],
  reads: ['Ingress', 'IngressClass'],
  toRoutes,
};

function toRoutes(_model: ClusterModel): DialectResult {
  return { gateways: [], unattached: [], clashes: [], notUnderstood: [] };
}
`;
}

const FAILURES = `import type { FailureTable } from '../../route-table.ts';

/** What this proxy answers to each failure: status, body, Server header, and the source that says so. */
export const FAILURES: FailureTable = {};
`;

const SETTINGS = `import type { EffectiveSettings } from '../../route-table.ts';

/** The proxy's built-in values, each with the document that gives it; what an object sets replaces them with its own origin. */
export const DEFAULTS: EffectiveSettings = {};
`;

function writeTest(id: string): string {
  const name = camelCase(id);
  return `import { expect, it } from 'vitest';
import { DIALECTS } from '../index.ts';
import { ${name} } from './dialect.ts';
import { FAILURES } from './failures.ts';

it('is registered and answers for at least one controller', () => {
  expect(DIALECTS).toContain(${name});
  expect(${name}.controllers).not.toEqual([]);
});

it('knows what the proxy answers when nothing matches, refuses or times out', () => {
  expect(Object.keys(FAILURES)).toEqual(expect.arrayContaining(['no-route', 'no-endpoints', 'refused', 'read-timeout']));
});
`;
}

function byPath(a: string, b: string): number {
  const path = (line: string): string => line.slice(line.indexOf("'"));
  return path(a) < path(b) ? -1 : 1;
}

function camelCase(kebab: string): string {
  return kebab.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
