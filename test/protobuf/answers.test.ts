import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type DecodedList,
  decodeList,
  PROTOBUF_KINDS,
} from '../../packages/hopwise/src/sources/cluster/protobuf/decode-list.ts';
import { ProtobufError } from '../../packages/hopwise/src/sources/cluster/protobuf/wire.ts';
import { LISTS, projectBoth } from './both-ways.ts';

// Answers that a kube-apiserver 1.37 gave (record.ts).

const FOLDER = join(import.meta.dirname, 'fixtures');
const answers = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.pb'))
  .map((file) => ({
    name: file.slice(0, -'.pb'.length),
    protobuf: readFileSync(join(FOLDER, file)),
    json: readFileSync(join(FOLDER, file.replace(/pb$/, 'json')), 'utf8'),
  }));

it('there is an answer for every kind that is read from protobuf', () => {
  const names = [...PROTOBUF_KINDS].map((kind) => kind.replaceAll('/', '_'));
  expect(answers.map(({ name }) => name).sort()).toEqual(names.sort());
  expect(Object.keys(LISTS).sort()).toEqual([...PROTOBUF_KINDS].sort());
});

describe.each(answers)('the answer of a real API server for $name', ({ json, protobuf }) => {
  it('is the same to the model as its JSON', () => {
    const { wanted, given } = projectBoth({ json, protobuf });
    expect(given).toEqual(wanted);
  });

  it('cut off anywhere is an error with its place, or the objects before the cut', () => {
    const whole = decodeList(protobuf).items;
    for (let length = 0; length < protobuf.length; length++) {
      const items = decodeOrNamedError(protobuf.subarray(0, length))?.items ?? [];
      expect(items).toEqual(whole.slice(0, items.length));
    }
  });

  it('with any bytes changed is an error with its place, or some list', () => {
    const change = fc.record({ at: fc.nat(protobuf.length - 1), to: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = Uint8Array.from(protobuf);
        for (const { at, to } of changes) bytes[at] = to;
        decodeOrNamedError(bytes);
      }),
      { numRuns: 300 },
    );
  });
});

function decodeOrNamedError(bytes: Uint8Array): DecodedList | undefined {
  try {
    return decodeList(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(ProtobufError);
    return undefined;
  }
}
