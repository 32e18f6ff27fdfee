import { COMMANDS, findCommand } from '../commands.ts';
import { FINE } from '../exit-codes.ts';
import { commandHelp, overview } from '../help-text.ts';
import type { Invocation } from '../invocation.ts';
import type { CliIo } from '../io.ts';
import { terminalOptions } from '../output.ts';
import { didYouMean } from '../suggest.ts';
import { UsageError } from '../usage-error.ts';

/** How is it used? */
export async function run({ argument, flags }: Invocation, io: CliIo): Promise<number> {
  const { width } = terminalOptions(flags, io);
  if (argument === undefined) {
    await io.stdout.write(overview(io.program, width));
    return FINE;
  }
  const command = findCommand(argument);
  if (command === undefined) {
    const names = COMMANDS.map(({ name }) => name);
    throw new UsageError(
      `there is no command '${argument}'`,
      ...didYouMean(argument, names),
      `commands: ${names.join(', ')}`,
    );
  }
  await io.stdout.write(commandHelp(command, io.program, width));
  return FINE;
}
