import type { Engine, RequestInput, Snapshot } from '../engine/contract.ts';
import type { DiagnosisDocument, TraceDocument } from '../report/diagnosis.ts';
import { API_VERSION } from '../report/diagnosis.ts';
import { toJson } from '../report/json-text.ts';
import { escapeInQuotes, sanitize } from '../report/sanitize.ts';
import { FAILED, FINE } from './exit-codes.ts';
import { describeFailure, explain } from './failures.ts';
import type { Invocation } from './invocation.ts';
import type { CliIo } from './io.ts';
import { requestDefaults } from './request-input.ts';
import { type RequestLine, readRequests } from './requests-file.ts';
import { loadSnapshot } from './snapshot.ts';
import { UsageError } from './usage-error.ts';

/** Lines are sent on in pieces of this size, so that many short ones do not cost a write each. */
const PIECE = 64 * 1024;
const LONGEST_INPUT = 200;

interface Answering<T> {
  readonly answer: (engine: Engine, snapshot: Snapshot, input: RequestInput) => T;
  readonly exitCode: (document: T) => number;
}

/**
 * Answers every request of --requests over one reading of the cluster: one JSON line each, in order. A line that cannot be
 * answered yields an error object in its place and exit code 2 at the end; the others are answered all the same.
 */
export async function answerRequests<T extends DiagnosisDocument | TraceDocument>(
  invocation: Invocation,
  io: CliIo,
  { answer, exitCode }: Answering<T>,
): Promise<number> {
  const { flags, argument } = invocation;
  const file = flags.get('requests') ?? '-';
  if (argument !== undefined)
    throw new UsageError('--requests and a URL exclude each other', 'put the URL into the file');
  if (file === '-' && flags.get('from') === '-') {
    throw new UsageError('--from and --requests cannot both read stdin', 'give one of them a file');
  }
  const output = flags.get('output');
  if (output !== undefined && output !== 'json') throw new UsageError('--requests prints JSON lines', 'leave -o out');
  const defaults = requestDefaults(flags);
  const text = file === '-' ? await readAll(io.stdin) : await io.readFile(file);
  const { engine, snapshot } = await loadSnapshot(invocation, io);
  let piece = '';
  let code = FINE;
  for (const line of readRequests(text, defaults)) {
    const answered = answerLine(line, (input) => answer(engine, snapshot, input));
    if (answered.fault !== undefined) await io.stderr.write(describeFailure(answered.fault, io.program));
    piece += answered.document === undefined ? errorLine(line, answered.error) : `${toJson(answered.document, 0)}\n`;
    code = Math.max(code, answered.document === undefined ? FAILED : exitCode(answered.document));
    if (piece.length < PIECE) continue;
    await io.stdout.write(piece);
    piece = '';
  }
  await io.stdout.write(piece);
  return code;
}

interface Answered<T> {
  readonly document?: T;
  readonly error?: unknown;
  /** An error of our own, to be told with its stack. */
  readonly fault?: unknown;
}

function answerLine<T>(line: RequestLine, answer: (input: RequestInput) => T): Answered<T> {
  if ('error' in line) return { error: line.error };
  try {
    return { document: answer(line.input) };
  } catch (error) {
    return explain(error) === undefined ? { error, fault: error } : { error };
  }
}

function errorLine({ line, text }: RequestLine, error: unknown): string {
  const { message, hints } = explain(error) ?? { message: 'a fault in hopwise; see stderr', hints: [] };
  const document = {
    apiVersion: API_VERSION,
    kind: 'Error',
    line,
    input: sanitize(text, LONGEST_INPUT),
    error: { message, hints },
  };
  return `${escapeInQuotes(JSON.stringify(document), 'surrogates')}\n`;
}

async function readAll(stdin: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of stdin) text += decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}
