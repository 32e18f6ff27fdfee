import { CAUSE_IDS } from '../../checks/causes.ts';
import { type ArgumentSpec, COMMANDS, type CommandSpec } from '../commands.ts';
import { type FlagName, flagSpec } from '../flags.ts';

/** The hidden command by which completion scripts ask for names that only the kubeconfig or the cluster knows. */
export const COMPLETE = '__complete';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** The only values of a flag, as this command takes them; undefined when they are free. */
export function flagValues(command: CommandSpec, flag: FlagName): readonly string[] | undefined {
  return flag === 'output' ? command.outputs : flagSpec(flag).values;
}

/** What completion offers for a command's argument. */
export function argumentWords({ complete }: ArgumentSpec): readonly string[] {
  if (complete === 'causes') return CAUSE_IDS;
  if (complete === 'shells') return SHELLS;
  return complete === 'commands' ? COMMANDS.map(({ name }) => name) : [];
}

/** Safe inside single quotes in all three shells. */
export function plain(text: string): string {
  return text.replaceAll("'", '’');
}
