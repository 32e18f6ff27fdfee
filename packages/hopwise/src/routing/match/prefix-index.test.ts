import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PrefixIndex } from './prefix-index.ts';

test('visits exactly the keys that are a prefix of the text, longest first', () => {
  const word = fc.string({ unit: fc.constantFrom('/', 'a', 'b'), maxLength: 6 });
  fc.assert(
    fc.property(fc.array(word, { maxLength: 30 }), word, (keys, text) => {
      const visited: number[] = [];
      new PrefixIndex(keys).visit(text, (entries) => visited.push(...entries));
      const wanted = keys
        .map((key, at) => ({ key, at }))
        .filter(({ key }) => text.startsWith(key))
        .sort((left, right) => right.key.length - left.key.length || left.at - right.at)
        .map(({ at }) => at);
      expect(visited).toEqual(wanted);
    }),
  );
});
