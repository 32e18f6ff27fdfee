import fc from 'fast-check';
import type { Json, JsonObject } from '../../sources/contract.ts';

type Path = readonly (string | number)[];

/** The objects with any one field below `spec`, `status` or `data` of one of them replaced by any JSON value. */
export function replaceSomewhere(objects: readonly JsonObject[]): fc.Arbitrary<readonly JsonObject[]> {
  const places = objects.flatMap((object, index) =>
    ['spec', 'status', 'data'].flatMap((part) => pathsOf(object[part], [part]).map((path) => ({ index, path }))),
  );
  return fc
    .tuple(fc.constantFrom(...places), hostileValue)
    .map(([{ index, path }, value]) =>
      objects.map((object, at) => (at === index ? (replaceAt(object, path, value) as JsonObject) : object)),
    );
}

const hostileValue: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(
    null,
    '',
    0,
    -1,
    1e308,
    true,
    [],
    {},
    [null],
    [[]],
    '*',
    '*.',
    '(',
    '[',
    '\\',
    '~',
    '__proto__',
  ),
  fc.constant<Json>(JSON.parse('{"__proto__": {"name": "x"}, "constructor": 1, "toString": []}') as Json),
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>,
);

function pathsOf(value: Json | undefined, path: Path): readonly Path[] {
  if (value === undefined) return [];
  if (typeof value !== 'object' || value === null) return [path];
  const entries: readonly (readonly [string | number, Json | undefined])[] = Array.isArray(value)
    ? value.map((item: Json, index) => [index, item] as const)
    : Object.entries(value);
  return [path, ...entries.flatMap(([key, child]) => pathsOf(child, [...path, key]))];
}

function replaceAt(value: Json, [key, ...rest]: Path, by: Json): Json {
  if (key === undefined) return by;
  if (Array.isArray(value)) return value.map((item: Json, index) => (index === key ? replaceAt(item, rest, by) : item));
  const object = value as JsonObject;
  return { ...object, [key]: replaceAt(object[key] ?? null, rest, by) };
}
