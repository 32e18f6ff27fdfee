import { describe, expect, it } from 'vitest';
import { formatPath } from '../../base/field-path.ts';
import type { Json } from '../contract.ts';
import { readText } from '../testing/read-text.ts';

const REWRITE = 'metadata.annotations["nginx.ingress.kubernetes.io/rewrite-target"]';
const BLOCK = `# why this exists
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  annotations:
    # a comment between
    nginx.ingress.kubernetes.io/rewrite-target: /$2
spec:
  rules:
    - host: shop.example.com
      http:
        paths:
          - path: /api
            note: >-
              folded
              text
            backend: {}
    -
      host: other.example.com
`;

async function originOf(text: string, index = 0) {
  const origin = (await readText(text)).objects[index]?.origin;
  if (origin === undefined) throw new Error('nothing read');
  return origin;
}

describe('lines', () => {
  it('finds fields of block YAML', async () => {
    const origin = await originOf(BLOCK);
    expect(origin.line).toBe(3);
    expect(origin.lineOf?.(REWRITE)).toBe(9);
    expect(origin.lineOf?.('spec.rules[0]')).toBe(12);
    expect(origin.lineOf?.('spec.rules[0].host')).toBe(12);
    expect(origin.lineOf?.('spec.rules[0].http.paths[0].backend')).toBe(19);
    expect(origin.lineOf?.('spec.rules[1]')).toBe(20);
    expect(origin.lineOf?.('spec.rules[1].host')).toBe(21);
    expect(origin.lineOf?.('spec.rules[2]')).toBeUndefined();
    expect(origin.lineOf?.('spec.rules[0].hosts')).toBeUndefined();
    expect(origin.lineOf?.('not a path')).toBeUndefined();
  });

  it('finds fields of items of a YAML list, whatever is between them', async () => {
    const item = (name: string) => `- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: ${name}\n`;
    const text = `apiVersion: v1\nitems:\n${item('a')}# comment\n\n${item('b')}kind: List\n`;
    expect((await originOf(text, 1)).line).toBe(9);
    expect((await originOf(text, 1)).lineOf?.('metadata.name')).toBe(12);
    expect((await originOf(text.replaceAll('\n', '\r\n'), 1)).lineOf?.('metadata.name')).toBe(12);
  });

  it('finds fields of flow YAML', async () => {
    const text = `apiVersion: v1
kind: Service
metadata: {name: a,
  annotations: {
    "nginx.ingress.kubernetes.io/rewrite-target": x}}
spec:
  ports: [{port: 80},
          {port: 81, name: b}]
  tags: &tags
  - one
  more: *tags
`;
    const origin = await originOf(text);
    expect(origin.lineOf?.('metadata.name')).toBe(3);
    expect(origin.lineOf?.(REWRITE)).toBe(5);
    expect(origin.lineOf?.('spec.ports[1].name')).toBe(8);
    expect(origin.lineOf?.('spec.ports[2]')).toBeUndefined();
    expect(origin.lineOf?.('spec.tags[0]')).toBe(10);
    expect(origin.lineOf?.('spec.more')).toBe(11);
  });

  it('finds fields of indented JSON, and knows when there are no lines', async () => {
    const pod = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, 'a"b': [[1], { c: 2 }] });
    const list = { apiVersion: 'v1', items: [pod('a'), pod('b')], kind: 'List' };
    const indented = await originOf(JSON.stringify(list, null, 4), 1);
    const lines = JSON.stringify(list, null, 4).split('\n');
    expect(indented.line).toBe(lines.lastIndexOf('        {') + 1);
    expect(indented.lineOf?.('metadata.name')).toBe(lines.findIndex((line) => line.includes('"name": "b"')) + 1);
    expect(indented.lineOf?.('["a\\"b"][1].c')).toBe(lines.findLastIndex((line) => line.includes('"c": 2')) + 1);
    expect(indented.lineOf?.('metadata.names')).toBeUndefined();
    const compact = await originOf(JSON.stringify(list), 1);
    expect(compact.line).toBe(1);
    expect(compact.lineOf?.('metadata.name')).toBeUndefined();
  });

  it('finds every field of every form of the same object', async () => {
    const object = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', labels: { 'app.kubernetes.io/name': 'x', on: 'y' } },
      data: { 'nginx.conf': 'one\n  two\n', empty: '' },
      list: [{ a: 1 }, [2, [3]], null],
    };
    const { dump } = await import('js-yaml');
    for (const text of [JSON.stringify(object, null, 2), dump(object), dump(object, { flowLevel: 2 })]) {
      const { objects } = await readText(`${text}\n`);
      const origin = objects[0]?.origin;
      let last = 0;
      for (const path of pathsOf(object)) {
        const line = origin?.lineOf?.(formatPath(path));
        expect(line, `${formatPath(path)} in ${text}`).toBeGreaterThanOrEqual(last);
        last = line ?? 0;
      }
    }
  });

  it('counts lines of large files', async () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `pod-${index}`);
    const text = names.map((name) => `---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n`).join('');
    const { objects } = await readText(text);
    expect(objects).toHaveLength(20_000);
    expect(objects[19_999]?.origin.lineOf?.('metadata.name')).toBe(100_000);
    expect(objects[7]?.origin.line).toBe(37);
  });
});

/** Every path of a value, in the order in which they are written. */
function pathsOf(value: Json, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [];
  const children = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return children.flatMap(([key, child]) => [[...path, key], ...pathsOf(child as Json, [...path, key])]);
}
