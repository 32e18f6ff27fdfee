import type { CommandSpec } from './commands.ts';
import { type FlagName, type FlagSpec, flagSpec } from './flags.ts';

/** A flag as this command means it: `-o` is a format where something is answered and a file where something is written. */
export function flagOf(command: CommandSpec, name: FlagName): FlagSpec {
  const spec = flagSpec(name);
  return name === 'output' && command.writes !== undefined ? { ...spec, ...command.writes, path: true } : spec;
}
