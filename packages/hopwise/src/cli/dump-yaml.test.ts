import fc from 'fast-check';
import { load } from 'js-yaml';
import { describe, expect, it, vi } from 'vitest';
import { isUnsafe } from '../report/sanitize.ts';
import { dumpYaml } from './dump-yaml.ts';

// Many cases, and a machine that may be busy with other suites.
vi.setConfig({ testTimeout: 30_000 });

/** Texts that YAML reads as something else or a terminal as a command, mixed with any others. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    'no',
    '~',
    '0x1f',
    '2026-05-12',
    '- a',
    'a: b',
    '# c',
    '!!str',
    '&x',
    '\x1b[2J',
    'a\u202eb\nc\n',
    '\u{e0041}',
    ' x ',
  ),
);
const tree = fc.dictionary(text, fc.oneof(text, fc.array(text), fc.integer(), fc.boolean(), fc.constant(null)), {
  noNullPrototype: true,
});

describe('dumpYaml', () => {
  it('reads like YAML people write', () => {
    expect(dumpYaml({ status: 'healthy', list: ['a', 1], yes: 'yes', empty: [] })).toBe(
      "status: healthy\nlist:\n  - a\n  - 1\n'yes': 'yes'\nempty: []\n",
    );
    expect(dumpYaml({ a: 'x\u202ey' })).toBe('a: "x\\u202ey"\n');
  });

  it('reads back as the same value and holds nothing that a terminal must not get', () => {
    fc.assert(
      fc.property(tree, (plain) => {
        const text = dumpYaml(plain);
        expect(isUnsafe(text.replaceAll('\n', ''))).toBe(false);
        expect(load(text)).toEqual(plain);
      }),
    );
  });
});
