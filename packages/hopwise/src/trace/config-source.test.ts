import { describe, expect, it } from 'vitest';
import { ModelBuilder } from '../model/builder.ts';
import type { JsonObject } from '../sources/contract.ts';
import { findConfigSource, replaceInSource } from './config-source.ts';

function modelOf(...objects: readonly JsonObject[]) {
  const builder = new ModelBuilder();
  for (const object of objects) builder.add(object, { file: 'test' });
  return builder.build();
}

const TEMPLATE = {
  metadata: { labels: { app: 'web' } },
  spec: {
    containers: [
      {
        name: 'web',
        image: 'web',
        env: [
          { name: 'A', value: 'cartridge' },
          { name: 'CART', value: 'http://cart:7070/v1,http://cart.shop:7070' },
        ],
        volumeMounts: [],
      },
    ],
    volumes: [{ name: 'conf', configMap: { name: 'web-conf' } }],
  },
};
const DEPLOYMENT = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { selector: { matchLabels: { app: 'web' } }, template: TEMPLATE },
} as const;
const CONFIG = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'web-conf', namespace: 'shop' },
  data: { 'nginx.conf': 'upstream a {\n  server orders-v2:80;\n  server orders:80;\n}\n' },
};

describe('findConfigSource', () => {
  const model = modelOf(DEPLOYMENT, CONFIG);
  const pod = model.listIn('Pod', 'shop')[0];
  if (pod === undefined) throw new Error('no Pod was derived');

  it('finds whole names only', () => {
    expect(findConfigSource(model, pod, 'cart')?.path).toBe('spec.template.spec.containers[0].env[1].value');
    expect(findConfigSource(model, pod, 'orders')?.value).toBe('server orders:80;');
    expect(findConfigSource(model, pod, 'order')).toBeUndefined();
    expect(findConfigSource(model, pod, 'shop')).toBeUndefined();
  });

  it('replaces whole names only', () => {
    const env = findConfigSource(model, pod, 'cart');
    const file = findConfigSource(model, pod, 'orders');
    if (env === undefined || file === undefined) throw new Error('not found');
    expect(replaceInSource(model, env, 'cart', 'carts')?.patch).toEqual([
      {
        op: 'replace',
        path: '/spec/template/spec/containers/0/env/1/value',
        value: 'http://carts:7070/v1,http://cart.shop:7070',
      },
    ]);
    expect(replaceInSource(model, file, 'orders', 'orders-v3')).toEqual({
      object: 'ConfigMap/shop/web-conf',
      type: 'json',
      patch: [
        {
          op: 'replace',
          path: '/data/nginx.conf',
          value: 'upstream a {\n  server orders-v2:80;\n  server orders-v3:80;\n}\n',
        },
      ],
    });
  });
});
