import type { LogFile } from '../observations.ts';
import type { ReadContext } from './delivery.ts';
import type { InputFile } from './input-file.ts';

/** How much of one log is kept: its end, where the failure is. */
export const MAX_LOG = 8 * 1024 * 1024;
/** Once this much was kept, of further logs only a short tail is: bundles can hold thousands of them. */
const MAX_ALL_LOGS = 256 * 1024 * 1024;
const SHORT_TAIL = 256 * 1024;

export type LogIdentity = Pick<LogFile, 'namespace' | 'pod' | 'container' | 'previous'>;

/** Reads one container's log into the sink, of a large one only the tail. */
export async function readLog(file: InputFile, identity: LogIdentity, context: ReadContext): Promise<void> {
  const tail = new LogTail(context);
  const { size } = file;
  if (file.range !== undefined && size !== undefined && size > tail.limit) {
    tail.push(file.range(size - tail.limit, size));
    tail.cut = true;
  } else for await (const chunk of file.chunks()) tail.push(chunk);
  deliverLog(tail, { file: file.name, ...identity }, context);
}

/** Hands a log on and counts it. */
export function deliverLog(tail: LogTail, identity: LogIdentity & { file: string }, context: ReadContext): void {
  const log = { ...identity, ...tail.read() };
  context.totals.logs++;
  context.totals.logBytes += log.text.length;
  context.sink.log(log);
}

/** Keeps the last bytes of what is pushed. */
export class LogTail {
  readonly limit: number;
  /** Something before the kept bytes is missing, so the first line may be half of one. */
  cut = false;
  private parts: Buffer[] = [];
  private size = 0;

  constructor({ totals }: ReadContext) {
    this.limit = totals.logBytes < MAX_ALL_LOGS ? MAX_LOG : SHORT_TAIL;
  }

  push(chunk: Uint8Array): void {
    this.parts.push(Buffer.from(chunk));
    this.size += chunk.length;
    while (this.size - (this.parts[0]?.length ?? 0) > this.limit) {
      this.size -= this.parts.shift()?.length ?? 0;
      this.cut = true;
    }
  }

  read(): { text: string; truncated: boolean } {
    let bytes = Buffer.concat(this.parts);
    if (bytes.length > this.limit) {
      bytes = bytes.subarray(bytes.length - this.limit);
      this.cut = true;
    }
    if (this.cut) bytes = bytes.subarray(bytes.indexOf(0x0a) + 1);
    const text = bytes[0] === 0xff && bytes[1] === 0xfe ? new TextDecoder('utf-16le').decode(bytes) : bytes.toString();
    const clean = text.startsWith('\uFEFF') ? text.slice(1) : text;
    return { text: clean.includes('\r\n') ? clean.replaceAll('\r\n', '\n') : clean, truncated: this.cut };
  }
}

/** The first `limit` bytes of a small text file. */
export async function readText(file: InputFile, limit: number): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of file.chunks()) {
    parts.push(Buffer.from(chunk));
    size += chunk.length;
    if (size >= limit) break;
  }
  const bytes = Buffer.concat(parts).subarray(0, limit);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  const text = bytes.toString();
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
