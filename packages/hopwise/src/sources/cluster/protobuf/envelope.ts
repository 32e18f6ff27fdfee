import { BYTES, ProtobufError, WireReader } from './wire.ts';

/*
 * How the API server wraps every protobuf answer (k8s.io/apimachinery/pkg/runtime/serializer/protobuf and
 * pkg/runtime/generated.proto): four bytes that no text starts with, then runtime.Unknown: typeMeta 1, raw 2,
 * contentEncoding 3, contentType 4.
 */

const MAGIC = [0x6b, 0x38, 0x73, 0x00]; // "k8s\0"

export interface Envelope {
  readonly apiVersion: string;
  readonly kind: string;
  /** Stands at the first byte of the object. */
  readonly reader: WireReader;
  /** Where the object ends. */
  readonly end: number;
}

/** Opens an answer of media type `application/vnd.kubernetes.protobuf`. Throws `ProtobufError` when it is none. */
export function openEnvelope(bytes: Uint8Array): Envelope {
  MAGIC.forEach((byte, index) => {
    if (bytes[index] !== byte) throw new ProtobufError(index, 'it does not start with the mark of Kubernetes');
  });
  const reader = new WireReader(bytes, MAGIC.length);
  const type = { apiVersion: '', kind: '' };
  let start = bytes.length;
  let end = bytes.length;
  while (reader.offset < bytes.length) {
    const at = reader.offset;
    const tag = reader.readTag(bytes.length);
    if ((tag & 7) !== BYTES || tag >>> 3 > 4) reader.skip(tag & 7, bytes.length);
    else {
      const fieldEnd = reader.readEnd(bytes.length);
      if (tag >>> 3 === 1) readTypeMeta(reader, fieldEnd, type);
      else if (tag >>> 3 === 2) [start, end] = [reader.offset, fieldEnd];
      else if (fieldEnd > reader.offset) throw new ProtobufError(at, 'its content is encoded once more');
      reader.offset = fieldEnd;
    }
  }
  if (type.kind === '') throw new ProtobufError(MAGIC.length, 'it does not say its kind');
  reader.offset = start;
  return { ...type, reader, end };
}

/** runtime.TypeMeta: apiVersion 1, kind 2. */
function readTypeMeta(reader: WireReader, end: number, type: { apiVersion: string; kind: string }): void {
  while (reader.offset < end) {
    const tag = reader.readTag(end);
    if ((tag & 7) !== BYTES || tag >>> 3 > 2) {
      reader.skip(tag & 7, end);
      continue;
    }
    const valueEnd = reader.readEnd(end);
    type[tag >>> 3 === 1 ? 'apiVersion' : 'kind'] = reader.bytes.toString('utf8', reader.offset, valueEnd);
    reader.offset = valueEnd;
  }
}
