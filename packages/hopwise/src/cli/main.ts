import { FAILED } from './exit-codes.ts';
import { describeFailure } from './failures.ts';
import { parseCommandLine } from './invocation.ts';
import type { CliIo } from './io.ts';
import { createProcessIo } from './process-io.ts';

/** Runs one command line and answers its exit code. The answer goes to stdout, everything else to stderr. */
export async function main(argv: readonly string[], io: CliIo): Promise<number> {
  try {
    const invocation = parseCommandLine(argv);
    const { run } = await invocation.command.load();
    return await run(invocation, io);
  } catch (error) {
    await io.stderr.write(describeFailure(error, io.program));
    return FAILED;
  }
}

/** Runs the process's own command line. The exit code is set rather than forced, so that all output gets out. */
export async function runProcess(): Promise<void> {
  process.exitCode = await main(process.argv.slice(2), createProcessIo());
}
