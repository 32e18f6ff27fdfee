import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { snippetFault } from './nginx-snippet.ts';

describe('snippetFault', () => {
  it.each([
    ['more_set_headers "X-Frame-Options: DENY";', undefined],
    ['more_set_headers "X-Frame-Options: DENY"', 'a directive without a closing ;'],
    ['if ($http_x = "a") { return 403; }', undefined],
    ['if ($http_x = "a") { return 403 }', 'a directive without a closing ;'],
    ['location /x {\n  return 200;\n', 'unbalanced braces'],
    ['return 200; }', 'unbalanced braces'],
    ['# just a note without an end', undefined],
    ['proxy_set_header X "${host};{";', undefined],
    ['set $a ${host};', undefined],
    ['access_by_lua_block { if x then end }', undefined],
    ['', undefined],
  ])('%s', (text, wanted) => {
    expect(snippetFault(text)).toBe(wanted);
  });

  it('finds nothing in well-formed directives, and the missing ; when the last one is cut', () => {
    const word = fc.stringMatching(/^[a-z][a-z_]{0,8}$/);
    const directive = fc.tuple(word, word).map(([name, value]) => `${name} ${value}`);
    fc.assert(
      fc.property(fc.array(directive, { minLength: 1, maxLength: 5 }), (directives) => {
        const text = `${directives.join(';\n')}`;
        fc.pre(!text.includes('_by_lua'));
        expect(snippetFault(`${text};`)).toBeUndefined();
        expect(snippetFault(text)).toBe('a directive without a closing ;');
      }),
    );
  });
});
