import { describe, expect, it } from 'vitest';
import { envoyTarget, normaliseEnvoyPath } from './envoy-target.ts';
import { requestOf } from './testing/cluster.ts';

describe('Envoy’s reading of a path', () => {
  // Answers of Envoy 1.40 with normalize_path and merge_slashes.
  it.each([
    ['/a/b', '/a/b'],
    ['/a/./b', '/a/b'],
    ['/a/../b', '/b'],
    ['/../..', '/'],
    ['/a/b/..', '/a/'],
    ['/a/b/./', '/a/b/'],
    ['/a/%2e%2E/b', '/b'],
    ['/a%2e%2e/b', '/a../b'],
    ['/a\\b', '/a/b'],
    ['//a///b/', '/a/b/'],
    ['/a//../b', '/a/b'],
    ['//', '//'],
    ['/a/.hidden', '/a/.hidden'],
    ['/a/b/..;v=1/x', '/a/x'],
    ['/a/b/.;/..;', '/a/'],
    ['/a/b/%2e%2e;/x', '/a/b/..;/x'],
    ['/a;b/...;/b;..;/x', '/a;b/...;/b;..;/x'],
    ['/%61%7E%2D%5F', '/a~-_'],
    ['/a%21%20%2bb', '/a%21%20%2bb'],
    ['/a%zz%', '/a%zz%'],
    ['/a"<>^`{|}b', '/a%22%3C%3E%5E%60%7B%7C%7Db'],
    ["/a'[b]", "/a'[b]"],
  ])('takes %s for %s', (path, read) => {
    expect(normaliseEnvoyPath(path, true)).toBe(read);
  });

  it('takes the final dot of a host for a part of it', () => {
    const { read } = envoyTarget({ mergeSlashes: true, escapedSlashes: 'redirect' });
    expect(read(requestOf('GET http://shop.example./a'))).toMatchObject({ host: 'shop.example.' });
    expect(read(requestOf('GET http://shop.example:8080/a'))).toMatchObject({ host: 'shop.example' });
    expect(read(requestOf('GET http://10.0.0.1/a | Host: shop.example.:8080'))).toMatchObject({
      host: 'shop.example.',
    });
  });

  it('refuses bytes that HTTP does not allow', () => {
    const { read } = envoyTarget({ mergeSlashes: false, escapedSlashes: 'keep' });
    for (const path of ['/é', '/a%00']) expect(read(requestOf(`GET http://x${path}`))).toMatchObject({ status: 400 });
  });

  it('merges slashes and redirects escaped ones only where configured', () => {
    expect(normaliseEnvoyPath('//a', false)).toBe('//a');
    const { read } = envoyTarget({ mergeSlashes: true, escapedSlashes: 'redirect' });
    expect(read(requestOf('GET http://x/a%2Fb'))).toMatchObject({ kind: 'refused', status: 307, location: '/a/b' });
    expect(read(requestOf('GET http://x/a%5c..%2F%2fb%2F?c%2f'))).toMatchObject({ location: '/b/?c%2f' });
    expect(read(requestOf('GET http://x//a'))).toMatchObject({ kind: 'read', path: '/a' });
  });
});
