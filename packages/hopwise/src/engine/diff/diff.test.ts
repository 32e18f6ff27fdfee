import { describe, expect, it, vi } from 'vitest';
import type { JsonObject, KindCoverage, Source } from '../../sources/contract.ts';
import { diff } from './diff.ts';

// A machine that may be busy with other suites.
vi.setConfig({ testTimeout: 30_000 });

const service = (name: string, port: number): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'shop', uid: name },
  spec: { selector: { app: name }, ports: [{ port }] },
});
const ingress = (path: string, name: string): JsonObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'shop', namespace: 'shop', uid: 'i' },
  spec: {
    ingressClassName: 'nginx',
    rules: [
      {
        host: 'shop.example.com',
        http: { paths: [{ path, pathType: 'Prefix', backend: { service: { name, port: { number: 80 } } } }] },
      },
    ],
  },
});
const secretive = (value: string): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', uid: 'd' },
  spec: {
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: `web:${value.length}`, env: [{ name: 'DB_PASSWORD', value }] }] },
    },
  },
});
const CLASS: JsonObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: { name: 'nginx', uid: 'c' },
  spec: { controller: 'k8s.io/ingress-nginx' },
};

const source = (objects: readonly JsonObject[], coverage: readonly KindCoverage[] = []): Source => ({
  id: 'test',
  async read(sink) {
    for (const entry of coverage) sink.coverage(entry);
    for (const raw of objects) sink.object(raw, { file: 'x' });
    return { kind: 'test', path: 'x', description: 'a test' };
  },
});
const run = (before: Source, after: Source, url?: string) =>
  diff({ before, after, signal: new AbortController().signal, ...(url === undefined ? {} : { request: { url } }) });

describe('diff', () => {
  const before = [CLASS, ingress('/', 'web'), service('web', 80), service('api', 80), secretive('hunter2')];

  it('of a path puts its objects first and hides credentials', async () => {
    const found = await run(
      source(before),
      source([CLASS, ingress('/', 'api'), service('web', 80), service('api', 8080), secretive('correct-horse')]),
      'http://shop.example.com/x',
    );
    expect(found.summary).toContain('it went to Service shop/web:80, now to Service shop/api:80');
    expect(found.changes.map(({ object, onPath }) => [object, onPath])).toEqual([
      ['Deployment/shop/web', true],
      ['Ingress/shop/shop', true],
      ['Service/shop/api', true],
    ]);
    expect(found.changes[0]?.fields).toEqual([
      { path: 'spec.template.spec.containers[web].image', before: 'web:7', after: 'web:13' },
    ]);
    expect(JSON.stringify(found)).not.toMatch(/hunter2|correct-horse/);
  });

  it('of everything compares every route', async () => {
    const found = await run(source(before), source([CLASS, ingress('/', 'gone'), ...before.slice(2)]));
    expect(found.routes).toContainEqual(expect.objectContaining({ name: 'http://shop.example.com/', state: 'worse' }));
    expect((await run(source(before), source(before))).summary).toBe('nothing changed');
  });

  it('takes nothing for gone that nobody looked for', async () => {
    const blind = source([CLASS, ingress('/', 'web')], [{ kind: 'Service', state: 'forbidden' }]);
    const found = await run(source(before.slice(0, 4)), blind);
    expect(found.changes).toEqual([]);
    expect(found.unknowns.map(({ what }) => what)).toEqual(['Service']);
  });
});
