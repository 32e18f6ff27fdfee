import type { ReadContext } from './delivery.ts';
import { deliverLog, LogTail } from './read-log.ts';

/*
 * `kubectl cluster-info dump` writes the logs of a Pod's containers one behind the other, each between two marker lines
 * (printContainer in kubectl's pkg/cmd/clusterinfo/clusterinfo_dump.go), into a file or, without --output-directory, into
 * the same stream as the objects.
 */

const OPEN = '==== START logs for container ';
const OPEN_BYTES = Buffer.from(OPEN);
const OPEN_LINE = /^==== START logs for container ([^\s/]{1,253}) of pod ([^\s/]{1,253})\/([^\s/]{1,253}) ====\r?\n?$/;
/** What kubectl writes in place of a log it could not get. */
const REFUSED = /^(?:Create log request|Request log) error: [^\n]*\n?$/;
/** Longer than any marker line. */
const MAX_MARKER = 1024;

interface Section {
  readonly container: string;
  readonly namespace: string;
  readonly pod: string;
  readonly close: Buffer;
  readonly tail: LogTail;
}

/**
 * Passes a stream on with its log sections blanked out (every other byte keeps its position) and hands their logs to the
 * sink.
 */
export async function* takeLogSections(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
  context: ReadContext,
): AsyncIterable<Uint8Array> {
  let carry: Buffer = Buffer.alloc(0);
  let section: Section | undefined;
  let lineStart = true;
  for await (const chunk of chunks) {
    const own = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    let bytes = carry.length === 0 ? own : Buffer.concat([carry, own]);
    for (;;) {
      if (section === undefined) {
        const found = findOpening(bytes, lineStart, context);
        if (found.section === undefined) {
          if (found.at > 0) {
            lineStart = bytes[found.at - 1] === 0x0a;
            yield bytes.subarray(0, found.at);
          }
          carry = bytes.subarray(found.at);
          break;
        }
        yield bytes.subarray(0, found.at);
        yield Buffer.alloc(found.behind - found.at, 0x20);
        bytes = bytes.subarray(found.behind);
        section = found.section;
      }
      const close = bytes.indexOf(section.close);
      if (close < 0) {
        const kept = Math.max(0, bytes.length - section.close.length);
        section.tail.push(bytes.subarray(0, kept));
        if (kept > 0) yield Buffer.alloc(kept, 0x20);
        carry = bytes.subarray(kept);
        break;
      }
      section.tail.push(bytes.subarray(0, close));
      deliver(section, file, context);
      yield Buffer.alloc(close + section.close.length, 0x20);
      bytes = bytes.subarray(close + section.close.length);
      section = undefined;
      lineStart = false;
    }
    // The chunk's memory is used again for the next one.
    carry = Buffer.from(carry);
  }
  if (section !== undefined) {
    section.tail.push(carry);
    deliver(section, file, context);
  } else if (carry.length > 0) yield carry;
}

/** The next opening line, or (without `section`) how far the bytes are certainly not part of one. */
function findOpening(
  bytes: Buffer,
  lineStart: boolean,
  context: ReadContext,
): { at: number; behind: number; section?: Section } {
  for (let from = 0; ; ) {
    const at = bytes.indexOf(OPEN_BYTES, from);
    if (at < 0) return { at: safeEnd(bytes), behind: 0 };
    from = at + 1;
    if (at === 0 ? !lineStart : bytes[at - 1] !== 0x0a) continue;
    const lineEnd = bytes.indexOf(0x0a, at);
    if (lineEnd < 0 && bytes.length - at < MAX_MARKER) return { at, behind: 0 };
    const match = OPEN_LINE.exec(bytes.toString('utf8', at, Math.min(lineEnd + 1, at + MAX_MARKER)));
    if (match === null) continue;
    const [, container = '', namespace = '', pod = ''] = match;
    const close = Buffer.from(`==== END logs for container ${container} of pod ${namespace}/${pod} ====`);
    return { at, behind: lineEnd + 1, section: { container, namespace, pod, close, tail: new LogTail(context) } };
  }
}

/** Before a last line that may be the beginning of a marker. */
function safeEnd(bytes: Buffer): number {
  const line = bytes.lastIndexOf(0x0a) + 1;
  const rest = bytes.toString('latin1', line, Math.min(bytes.length, line + OPEN.length));
  return rest !== '' && OPEN.startsWith(rest) ? line : bytes.length;
}

function deliver(section: Section, file: string, context: ReadContext): void {
  const { text } = section.tail.read();
  if (text.trim() === '' || REFUSED.test(text)) return;
  const { namespace, pod, container } = section;
  deliverLog(section.tail, { file, namespace, pod, container, previous: false }, context);
}
