import type { Json } from '../../contract.ts';
import {
  BOOLEAN,
  type Field,
  INLINE,
  INT_OR_STRING,
  INT32,
  MESSAGE,
  type Message,
  QUANTITY_MAP,
  TEXT,
  TEXT_MAP,
  TIME,
  WORD,
} from './message.ts';
import { formatMicroTime, formatTime } from './time.ts';
import { BYTES, ProtobufError, VARINT, type WireReader } from './wire.ts';
import { readWord } from './words.ts';

type Target = Record<string, Json>;

/**
 * Reads the message that ends at `end` into `target`, with the fields the table names, in the shape the API's JSON has.
 * As in every protobuf reader, a later value of a field replaces the earlier one and a later message is merged into it.
 * Throws `ProtobufError` where the bytes are no such message.
 */
export function decodeMessage(reader: WireReader, message: Message, end: number, target: Target): void {
  while (reader.offset < end) {
    const tag = reader.readTag(end);
    const wireType = tag & 7;
    const field = message[tag >>> 3];
    if (field === undefined) reader.skip(wireType, end);
    else if (wireType !== field.wireType) {
      throw new ProtobufError(reader.offset, `${field.name || 'a field'} has wire type ${wireType}`);
    } else if (wireType === VARINT) decodeNumber(reader, field, end, target);
    else decodeBytes(reader, field, reader.readEnd(end), target);
  }
}

function decodeNumber(reader: WireReader, field: Field, end: number, target: Target): void {
  if (field.type === BOOLEAN) {
    const value = reader.readBoolean(end);
    if (value || field.kept) target[field.name] = value;
    return;
  }
  const value = field.type === INT32 ? reader.readInt32(end) : reader.readInt64(end);
  if (value !== 0 || field.kept) target[field.name] = value;
}

/** Fields whose value is a run of bytes that ends at `end`; leaves the reader there. */
function decodeBytes(reader: WireReader, field: Field, end: number, target: Target): void {
  const { type, name } = field;
  if (type === INLINE) {
    decodeMessage(reader, field.message, end, target);
  } else if (type === TEXT_MAP || type === QUANTITY_MAP) {
    decodeMapEntry(reader, field, end, openObject(target, name));
  } else if (type === MESSAGE) {
    const value = field.repeated ? {} : openObject(target, name);
    decodeMessage(reader, field.message, end, value);
    if (field.repeated) append(target, name, value);
  } else {
    const value = decodeScalar(reader, type, end);
    if (field.repeated) append(target, name, value ?? null);
    else if (value !== undefined && (value !== '' || field.kept)) target[name] = value;
  }
}

/** The object at `name`, which earlier bytes may have begun. */
function openObject(target: Target, name: string): Target {
  const known = target[name];
  if (known !== undefined) return known as Target;
  const opened: Target = {};
  target[name] = opened;
  return opened;
}

function append(target: Target, name: string, value: Json): void {
  const list = target[name] as Json[] | undefined;
  if (list === undefined) target[name] = [value];
  else list.push(value);
}

/** Undefined for an empty time, which JSON writes as null. */
function decodeScalar(reader: WireReader, type: number, end: number): string | number | undefined {
  if (type === WORD) return takeWord(reader, end);
  if (type === TEXT) return takeText(reader, end);
  if (type === INT_OR_STRING) return decodeIntOrString(reader, end);
  return decodeTime(reader, end, type);
}

function takeWord(reader: WireReader, end: number): string {
  const value = readWord(reader.bytes, reader.offset, end);
  reader.offset = end;
  return value;
}

function takeText(reader: WireReader, end: number): string {
  const value = reader.bytes.toString('utf8', reader.offset, end);
  reader.offset = end;
  return value;
}

/** A map is written as a list of messages with the key in field 1 and the value in field 2. */
function decodeMapEntry(reader: WireReader, field: Field, end: number, map: Target): void {
  let key = '';
  let value = '';
  while (reader.offset < end) {
    const tag = reader.readTag(end);
    if (tag === ((1 << 3) | BYTES)) key = takeWord(reader, reader.readEnd(end));
    else if (tag !== ((2 << 3) | BYTES) || key === field.without) reader.skip(tag & 7, end);
    else if (field.type === QUANTITY_MAP) value = decodeQuantity(reader, reader.readEnd(end));
    else value = takeWord(reader, reader.readEnd(end));
  }
  if (key === field.without) return;
  // An own property like any other, as JSON.parse makes it.
  if (key === '__proto__') {
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
  } else map[key] = value;
}

/** resource.Quantity: its text in field 1. */
function decodeQuantity(reader: WireReader, end: number): string {
  let value = '';
  while (reader.offset < end) {
    const tag = reader.readTag(end);
    if (tag === ((1 << 3) | BYTES)) value = takeWord(reader, reader.readEnd(end));
    else reader.skip(tag & 7, end);
  }
  return value;
}

/** intstr.IntOrString: type 0 has the number in field 2, type 1 the text in field 3. */
function decodeIntOrString(reader: WireReader, end: number): number | string {
  let type = 0;
  let number = 0;
  let value = '';
  while (reader.offset < end) {
    const tag = reader.readTag(end);
    if (tag === 1 << 3) type = reader.readInt64(end);
    else if (tag === 2 << 3) number = reader.readInt32(end);
    else if (tag === ((3 << 3) | BYTES)) value = takeWord(reader, reader.readEnd(end));
    else reader.skip(tag & 7, end);
  }
  return type === 0 ? number : value;
}

/** metav1.Timestamp: seconds since 1970 in field 1, nanoseconds in field 2. No bytes at all: no time. */
function decodeTime(reader: WireReader, end: number, type: number): string | undefined {
  const start = reader.offset;
  if (start === end) return undefined;
  let seconds = 0;
  let nanos = 0;
  while (reader.offset < end) {
    const tag = reader.readTag(end);
    if (tag === 1 << 3) seconds = reader.readInt64(end);
    else if (tag === 2 << 3) nanos = reader.readInt32(end);
    else reader.skip(tag & 7, end);
  }
  const value = type === TIME ? formatTime(seconds) : formatMicroTime(seconds, nanos);
  if (value === undefined) throw new ProtobufError(start, `${seconds} seconds since 1970 is no time`);
  return value;
}
