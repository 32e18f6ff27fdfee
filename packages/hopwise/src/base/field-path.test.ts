import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPath, parsePath } from './field-path.ts';

describe('field paths', () => {
  it.each([
    ['spec.ingress[0].from[0].podSelector', ['spec', 'ingress', 0, 'from', 0, 'podSelector']],
    [
      'metadata.annotations["nginx.ingress.kubernetes.io/rewrite-target"]',
      ['metadata', 'annotations', 'nginx.ingress.kubernetes.io/rewrite-target'],
    ],
    ['data["nginx.conf"]', ['data', 'nginx.conf']],
    ['spec.hard["requests.cpu"]', ['spec', 'hard', 'requests.cpu']],
    ['status.load-balancer', ['status', 'load-balancer']],
    ['["a \\"quoted\\" key"][3]', ['a "quoted" key', 3]],
    ['', []],
  ])('%s', (text, path) => {
    expect(parsePath(text)).toEqual(path);
    expect(formatPath(path)).toBe(text);
  });

  it.each([
    'spec..ports',
    '.spec',
    'spec.',
    'spec[',
    'spec[x]',
    'spec[0',
    'spec["a]',
    'spec["a"',
    'spec[0]ports',
    'a b',
  ])('refuses %s', (text) => expect(parsePath(text)).toBeUndefined());

  it('reads back whatever it writes', () => {
    const step = fc.oneof(fc.string(), fc.nat(999_999_999), fc.constantFrom('a.b', '[0]', '"', '__proto__', ''));
    fc.assert(
      fc.property(fc.array(step), (path) => {
        expect(parsePath(formatPath(path))).toEqual(path);
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'a.["\\]0') }), (text) => {
        parsePath(text);
      }),
    );
  });
});
