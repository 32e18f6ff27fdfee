import { describe, expect, it } from 'vitest';
import { readObjectArgument } from './object-argument.ts';
import { runCli } from './testing/fake-io.ts';

describe('an argument', () => {
  it.each([
    ['ingress/shop/web', undefined, { kind: 'Ingress', namespace: 'shop', name: 'web' }],
    ['ING/web', 'shop', { kind: 'Ingress', namespace: 'shop', name: 'web' }],
    ['svc/shop/cart:8080', 'other', { kind: 'Service', namespace: 'shop', name: 'cart', port: '8080' }],
    ['httproute.gateway.networking.k8s.io/a', 'b', { kind: 'HTTPRoute', namespace: 'b', name: 'a' }],
    // A host may be called anything.
    ['ingress', 'shop', undefined],
    ['ingress.example.com/shop', 'shop', undefined],
    ['https://ingress/shop/web', undefined, undefined],
    ['web/shop/ingress', undefined, undefined],
  ])('%s in %s', (text, namespace, object) => {
    expect(readObjectArgument(text, namespace)).toEqual(object);
  });

  it.each(['ingress/web', 'ingress/a/b/c', 'ingress/a/B', 'ingress/a/', 'ingress/a/b:80', 'svc/a/b:'])(
    '%s is neither an object nor a URL',
    (text) => {
      expect(() => readObjectArgument(text, undefined)).toThrow(/name/);
    },
  );
});

describe('diagnose and trace of an object', () => {
  it.each(['diagnose', 'trace'])('%s its first request, and say so', async (command) => {
    const { asked, err } = await runCli([command, 'ingress/shop/web', '-X', 'HEAD', '--from', 'x']);
    expect(asked).toEqual([{ url: 'https://web.example.com/', method: 'HEAD' }]);
    expect(err).toBe(
      'note: ingress/shop/web: asking for HEAD https://web.example.com/; it also serves https://web.example.com/1, https://web.example.com/2, https://web.example.com/3, https://web.example.com/4 and 2 more (hopwise scan -n shop looks at all)\n',
    );
  });

  it('asks nobody for a host that was made up', async () => {
    expect((await runCli(['diagnose', 'ingress/shop/any', '--probe', 'on', '--from', 'x'])).code).toBe(1);
  });
});
