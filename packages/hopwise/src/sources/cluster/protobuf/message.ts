/*
 * What a message looks like on the wire, as a table: field number → name in JSON and how to read it. A number that is not
 * in the table is passed over. Numbers are those of the `generated.proto` files of k8s.io/api and k8s.io/apimachinery
 * (v0.37.2), which never change within an API version.
 *
 * Go writes every field that is no pointer, also when it is empty, while JSON leaves out an empty one that is marked
 * `omitempty`. `kept` marks the fields whose empty value JSON shows: pointers, and fields without `omitempty` (types.go).
 */

import { BYTES, VARINT } from './wire.ts';

export const TEXT = 0;
export const WORD = 1;
export const INT32 = 2;
export const INT64 = 3;
export const BOOLEAN = 4;
export const TIME = 5;
export const MICRO_TIME = 6;
export const INT_OR_STRING = 7;
export const TEXT_MAP = 8;
export const QUANTITY_MAP = 9;
export const MESSAGE = 10;
/** A message whose fields belong to the object around it: embedded structs, which JSON has inline. */
export const INLINE = 11;

export interface Field {
  readonly type: number;
  readonly wireType: number;
  readonly name: string;
  readonly repeated: boolean;
  readonly kept: boolean;
  readonly message: Message;
  /** Keys of a map whose values are not read. */
  readonly without: string | undefined;
}

/** Indexed by field number. */
export type Message = readonly (Field | undefined)[];

export function message(fields: Readonly<Record<number, Field>>): Message {
  const table: (Field | undefined)[] = [];
  for (const [number, field] of Object.entries(fields)) table[Number(number)] = field;
  return Array.from(table);
}

/** A message of which only the presence counts. */
export const PRESENCE: Message = [];

/** Text that differs from object to object. */
export const text = (name: string): Field => make(TEXT, name);
/** Text that many objects have in common. */
export const word = (name: string): Field => make(WORD, name);
export const int32 = (name: string): Field => make(INT32, name);
export const int64 = (name: string): Field => make(INT64, name);
export const boolean = (name: string): Field => make(BOOLEAN, name);
/** metav1.Time: seconds, as RFC 3339. Left out when empty, where JSON has null. */
export const time = (name: string): Field => make(TIME, name);
/** metav1.MicroTime: RFC 3339 with six digits behind the second. */
export const microTime = (name: string): Field => make(MICRO_TIME, name);
export const intOrString = (name: string): Field => make(INT_OR_STRING, name);
/** map<string, string>, without the key `without`. */
export const textMap = (name: string, without?: string): Field => make(TEXT_MAP, name, PRESENCE, without);
/** map<string, Quantity>: quantities are text in JSON. */
export const quantityMap = (name: string): Field => make(QUANTITY_MAP, name);
export const nested = (name: string, inner: Message): Field => make(MESSAGE, name, inner);
export const inline = (inner: Message): Field => make(INLINE, '', inner);

export const repeated = ({ type, name, message, without }: Field): Field =>
  make(type, name, message, without, { repeated: true, kept: true });
export const kept = ({ type, name, message, without }: Field): Field =>
  make(type, name, message, without, { repeated: false, kept: true });

/** Every field is made here, with the same properties in the same order, so that reading them is quick. */
function make(
  type: number,
  name: string,
  message: Message = PRESENCE,
  without?: string,
  { repeated, kept } = { repeated: false, kept: false },
): Field {
  const wireType = type === INT32 || type === INT64 || type === BOOLEAN ? VARINT : BYTES;
  return { type, wireType, name, repeated, kept, message, without };
}
