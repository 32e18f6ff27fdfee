import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../contract.ts';
import { readText } from '../testing/read-text.ts';
import { idsOf, objectOf } from '../testing/record-read.ts';

const service = (name: string, extra: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'shop' },
  ...extra,
});
const list = (items: readonly unknown[], kind = 'List') => ({ apiVersion: 'v1', items, kind, metadata: {} });
const yamlService = (name: string) => `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n  namespace: shop\n`;
const yamlItem = (name: string) =>
  `- apiVersion: v1\n  kind: Service\n  metadata:\n    name: ${name}\n    namespace: shop\n`;

describe('documents', () => {
  it('uses every document beside a broken one, and names the broken one', async () => {
    const text = `${yamlService('a')}---\nkind: [Service\n---\n# nothing\n---\n--- # again\n${yamlService('b')}...\n`;
    const read = await readText(text);
    expect(idsOf(read)).toEqual(['Service/shop/a', 'Service/shop/b']);
    expect(read.problems).toEqual([
      { file: 'a.yaml', line: 7, message: expect.stringContaining('is not valid YAML') as string },
    ]);
  });

  it('reads JSON documents one behind the other, per line, and in an array', async () => {
    const objects = ['a', 'b', 'c'].map((name) => service(name));
    const ids = ['Service/shop/a', 'Service/shop/b', 'Service/shop/c'];
    expect(idsOf(await readText(objects.map((o) => JSON.stringify(o)).join('')))).toEqual(ids);
    expect(idsOf(await readText(objects.map((o) => `${JSON.stringify(o)}\n`).join('')))).toEqual(ids);
    expect(idsOf(await readText(objects.map((o) => JSON.stringify(o, null, 2)).join('\n---\n')))).toEqual(ids);
    expect(idsOf(await readText(JSON.stringify(objects)))).toEqual(ids);
    expect(idsOf(await readText(`--- ${JSON.stringify(objects[0])}\n---\n${yamlService('b')}`))).toEqual(
      ids.slice(0, 2),
    );
  });

  it('gives the items of a typed list their kind, before or behind them', async () => {
    const items = [{ metadata: { name: 'a', namespace: 'shop' } }];
    const first = `{"kind":"PodList","apiVersion":"v1","items":${JSON.stringify(items)}}`;
    const last = `{"apiVersion":"v1","items":${JSON.stringify(items)},"kind":"PodList"}`;
    const yaml = 'apiVersion: apps/v1\nitems:\n- metadata:\n    name: a\n    namespace: shop\nkind: DeploymentList\n';
    expect((await readText(first)).objects[0]?.raw).toMatchObject({ apiVersion: 'v1', kind: 'Pod' });
    expect((await readText(last)).objects[0]?.raw).toMatchObject({ apiVersion: 'v1', kind: 'Pod' });
    expect((await readText(yaml)).objects[0]?.raw).toMatchObject({ apiVersion: 'apps/v1', kind: 'Deployment' });
    expect((await readText('[{"isPass":true,"title":"somebody else"},7]')).problems).toEqual([]);
    expect((await readText('{"kind":"EventList","apiVersion":"v1","items":null}')).problems).toEqual([]);
  });

  it('opens lists in lists, and lists written in no usual way', async () => {
    const nested = list([service('a'), list([service('b')])]);
    const ids = ['Service/shop/a', 'Service/shop/b'];
    expect(idsOf(await readText(JSON.stringify(nested)))).toEqual(ids);
    expect(idsOf(await readText(`kind: List\napiVersion: v1\nitems: ${JSON.stringify(nested.items)}\n`))).toEqual(ids);
    const indented = `kind: List\napiVersion: v1\nitems:\n${yamlItem('a')}${yamlItem('b')}`.replaceAll(
      /^(?=.)/gm,
      '  ',
    );
    expect(idsOf(await readText(indented))).toEqual(ids);
  });

  it('reads a list whose items share anchors', async () => {
    const text = `kind: List\napiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Service\n  metadata: {name: a}\n  spec: &spec\n    type: ClusterIP\n- apiVersion: v1\n  kind: Service\n  metadata:\n    name: b\n  spec: *spec\n`;
    const read = await readText(text);
    expect(objectOf(read, 'Service//b').raw.spec).toEqual({ type: 'ClusterIP' });
    expect(objectOf(read, 'Service//b').origin.line).toBe(9);
  });

  it('passes over what is no object and names what is half of one', async () => {
    const text = `id: an-incident\nexpected: {cause: x}\n---\nreplicaCount: 2\n---\napiVersion: 1\ndatasources: []\n---\njust text\n---\n- hosts: all\n---\nkind: Service\nmetadata: {name: a}\n---\napiVersion: v2\nname: chart\n---\napiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}\n---\napiVersion: v1\nkind: Pod\nmetadata: {namespace: a}\n---\napiVersion: example.com/v1\nkind: Settings\nlevel: 1\n---\napiVersion: v1\nkind: Config\nusers: [{name: admin, user: {token: hunter2}}]\n---\napiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n`;
    const read = await readText(text);
    expect(read.objects).toEqual([]);
    expect(read.problems.map(({ line, message }) => `${line}: ${message}`)).toEqual([
      '13: is a Service without an apiVersion',
      '16: has apiVersion v2 but no kind',
      '23: is a Pod without a metadata.name that is a string',
    ]);
  });

  it('asks for templates to be rendered, and for nothing else that has braces in it', async () => {
    const template =
      '{{- if .Values.ingress.enabled }}\napiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Release.Name }}\n{{- end }}\n';
    const quoted = yamlService('"{{ .Release.Name }}"');
    const text = yamlService('a').replace('metadata', 'data:\n  greeting: |\n    {{ .Greeting }}\nmetadata');
    for (const unrendered of [template, quoted]) {
      const read = await readText(unrendered);
      expect(read.objects).toEqual([]);
      expect(read.problems[0]?.message).toContain('helm template');
    }
    expect(idsOf(await readText(text))).toEqual(['Service/shop/a']);
  });

  it('names the first repeated key and uses the last value', async () => {
    const read = await readText(`${yamlService('a')}spec:\n  type: NodePort\n  type: ClusterIP\n`);
    expect(read.objects[0]?.raw.spec).toEqual({ type: 'ClusterIP' });
    expect(read.problems).toEqual([
      {
        file: 'a.yaml',
        line: 8,
        message: 'has the same key twice in one mapping; the last value is used, as kubectl does',
      },
    ]);
  });
});

describe('broken list items', () => {
  const names = Array.from({ length: 1000 }, (_, index) => `s${index}`);
  const spoil = (parts: string[], broken: string) => parts.with(500, broken);

  it.each([
    [
      'YAML',
      (parts: string[]) => `apiVersion: v1\nitems:\n${parts.join('')}kind: List\n`,
      yamlItem,
      '- apiVersion: v1\n  kind: "Service\n  metadata: x: y\n',
    ],
    [
      'compact JSON',
      (parts: string[]) => `{"kind":"List","items":[${parts.join(',')}]}`,
      (name: string) => JSON.stringify(service(name)),
      '{"apiVersion":"v1","kind":"Service" "metadata":{}}',
    ],
    [
      'JSON with a brace missing',
      (parts: string[]) => `{"kind":"List","items":[${parts.join(',')}]}`,
      (name: string) => JSON.stringify(service(name)),
      '{"apiVersion":"v1","kind":"Service","metadata":{"name":"x"}',
    ],
    [
      'indented JSON',
      (parts: string[]) => `{\n    "items": [\n${parts.join(',\n')}\n    ],\n    "kind": "List"\n}\n`,
      (name: string) => JSON.stringify(service(name), null, 4).replaceAll(/^/gm, '        '),
      '        {\n            "apiVersion": "v1",\n            "metadata": {\n        }',
    ],
    [
      'a null',
      (parts: string[]) => `{"kind":"List","items":[${parts.join(',')}]}`,
      (name: string) => JSON.stringify(service(name)),
      'null',
    ],
  ])('%s: the others are used', async (_, write, item, broken) => {
    const read = await readText(write(spoil(names.map(item), broken)), 4096);
    expect(read.objects).toHaveLength(999);
    expect(read.problems.length).toBeGreaterThan(0);
    expect(read.problems.length).toBeLessThan(4);
  });

  it('uses what a cut-off download holds', async () => {
    const json = JSON.stringify(list([service('a'), service('b'), service('c')]), null, 4);
    const read = await readText(json.slice(0, json.indexOf('"c"')));
    expect(idsOf(read)).toEqual(['Service/shop/a', 'Service/shop/b']);
    expect(read.problems[0]?.message).toContain('ends in the middle');
  });

  it('does not drown the reader in problems', async () => {
    const read = await readText('---\nkind: {\n'.repeat(500));
    expect(read.problems).toHaveLength(21);
    expect(read.problems.at(-1)?.message).toBe('has 480 more problems like these');
  });
});

describe('hostile input', () => {
  it('refuses alias bombs', async () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'
      .split('')
      .map((name, index) => `${name}: &${name} [${`*${'abcdefghi'[index]},`.repeat(9)}]\n`)
      .join('')}`;
    const read = await readText(bomb);
    expect(read.problems[0]?.message).toContain('expand without measure');
    expect((await readText('a: &a [*a]\n')).problems).toHaveLength(1);
    expect((await readText(`a: &a 1\nb: [${'*a,'.repeat(2000)}]\n`)).problems[0]?.message).toContain(
      'more than 1000 aliases',
    );
  });

  it('refuses what is nested too deep', async () => {
    const deep = (depth: number) =>
      `{"apiVersion":"v1","kind":"X","metadata":{"name":"a"},"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    for (const depth of [150, 100_000]) {
      expect((await readText(deep(depth))).problems[0]?.message).toContain('nested deeper than 100');
      const inList = await readText(`{"items":[${deep(depth)},${JSON.stringify(service('b'))}]}`);
      expect(inList.problems[0]?.message).toContain('nested deeper than 100');
      expect(idsOf(inList)).toEqual(['Service/shop/b']);
    }
    const yaml = Array.from({ length: 3000 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join('');
    expect((await readText(yaml)).problems[0]?.message).toContain('nested deeper than 100');
    expect((await readText(`a: ${'['.repeat(100_000)}`)).problems).toHaveLength(1);
  });

  it('takes prototype keys for what they are', async () => {
    const json =
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"__proto__":"x","toString":"z"}}';
    const yaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  __proto__: x\n  toString: z\n';
    for (const text of [json, yaml]) {
      const data = (await readText(text)).objects[0]?.raw.data as JsonObject;
      expect(Object.entries(data)).toEqual([
        ['__proto__', 'x'],
        ['toString', 'z'],
      ]);
    }
    expect(({} as JsonObject).x).toBeUndefined();
  });

  it('quotes nothing of a broken Secret', async () => {
    const json = '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"stringData":{"password": hunter2}}';
    const yaml = 'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  password: "hunter2\n';
    for (const text of [json, yaml]) {
      const { problems } = await readText(text);
      expect(problems).toHaveLength(1);
      expect(JSON.stringify(problems)).not.toContain('hunter');
    }
  });

  it('reads any bytes without failing', async () => {
    const piece = fc.constantFrom(
      '{"',
      '"',
      '}',
      '{',
      '[',
      ']',
      ',',
      ':',
      '\n',
      '  ',
      '- ',
      'items',
      '"items":[',
      'items:\n- ',
      'kind: List\n',
      '---\n',
      '\u00ff',
      '\\',
      'apiVersion',
      '\0',
      '==== START logs for container c of pod n/p ====\n',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 30 }), fc.integer({ min: 1, max: 20 }), async (pieces, size) => {
        await readText(pieces.join(''), size);
      }),
      { numRuns: 500 },
    );
  });
});

describe('encodings', () => {
  const text = `${yamlService('a')}  labels: {owner: "Zoë"}\n---\n${yamlService('b')}`;

  it.each([
    ['a byte order mark', Buffer.from(`\uFEFF${text}`)],
    ['carriage returns', Buffer.from(text.replaceAll('\n', '\r\n'))],
    ['UTF-16LE', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['UTF-16BE', Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
  ])('reads %s', async (_, bytes) => {
    const read = await readText(bytes);
    expect(idsOf(read)).toEqual(['Service/shop/a', 'Service/shop/b']);
    expect((objectOf(read, 'Service/shop/a').raw.metadata as JsonObject).labels).toEqual({ owner: 'Zoë' });
    expect(objectOf(read, 'Service/shop/b').origin.line).toBe(8);
    expect(objectOf(read, 'Service/shop/b').origin.lineOf?.('metadata.name')).toBe(11);
  });

  it('replaces what is no UTF-8', async () => {
    for (const text of [
      yamlService('a').replace('shop', '"sh\u00ffop"'),
      JSON.stringify(service('a')).replace('shop', 'sh\u00ffop'),
    ]) {
      const read = await readText(Buffer.from(text, 'latin1'));
      expect(read.objects[0]?.raw.metadata).toMatchObject({ namespace: 'sh\uFFFDop' });
    }
  });
});

describe('pieces', () => {
  const objects = ['alpha', 'beta', 'gamma'].map((name) => service(name, { spec: { note: `é "${name}" \\ }{][` } }));
  const yaml = `# head\napiVersion: v1\nitems:\n${['a', 'b'].map(yamlItem).join('# between\n\n')}kind: List\n---\n${yamlService('c')}`;
  const texts = [
    JSON.stringify(list(objects)),
    JSON.stringify(list(objects), null, 4),
    objects.map((object) => `${JSON.stringify(object)}\n`).join(''),
    yaml,
    yaml.replaceAll('\n', '\r\n'),
    yaml.replaceAll(/^(- | {2})(?=.*)/gm, '  $1'),
  ];

  it.each(texts)('makes no difference where a stream is cut (%#)', async (text) => {
    const whole = await readText(text);
    expect(whole.objects).toHaveLength(3);
    for (let size = 1; size < 70; size++) {
      const cut = await readText(text, size);
      expect(cut.objects.map(({ raw }) => raw)).toEqual(whole.objects.map(({ raw }) => raw));
      expect(cut.objects.map(({ origin }) => origin.line)).toEqual(whole.objects.map(({ origin }) => origin.line));
      expect(cut.problems).toEqual(whole.problems);
    }
  });
});
