import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { toJson } from './json-text.ts';
import { DIAGNOSES, DIFFS, SCANS, TRACES } from './testing/index.ts';

/** The published schema of a kind, made strict: a field it does not know is a mistake of ours. */
function readSchema(kind: string): object {
  const file = new URL(`../../schema/${kind.toLowerCase()}.schema.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8'), (_, value) =>
    value?.type === 'object' && value.properties !== undefined ? { ...value, additionalProperties: false } : value,
  );
}

describe.each([
  ['Diagnosis', DIAGNOSES],
  ['Trace', TRACES],
  ['Scan', SCANS],
  ['Diff', DIFFS],
])('the published schema of %s', (kind, samples) => {
  const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(readSchema(kind));

  it.each(Object.entries(samples))('holds for the sample %s, which JSON gives back unchanged', (_, document) => {
    const read = JSON.parse(toJson(document, 2));
    validate(read);
    expect(validate.errors ?? []).toEqual([]);
    expect(read).toEqual(JSON.parse(JSON.stringify(document)));
  });

  it('refuses a document of another kind', () => {
    expect(validate({ apiVersion: 'hopwise.dev/v1', kind: 'List' })).toBe(false);
  });
});
