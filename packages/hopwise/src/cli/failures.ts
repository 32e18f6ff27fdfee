import { RequestError } from '../engine/contract.ts';
import { sanitize } from '../report/sanitize.ts';
import { SourceError } from '../sources/source-error.ts';
import { UsageError } from './usage-error.ts';
import { VERSION } from './version.ts';

/** What an error says on stderr: what is wrong and the next step; a stack only for a fault of our own. */
export function describeFailure(error: unknown, program: string): string {
  const expected = explain(error);
  if (expected === undefined) return describeFault(error, program);
  const lines = [`${program}: ${expected.message}`, ...expected.hints.map((hint) => `  ${hint}`)];
  return `${lines
    .flatMap((line) => line.split('\n'))
    .map((line) => sanitize(line))
    .join('\n')}\n`;
}

export interface Explained {
  readonly message: string;
  readonly hints: readonly string[];
}

/** The message and next steps of an error that is somebody's input; undefined for a fault of our own. */
export function explain(error: unknown): Explained | undefined {
  if (error instanceof UsageError) return { message: error.message, hints: error.hints };
  if (error instanceof RequestError) return { message: error.message, hints: error.hint === '' ? [] : [error.hint] };
  if (error instanceof SourceError)
    return { message: error.message, hints: error.hint === undefined ? [] : [error.hint] };
  return undefined;
}

function describeFault(error: unknown, program: string): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return [
    `${program}: this is a fault in hopwise, not in your input:`,
    ...stack.split('\n').map((line) => sanitize(line)),
    'Please report it with these lines, the command, and the input if you can share it.',
    `hopwise ${VERSION}, Node ${process.versions.node}, ${process.platform} ${process.arch}`,
    '',
  ].join('\n');
}
