/** Writes protobuf by hand, for tests: each function answers bytes. */
type Bytes = readonly number[];

export function varint(value: number | bigint): Bytes {
  let rest = BigInt.asUintN(64, BigInt(value));
  const out: number[] = [];
  while (rest >= 0x80n) {
    out.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return [...out, Number(rest)];
}

/** A field that holds a number. */
export function number(field: number, value: number | bigint): Bytes {
  return [...varint(field << 3), ...varint(value)];
}

/** A field that holds a text, or a message made of fields. */
export function run(field: number, value: string | readonly Bytes[]): Bytes {
  const bytes = typeof value === 'string' ? [...Buffer.from(value)] : value.flat();
  return [...varint((field << 3) | 2), ...varint(bytes.length), ...bytes];
}

/** An entry of a map. */
export function entry(field: number, key: string, value: string | readonly Bytes[]): Bytes {
  return run(field, [run(1, key), run(2, value)]);
}

/** The answer to a list request. */
export function listAnswer(
  apiVersion: string,
  kind: string,
  items: readonly (readonly Bytes[])[],
  meta: readonly Bytes[] = [],
): Uint8Array {
  return answer(apiVersion, kind, [run(1, meta), ...items.map((item) => run(2, item))]);
}

export function answer(
  apiVersion: string,
  kind: string,
  raw: readonly Bytes[],
  rest: readonly Bytes[] = [run(3, ''), run(4, '')],
): Uint8Array {
  const type = run(1, [run(1, apiVersion), run(2, kind)]);
  return Uint8Array.from([...Buffer.from('k8s\0'), ...type, ...run(2, raw), ...rest.flat()]);
}
