import { COMPLETE } from './completion/words.ts';
import { FAILED, INTERRUPTED } from './exit-codes.ts';
import { describeFailure } from './failures.ts';
import { parseCommandLine } from './invocation.ts';
import type { CliIo } from './io.ts';
import { createProcessIo } from './process-io.ts';

/** Runs one command line and answers its exit code. The answer goes to stdout, everything else to stderr. */
export async function main(argv: readonly string[], io: CliIo): Promise<number> {
  try {
    if (argv[0] === COMPLETE) return await (await import('./commands/complete.ts')).run(argv.slice(1), io);
    const invocation = parseCommandLine(argv);
    const { run } = await invocation.command.load();
    return await run(invocation, io);
  } catch (error) {
    // Whoever ends the program needs no message that it was ended.
    if (io.signal.aborted) return INTERRUPTED;
    await io.stderr.write(describeFailure(error, io.program));
    return FAILED;
  }
}

/** Runs the process's own command line. The exit code is set rather than forced, so that all output gets out. */
export async function runProcess(): Promise<void> {
  const argv = process.argv.slice(2);
  process.exitCode = await main(argv, createProcessIo());
  // Somebody waits at a prompt: a login that still runs or a server that does not answer must not hold them up.
  if (argv[0] === COMPLETE) process.exit();
}
