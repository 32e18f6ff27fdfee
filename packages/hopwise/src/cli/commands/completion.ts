import { bashCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import { SHELLS } from '../completion/words.ts';
import { zshCompletion } from '../completion/zsh.ts';
import { FINE } from '../exit-codes.ts';
import type { Invocation } from '../invocation.ts';
import type { CliIo } from '../io.ts';
import { didYouMean } from '../suggest.ts';
import { UsageError } from '../usage-error.ts';

const SCRIPTS: ReadonlyMap<string, () => string> = new Map([
  ['bash', bashCompletion],
  ['zsh', zshCompletion],
  ['fish', fishCompletion],
]);

/** The script that teaches a shell the commands and flags. */
export async function run({ argument = '' }: Invocation, io: CliIo): Promise<number> {
  const script = SCRIPTS.get(argument);
  if (script === undefined) {
    throw new UsageError(
      `no completion for '${argument}'`,
      ...didYouMean(argument, SHELLS),
      `shells: ${SHELLS.join(', ')}`,
    );
  }
  await io.stdout.write(script());
  return FINE;
}
