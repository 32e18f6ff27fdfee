import fc from 'fast-check';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { isUnsafe } from '../report/sanitize.ts';
import { dumpYaml } from './dump-yaml.ts';

describe('dumpYaml', () => {
  it('reads like YAML people write', () => {
    expect(dumpYaml({ status: 'healthy', list: ['a', 1], yes: 'yes', empty: [] })).toBe(
      "status: healthy\nlist:\n  - a\n  - 1\n'yes': 'yes'\nempty: []\n",
    );
    expect(dumpYaml({ a: 'x\u202ey' })).toBe('a: "x\\u202ey"\n');
  });

  it('reads back as the same value and holds nothing that a terminal must not get', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const plain = JSON.parse(JSON.stringify(value));
        const text = dumpYaml(plain);
        expect(isUnsafe(text.replaceAll('\n', ''))).toBe(false);
        expect(load(text)).toEqual(plain);
      }),
      { numRuns: 40 },
    );
  });
});
