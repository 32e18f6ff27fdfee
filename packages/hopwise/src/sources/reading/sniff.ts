import { SourceError } from '../source-error.ts';
import { gunzip, isGzip } from './gzip.ts';
import type { InputFile } from './input-file.ts';

/** What the first bytes of a file say it is. */
export interface Sniffed {
  /** Compressed with gzip. */
  readonly zipped: boolean;
  /** A tar archive, once unzipped. */
  readonly archive: boolean;
}

const TAR_MAGIC_AT = 257;
const HEAD = 512;

/** Formats people do send, which need another tool first. */
const FOREIGN: readonly { readonly magic: readonly number[]; readonly format: string; readonly unpack: string }[] = [
  { magic: [0x50, 0x4b, 0x03, 0x04], format: 'a zip archive', unpack: 'unzip' },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], format: 'compressed with zstd', unpack: 'unzstd' },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a], format: 'compressed with xz', unpack: 'unxz' },
  { magic: [0x42, 0x5a, 0x68], format: 'compressed with bzip2', unpack: 'bunzip2' },
  { magic: [0x37, 0x7a, 0xbc, 0xaf], format: 'a 7z archive', unpack: '7z x' },
];

/** Looks at the beginning of a file; throws SourceError for formats that cannot be read. */
export async function sniff(file: InputFile, label: string): Promise<Sniffed> {
  const head = await readHead(file.chunks());
  for (const { magic, format, unpack } of FOREIGN) {
    if (!magic.every((code, index) => head[index] === code)) continue;
    throw new SourceError(
      'unsupported',
      `${label} is ${format}`,
      `unpack it first with ${unpack}, then give the result to --from`,
    );
  }
  if (!isGzip(head)) return { zipped: false, archive: isTar(head) };
  return { zipped: true, archive: isTar(await readHead(gunzip(file.chunks(), label))) };
}

/** As many bytes as there are, up to a tar header; a damaged beginning is the reader's to report. */
async function readHead(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of chunks) {
      parts.push(Buffer.from(chunk.subarray(0, HEAD)));
      size += chunk.length;
      if (size >= HEAD) break;
    }
  } catch (error) {
    if (size === 0) throw error;
  }
  return Buffer.concat(parts);
}

function isTar(head: Buffer): boolean {
  return head.toString('latin1', TAR_MAGIC_AT, TAR_MAGIC_AT + 5) === 'ustar';
}
