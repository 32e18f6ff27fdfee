import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, test } from 'vitest';
import { compilePattern } from './pattern.ts';
import { readPlainRegex } from './regex-subset.ts';

const pcre = { engine: 'pcre', ignoreCase: false, full: false } as const;

describe('compilePattern', () => {
  test('captures as NGINX numbers them, empty for groups that took no part', () => {
    const pattern = compilePattern('^/app(/|$)(.*)', pcre);
    expect(pattern.exec('/app/x/y')).toEqual(['/app/x/y', '/', 'x/y']);
    expect(pattern.exec('/app')).toEqual(['/app', '', '']);
    expect(pattern.exec('/apps')).toBeNull();
    expect(pattern.prefix).toBe('/app');
  });

  test('what RE2 cannot express is not understood and never matches for certain', () => {
    for (const source of ['^/(?!admin)', '^/(a)\\1', '^/(?<=x)y', '^/a++']) {
      const pattern = compilePattern(source, pcre);
      expect(pattern.notUnderstood).toBeDefined();
      expect(pattern.exec('/x')).toBeUndefined();
    }
  });

  test('expressions that make a backtracking engine hang are answered', () => {
    const evil = `/${'a'.repeat(30_000)}!`;
    for (const source of ['^/(a+)+$', '^/(a|aa)*$', '^/(.*)*x', '^/.*.*.*.*.*=.*$', '/a*a*a*a*b']) {
      expect(compilePattern(source, pcre).exec(evil) ?? null).toBeNull();
    }
  });

  test('an end anchor before a final newline is left undecided in Perl expressions', () => {
    expect(compilePattern('^/a$', pcre).exec('/a\n')).toBeUndefined();
    expect(compilePattern('^/a$', { ...pcre, engine: 're2' }).exec('/a\n')).toBeNull();
  });

  test('a whole match needs the whole text, alternatives included', () => {
    const whole = compilePattern('/a|/b', { ...pcre, engine: 're2', full: true });
    expect(whole.exec('/b')).toEqual(['/b']);
    expect(whole.exec('/bc')).toBeNull();
  });

  test('the plain reading agrees with RE2', () => {
    const atom = fc.constantFrom(
      'a',
      'b',
      '/',
      '\\.',
      '.',
      '[a-c]',
      '[^/]',
      '\\d',
      '\\w',
      '(a|b)',
      '(?:/|$)',
      '(/.*)?',
      '^',
      '$',
      'A',
    );
    const quantifier = fc.constantFrom('', '', '', '*', '+', '?', '*?', '{2}', '{1,3}');
    const source = fc
      .array(fc.tuple(atom, quantifier), { maxLength: 6 })
      .map((parts) => parts.map((part) => part.join('')).join(''));
    const text = fc.string({ unit: fc.constantFrom('/', 'a', 'b', 'c', 'A', '1', '.'), maxLength: 12 });
    fc.assert(
      fc.property(source, text, fc.boolean(), (pattern, input, ignoreCase) => {
        const plain = readPlainRegex(pattern);
        if (plain === undefined) return;
        const found = new RegExp(plain.source, ignoreCase ? 'i' : '').exec(input);
        const matcher = RE2JS.compile(pattern, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0).matcher(input);
        const wanted = matcher.find()
          ? Array.from({ length: matcher.groupCount() + 1 }, (_, group) => matcher.group(group) ?? '')
          : null;
        expect(found === null ? null : Array.from(found, (capture) => capture ?? '')).toEqual(wanted);
        if (wanted !== null && plain.anchored)
          expect(input.toLowerCase().startsWith(plain.prefix.toLowerCase())).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
