import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { dump } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { formatPath } from '../../base/field-path.ts';
import { parseFullYaml } from './full-yaml.ts';
import { NOT_PLAIN, parsePlainYaml } from './plain-yaml.ts';

const SHARED = join(import.meta.dirname, '../../../../../../shared');

function valueOf(text: string): unknown {
  const plain = parsePlainYaml(text);
  return plain === NOT_PLAIN ? NOT_PLAIN : plain.value;
}

describe('plain YAML', () => {
  it('reads what kubectl writes', () => {
    const text = `apiVersion: v1
kind: ConfigMap
metadata:
  annotations:
    "nginx.ingress.kubernetes.io/server-alias": 'it''s'
    note: "tab\\there, \\u00e9 and a \\
      folded line"
  creationTimestamp: 2026-05-12T08:00:00Z
  labels: {}
  name: a-b   # trailing comment
# comment of its own

data:
  nginx.conf: |
    server {
      listen 80;  # not a comment

    }
  stripped: |-
    one
    two
  kept: |+
    one

  folded: >-
    one
    two

    three
  indented: |2
      four
  "on": "on"
  empty:
  url: http://cart:8080/#top
  multi: one
    two
    three
list:
- a
-   b: 1
    c: 2
- - x
  - z
-
  d: []
`;
    expect(valueOf(text)).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        annotations: {
          'nginx.ingress.kubernetes.io/server-alias': "it's",
          note: 'tab\there, é and a folded line',
        },
        creationTimestamp: '2026-05-12T08:00:00Z',
        labels: {},
        name: 'a-b',
      },
      data: {
        'nginx.conf': 'server {\n  listen 80;  # not a comment\n\n}\n',
        stripped: 'one\ntwo',
        kept: 'one\n\n',
        folded: 'one two\nthree',
        indented: '  four\n',
        on: 'on',
        empty: null,
        url: 'http://cart:8080/#top',
        multi: 'one two three',
      },
      list: ['a', { b: 1, c: 2 }, ['x', 'z'], { d: [] }],
    });
  });

  // sigs.k8s.io/yaml decodes through go.yaml.in/yaml/v2, which is YAML 1.1 with its own exceptions.
  it.each([
    ['yes', true],
    ['Off', false],
    ['y', true],
    ['N', false],
    ['yEs', 'yEs'],
    ['~', null],
    ['Null', null],
    ['010', 8],
    ['0o17', 15],
    ['08', 8],
    ['0x1F', 31],
    ['0b101', 5],
    ['1_000', 1000],
    ['-0', 0],
    ['+12', 12],
    ['.5', 0.5],
    ['1e3', 1000],
    ['12e', '12e'],
    ['1:30', '1:30'],
    ['2026-05-12', '2026-05-12'],
    ['2026-05-12T08:00:00Z', '2026-05-12T08:00:00Z'],
    ['1.2.3', '1.2.3'],
    ['.inf', '.inf'],
    ['1e999', '1e999'],
    ['-', NOT_PLAIN],
    ['-x', '-x'],
    ['v1', 'v1'],
    ['/', '/'],
    ['10.244.0.0/16', '10.244.0.0/16'],
    ['80/TCP', '80/TCP'],
    ['=', '='],
  ])('reads %s as kubectl does', (text, value) => {
    const plain = valueOf(`k: ${text}\n`);
    expect(plain).toEqual(value === NOT_PLAIN ? NOT_PLAIN : { k: value });
    const full = parseFullYaml(`k: ${text}\n`);
    if (value !== NOT_PLAIN) expect(full).toMatchObject({ value: { k: value } });
  });

  it('makes strings of keys as kubectl does', () => {
    const text = 'on: a\n8080: b\n0x10: c\nnull: d\n1.5: e\n';
    expect(valueOf(text)).toEqual({ true: 'a', 8080: 'b', 16: 'c', null: 'd', 1.5: 'e' });
    expect(parseFullYaml(text)).toMatchObject({ value: { true: 'a', 8080: 'b', 16: 'c', null: 'd', 1.5: 'e' } });
  });

  it.each([
    'a: &x 1\nb: *x\n',
    'a: !!str 1\n',
    'a: [1]\n',
    'a: {b: 1}\n',
    '<<: {a: 1}\n',
    '? a\n: b\n',
    'a: b: c\n',
    'a: 1\n b: 2\n',
    'a:\n\tb: 1\n',
    'a: "x\n',
    "a: 'x\ny\n",
    '__proto__: {}\n',
    '__proto__:\n  polluted: 1\n',
    'toString: 1\n',
    'plain\n',
  ])('leaves %j to the full parser', (text) => expect(valueOf(text)).toBe(NOT_PLAIN));

  it('keeps the last of a repeated key and says where it stands', () => {
    expect(parsePlainYaml('a: 1\nb: 2\na: 3\n')).toEqual({ value: { a: 3, b: 2 }, duplicateAt: 10 });
    expect(parseFullYaml('a: 1\nb: 2\na: 3\n')).toMatchObject({ value: { a: 3, b: 2 }, duplicateAt: 10 });
  });

  it('gives up on documents nested too deep, without recursing into them', () => {
    expect(valueOf('- '.repeat(50_000))).toBe(NOT_PLAIN);
    expect(valueOf(Array.from({ length: 2000 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join(''))).toBe(NOT_PLAIN);
  });

  it('takes further lines of quotes and brackets wherever they stand, as kubectl does', () => {
    const text = 'spec:\n  rule: "a\nb\n   c"\n  args: [\n"x",\n\'y\n z\'\n]\n  next: 1\n';
    const value = { spec: { rule: 'a b c', args: ['x', 'y z'], next: 1 } };
    expect(parseFullYaml(text)).toMatchObject({ value });
    expect(valueOf('a: "x\ny"\nb: \'x\ny\'\n')).toEqual({ a: 'x y', b: 'x y' });
    expect(parseFullYaml('a: [\n1\n')).toHaveProperty('fault');
  });

  it('tells where every field starts', () => {
    const text = 'spec:\n  rules:\n  - host: a\n    http: {}\n  - host: b\nmeta: 1\n';
    const lines = new Map<string, number>();
    parsePlainYaml(text, (path, index) => lines.set(formatPath(path), text.slice(0, index).split('\n').length));
    expect([...lines]).toEqual([
      ['spec', 1],
      ['spec.rules', 2],
      ['spec.rules[0]', 3],
      ['spec.rules[0].host', 3],
      ['spec.rules[0].http', 4],
      ['spec.rules[1]', 5],
      ['spec.rules[1].host', 5],
      ['meta', 6],
    ]);
  });

  it('never reads anything otherwise than the full parser', () => {
    const piece = fc.constantFrom(
      ...['a', 'b: ', 'key:', '- ', '-', '  ', '    ', ' ', '\n', '\n', '\n  ', '\n- ', '\n    ', '"x y"', "'it''s'"],
      ...[
        '|\n',
        '>\n',
        '|-\n',
        '|+\n',
        '>-\n',
        '|2\n',
        '# c',
        ' # c',
        '#x',
        ':',
        'x:y',
        '12',
        '012',
        'yes',
        'null',
        '~',
      ],
      ...[
        '{}',
        '[]',
        '"a\\nb"',
        '"\n',
        "'",
        '"',
        'foo bar',
        '\t',
        '? ',
        '& ',
        '*a',
        '!x',
        '%',
        '@',
        'a: b: c',
        '"k": v',
      ],
      ...[
        '\n\n',
        '\n \n',
        '   \n',
        'http://x:80/',
        'é',
        'a#b',
        '-x',
        '- -',
        '<<: ',
        'toString: 1',
        '\n  - k: v\n    z: w',
      ],
    );
    const start = fc.constantFrom('', 'a: ', 'a:\n  ', 'a:\n- ', 'a: |\n  ', 'a: "', "a: '", 'a: >\n  ');
    fc.assert(
      fc.property(start, fc.array(piece, { maxLength: 14 }), (head, pieces) => {
        const text = `${head}${pieces.join('')}\n`;
        const plain = parsePlainYaml(text);
        if (plain === NOT_PLAIN) return;
        const full = parseFullYaml(text);
        expect(full, text).toEqual({ value: plain.value, duplicateAt: plain.duplicateAt });
      }),
      { numRuns: 5000, seed: 20_261_122 },
    );
  });

  it('reads every value in the way it is usually written', () => {
    // kubectl reads `-_0` as the number 0 (go-yaml takes underscores out first); the writer here takes it for text.
    const isText = (text: string): boolean => !text.includes('_') || Number.isNaN(Number(text.replaceAll('_', '')));
    const key = fc.oneof(fc.constantFrom('name', 'a/b.c', 'on', '80', 'x y', ''), fc.string().filter(isText));
    const leaf = fc.oneof(
      fc.string().filter(isText),
      fc.string({ unit: 'grapheme' }).filter(isText),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.constantFrom(
        'yes',
        '010',
        '2026-05-12',
        'a: b',
        'a #b',
        ' x',
        'one\ntwo\n',
        'one\n\n  two',
        '~',
        '1e3',
        '{{ x }}',
      ),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: 'small' }, leaf, fc.dictionary(key, tie('value')), fc.array(tie('value'))),
    }));
    const options = fc.record({
      lineWidth: fc.constantFrom(-1, 20, 80),
      indent: fc.constantFrom(2, 4),
      seqNoIndent: fc.boolean(),
      quoteStyle: fc.constantFrom('single' as const, 'double' as const),
    });
    fc.assert(
      fc.property(fc.dictionary(key, value), options, (object, style) => {
        const text = dump(object, style);
        const plain = parsePlainYaml(text);
        if (plain === NOT_PLAIN) return;
        expect(plain.value).toEqual(JSON.parse(JSON.stringify(object)));
      }),
    );
  });

  it.skipIf(!existsSync(SHARED))('reads every shared incident itself, and as the full parser does', () => {
    for (const group of ['incidents', 'healthy']) {
      for (const name of readdirSync(join(SHARED, group))) {
        const file = join(SHARED, group, name, 'cluster.yaml');
        if (!existsSync(file)) continue;
        const text = readFileSync(file, 'utf8');
        expect(parsePlainYaml(text), name).toEqual(parseFullYaml(text));
      }
    }
  });
});
