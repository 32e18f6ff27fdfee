import { expect, it } from 'vitest';
import { blankNonCode, findImports } from './source-code.ts';

it('finds every way to import, and nothing that only looks like one', () => {
  const text = [
    "import 'x';",
    "import type { A } from './c.ts';",
    'import {',
    '  b,',
    "} from '../d.ts';",
    "export * from './e.ts';",
    "export const VERSION = 'v1';",
    "const later = await import('./f.ts');",
  ].join('\n');
  expect(findImports('a/b.ts', text)).toEqual([
    { specifier: 'x', kind: 'static' },
    { specifier: './c.ts', target: 'a/c.ts', kind: 'type' },
    { specifier: '../d.ts', target: 'd.ts', kind: 'static' },
    { specifier: './e.ts', target: 'a/e.ts', kind: 'static' },
    { specifier: './f.ts', target: 'a/f.ts', kind: 'dynamic' },
  ]);
});

it('keeps code inside template literals and divisions, blanks comments, strings and regular expressions', () => {
  const lines = [
    'const a = /[\'"]/.test(`x @{b.map((c) => `n@{c}`)} y`); // console.log',
    'const r = a / 2 / 3; "process"',
  ];
  const text = lines.join('\n').replaceAll('@', '$');
  const code = blankNonCode(text);
  expect(code).toContain('b.map((c) =>');
  expect(code).toContain('const r = a / 2 / 3;');
  expect(code).not.toMatch(/console|process|['"`]/);
  expect(code.length).toBe(text.length);
});
