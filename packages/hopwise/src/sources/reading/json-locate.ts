import type { FieldPath } from '../../base/field-path.ts';
import { endOfString, endOfValue, skipSpace } from './json-scan.ts';

interface Entry {
  readonly start: number;
  readonly value: number;
}

/**
 * Index at which the field of a path starts in the bytes of a JSON value (its key, or its array item); undefined when it
 * is not there.
 */
export function locateInJson(bytes: Buffer, path: FieldPath): number | undefined {
  let at = skipSpace(bytes, 0, bytes.length);
  let found = at;
  for (const step of path) {
    const entry = typeof step === 'number' ? findItem(bytes, at, step) : findKey(bytes, at, step);
    if (entry === undefined) return undefined;
    found = entry.start;
    at = entry.value;
  }
  return found;
}

function findKey(bytes: Buffer, open: number, wanted: string): Entry | undefined {
  if (bytes[open] !== 0x7b) return undefined;
  const { length } = bytes;
  let entry: Entry | undefined;
  for (let at = skipSpace(bytes, open + 1, length); bytes[at] === 0x22; ) {
    const end = endOfString(bytes, at, length);
    const colon = skipSpace(bytes, end, length);
    const value = skipSpace(bytes, colon + 1, length);
    const valueEnd = endOfValue(bytes, value, length);
    if (end < 0 || bytes[colon] !== 0x3a || valueEnd < 0) return undefined;
    // Of a key that stands twice the last value counts.
    if (keyOf(bytes.toString('utf8', at, end)) === wanted) entry = { start: at, value };
    at = skipSpace(bytes, valueEnd, length);
    if (bytes[at] !== 0x2c) break;
    at = skipSpace(bytes, at + 1, length);
  }
  return entry;
}

function findItem(bytes: Buffer, open: number, wanted: number): Entry | undefined {
  if (bytes[open] !== 0x5b) return undefined;
  const { length } = bytes;
  let at = skipSpace(bytes, open + 1, length);
  for (let index = 0; at < length && bytes[at] !== 0x5d; index++) {
    if (index === wanted) return { start: at, value: at };
    const end = endOfValue(bytes, at, length);
    if (end < 0) return undefined;
    at = skipSpace(bytes, end, length);
    if (bytes[at] !== 0x2c) return undefined;
    at = skipSpace(bytes, at + 1, length);
  }
  return undefined;
}

function keyOf(raw: string): string | undefined {
  if (!raw.includes('\\')) return raw.slice(1, -1);
  try {
    return String(JSON.parse(raw));
  } catch {
    return undefined;
  }
}
