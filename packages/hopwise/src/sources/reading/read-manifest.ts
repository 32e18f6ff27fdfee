import { Delivery, type ReadContext, reportProblem } from './delivery.ts';
import { type InputFile, memoryFile } from './input-file.ts';
import { readJson } from './json-reader.ts';
import type { FileHints } from './object-identity.ts';
import { type ByteWindow, openWindow } from './window.ts';
import { readYaml } from './yaml-reader.ts';

const MAX_UTF16 = 64 * 1024 * 1024;

/** Reads every object of one YAML or JSON file into the sink. */
export async function readManifest(file: InputFile, context: ReadContext, hints: FileHints = {}): Promise<void> {
  const window = openWindow(file.chunks());
  while (window.end < 512 && (await window.more()));
  const encoding = wideEncoding(window.bytes, window.end);
  if (encoding !== undefined) {
    await readWide(file, encoding, context, hints);
    return;
  }
  const delivery = new Delivery(file, context, hints);
  if (hasUtf8Mark(window.bytes, window.end)) window.release(3);
  if (looksBinary(window)) delivery.broken('is a binary file, not YAML or JSON', 0);
  else if (startsAsJson(window)) await readJson(window, delivery, context.signal);
  else await readYaml(window, delivery, context.signal);
  delivery.finish();
}

function hasUtf8Mark(bytes: Buffer, end: number): boolean {
  return end >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

/** PowerShell's `>` writes UTF-16, so kubectl output saved on Windows is often that. */
function wideEncoding(bytes: Buffer, end: number): 'utf-16le' | 'utf-16be' | undefined {
  if (end < 2) return undefined;
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined;
}

async function readWide(file: InputFile, encoding: string, context: ReadContext, hints: FileHints): Promise<void> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of file.chunks()) {
    size += chunk.length;
    if (size > MAX_UTF16) {
      reportProblem({ file: file.name, message: 'is UTF-16 text of more than 64 MiB; convert it to UTF-8' }, context);
      return;
    }
    parts.push(Buffer.from(chunk));
  }
  const text = new TextDecoder(encoding).decode(Buffer.concat(parts));
  await readManifest(memoryFile(file.name, Buffer.from(text)), context, hints);
}

function looksBinary(window: ByteWindow): boolean {
  return window.bytes.subarray(window.start, Math.min(window.end, window.start + 512)).includes(0);
}

/** `{"`, `[{` and the like; `{a: 1}` and `{{ template }}` are for the YAML reader. */
function startsAsJson(window: ByteWindow): boolean {
  const head = window.bytes.toString('latin1', window.start, Math.min(window.end, window.start + 512));
  return /^\s*(?:\{\s*(?:["}]|$)|\[\s*(?:[{[\]"]|$))/.test(head);
}
