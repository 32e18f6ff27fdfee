import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sanitize } from './sanitize.ts';
import { clip, displayWidth, padEnd, wrap } from './width.ts';

const shownText = fc.string({ unit: 'binary' }).map((text) => sanitize(text));

describe('displayWidth', () => {
  it.each([
    ['shop', 4],
    ['─✓✗·→', 5],
    ['日本語', 6],
    ['ｶﾀｶﾅ', 4],
    ['ＦＵＬＬ', 8],
    ['e\u0301', 1],
    ['한국', 4],
    ['🚀', 2],
  ])('%s takes %i columns', (text, columns) => {
    expect(displayWidth(text)).toBe(columns);
  });
});

describe('wrap', () => {
  it('breaks at spaces, keeps a number with its unit, and breaks a word only when it is wider than a line', () => {
    expect(wrap('observed 504 after 30.0 s', 21)).toEqual(['observed 504 after', '30.0 s']);
    expect(wrap('aaa bbbbbbbbbb cc', 6)).toEqual(['aaa', 'bbbbbb', 'bbbb', 'cc']);
    expect(wrap('日本語のサービス', 5)).toEqual(['日本', '語の', 'サー', 'ビス']);
    expect(wrap('', 10)).toEqual(['']);
  });

  it('keeps to the width and loses nothing but spaces', () => {
    fc.assert(
      fc.property(shownText, fc.integer({ min: 2, max: 90 }), (text, width) => {
        const lines = wrap(text, width);
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      }),
    );
  });
});

describe('clip and padEnd', () => {
  it('count columns, not characters', () => {
    expect(clip('日本語', 4)).toBe('日…');
    expect(padEnd('日本', 6)).toBe('日本  ');
  });
});
