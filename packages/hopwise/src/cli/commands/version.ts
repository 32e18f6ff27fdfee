import { FINE } from '../exit-codes.ts';
import type { Invocation } from '../invocation.ts';
import type { CliIo } from '../io.ts';
import { VERSION } from '../version.ts';

/** Which hopwise is this? */
export async function run(_: Invocation, io: CliIo): Promise<number> {
  await io.stdout.write(`hopwise ${VERSION}\n`);
  return FINE;
}
