import { expect, it } from 'vitest';
import { writeCheckFiles } from './check-files.ts';
import { addToDialectList } from './dialect-files.ts';

it('adds a dialect to the list in its sorted place, import and entry', () => {
  const list = `import type { Dialect } from '../dialect.ts';
import { gatewayApi } from './gateway-api/dialect.ts';
import { ingressNginx } from './ingress-nginx/dialect.ts';

/** Sorted. */
export const DIALECTS: readonly Dialect[] = [gatewayApi, ingressNginx];
`;
  const lines = addToDialectList(list, 'haproxy-tech').split('\n');
  expect(lines.slice(1, 4)).toEqual([
    "import { gatewayApi } from './gateway-api/dialect.ts';",
    "import { haproxyTech } from './haproxy-tech/dialect.ts';",
    "import { ingressNginx } from './ingress-nginx/dialect.ts';",
  ]);
  expect(lines.at(-2)).toBe('export const DIALECTS: readonly Dialect[] = [gatewayApi, haproxyTech, ingressNginx];');
});

it('gives a new check everything the architecture test asks for', () => {
  expect([...writeCheckFiles('scaled-to-zero').keys()]).toEqual([
    'check.ts',
    'check.test.ts',
    'explain.md',
    'cases/broken.yaml',
    'cases/fine.yaml',
  ]);
});
