import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { escapeInQuotes, isUnsafe, sanitize, sanitizeDocument } from './sanitize.ts';

// Many cases, and a machine that may be busy with other suites.
vi.setConfig({ testTimeout: 30_000 });

const anyText = fc.string({ unit: 'binary' });

describe('sanitize', () => {
  it('shows what could move a cursor, turn text around or start a line', () => {
    expect(sanitize('\x1b[31mred\x1b[0m')).toBe('\\x1b[31mred\\x1b[0m');
    expect(sanitize('a\u202egnp.exe\u2066')).toBe('a\\u202egnp.exe\\u2066');
    expect(sanitize('one\r\ntwo\tthree\u2028four')).toBe('one\\r\\ntwo three\\u2028four');
    expect(sanitize('\u009b2J \u{e0041} \ud800 \u3164')).toBe('\\x9b2J \\u{e0041} \\ud800 \\u3164');
  });

  it('leaves text of any language alone', () => {
    for (const text of ['日本語のサービス', 'Dienst für Zürich', 'שלום', 'résumé e\u0301', '🚀 shop']) {
      expect(sanitize(text)).toBe(text);
    }
  });

  it('cuts piles of marks and endless values', () => {
    expect(sanitize(`a${'\u0301'.repeat(50)}b`)).toBe(`a${'\u0301'.repeat(4)}…b`);
    expect(sanitize('x'.repeat(5000))).toHaveLength(2001);
  });

  it('lets nothing unsafe through', () => {
    fc.assert(fc.property(anyText, (text) => !isUnsafe(sanitize(text))));
  });

  it('makes every string of a document safe, keys too, and keeps prototype keys data', () => {
    const document = JSON.parse('{"a\\u001b":["\\u0007"],"__proto__":{"b":"\\u202e"},"n":1}');
    const safe = sanitizeDocument(document);
    expect(JSON.stringify(safe)).toBe('{"a\\\\x1b":["\\\\x07"],"__proto__":{"b":"\\\\u202e"},"n":1}');
  });
});

describe('escapeInQuotes', () => {
  it('changes how JSON is written, never what it says', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const text = escapeInQuotes(JSON.stringify(value, undefined, 2), 'surrogates');
        expect(isUnsafe(text.replaceAll('\n', ''))).toBe(false);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
