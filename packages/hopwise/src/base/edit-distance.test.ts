import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance } from './edit-distance.ts';

const NAME = fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 8 });

describe('editDistance', () => {
  it.each([
    ['cart', 'cart', 3, 0],
    ['cart', 'crat', 3, 1],
    ['cart', 'carts', 3, 1],
    ['shop.example.com', 'shopp.exmaple.com', 3, 2],
    ['cart', 'payment', 2, 3],
    ['a'.repeat(300), 'a'.repeat(300), 2, 3],
  ])('%s and %s within %d: %d', (left, right, limit, wanted) => {
    expect(editDistance(left, right, limit)).toBe(wanted);
  });

  it('is the same both ways, and one more step is at most one more', () => {
    fc.assert(
      fc.property(NAME, NAME, fc.constantFrom('a', 'b'), (left, right, letter) => {
        const distance = editDistance(left, right, 8);
        expect(editDistance(right, left, 8)).toBe(distance);
        expect(editDistance(left + letter, right, 20)).toBeLessThanOrEqual(distance + 1);
      }),
    );
  });
});
