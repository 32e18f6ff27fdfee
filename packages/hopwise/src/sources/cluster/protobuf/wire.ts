/*
 * The protobuf wire format (https://protobuf.dev/programming-guides/encoding/), read by hand: varints, fixed words and
 * runs of bytes. Every read is checked against the end of the message it belongs to, so that no byte sequence can make
 * the reader hang or look outside its message.
 */

/** Bytes that are no protobuf message of the wanted kind. `offset` is where in the response it was noticed. */
export class ProtobufError extends Error {
  readonly offset: number;

  constructor(offset: number, what: string) {
    super(`the protobuf answer cannot be read at byte ${offset}: ${what}`);
    this.name = 'ProtobufError';
    this.offset = offset;
  }
}

export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
export const FIXED32 = 5;

/** Which words of a varint are wanted. */
const LOW = 0;
const BOTH = 1;

export class WireReader {
  readonly bytes: Buffer;
  offset: number;

  constructor(bytes: Uint8Array, offset = 0) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.offset = offset;
  }

  /** The next field's tag, `number << 3 | wire type`; `end` is where the message ends. */
  readTag(end: number): number {
    const start = this.offset;
    const tag = this.readInt32(end) >>> 0;
    if (tag < 8) throw new ProtobufError(start, 'a field number is 0');
    return tag;
  }

  /** The low 32 bits of a varint as a signed number, which is what int32 fields hold. */
  readInt32(end: number): number {
    const first = this.offset < end ? (this.bytes[this.offset] as number) : 0x80;
    if (first < 0x80) {
      this.offset++;
      return first;
    }
    return this.readWords(end, LOW);
  }

  /** An int64 field; beyond 2^53 it loses its last digits, as it does in JSON.parse. */
  readInt64(end: number): number {
    const first = this.offset < end ? (this.bytes[this.offset] as number) : 0x80;
    if (first < 0x80) {
      this.offset++;
      return first;
    }
    return this.readWords(end, BOTH);
  }

  readBoolean(end: number): boolean {
    return this.readInt64(end) !== 0;
  }

  /** Reads the length in front of a run of bytes and answers where the run ends; the offset stands at its first byte. */
  readEnd(end: number): number {
    const start = this.offset;
    const length = this.readInt64(end);
    if (length < 0 || length > end - this.offset) {
      throw new ProtobufError(start, `${length} bytes are announced, ${end - this.offset} are left`);
    }
    return this.offset + length;
  }

  /** Passes over the value of a field that nobody reads. */
  skip(wireType: number, end: number): void {
    if (wireType === BYTES) this.offset = this.readEnd(end);
    else if (wireType === VARINT) this.readInt32(end);
    else if (wireType === FIXED64) this.advance(8, end);
    else if (wireType === FIXED32) this.advance(4, end);
    else throw new ProtobufError(this.offset, `wire type ${wireType} is not used by Kubernetes`);
  }

  private advance(count: number, end: number): void {
    if (count > end - this.offset) {
      throw new ProtobufError(this.offset, `${count} bytes are wanted, ${end - this.offset} are left`);
    }
    this.offset += count;
  }

  /** Ten bytes of seven bits at most, the lowest first, gathered as two words of 32 bits. */
  private readWords(end: number, wanted: typeof LOW | typeof BOTH): number {
    const start = this.offset;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.offset >= end) throw new ProtobufError(start, 'it ends inside a number');
      const byte = this.bytes[this.offset++] as number;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high |= bits >> 4;
      } else if (shift < 63) high |= bits << (shift - 32);
      else high |= (bits & 1) << 31;
      if (byte < 0x80) return wanted === LOW ? low : high * 0x1_0000_0000 + (low >>> 0);
    }
    throw new ProtobufError(start, 'a number has more than ten bytes');
  }
}
