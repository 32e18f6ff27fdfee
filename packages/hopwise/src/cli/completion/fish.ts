import { COMMANDS, type CommandSpec } from '../commands.ts';
import { flagOf } from '../flag-of.ts';
import type { FlagName } from '../flags.ts';
import { argumentWords, COMPLETE, flagValues, plain } from './words.ts';

/** The completion script for fish. */
export function fishCompletion(): string {
  const names = COMMANDS.map(({ name }) => name).join(' ');
  return `# fish completion for hopwise
# Names that only the kubeconfig or the cluster knows.
function __hopwise_ask
  set -l words (commandline -opc) (commandline -ct)
  hopwise ${COMPLETE} $words[2..] 2>/dev/null | string match -v -r '^:[0-9]$' | string replace -r '^--[a-z-]+=' ''
end
complete -c hopwise -f
${COMMANDS.map(({ name, about }) => `complete -c hopwise -n 'not __fish_seen_subcommand_from ${names}' -a ${name} -d '${plain(about)}'`).join('\n')}
${COMMANDS.flatMap(commandLines).join('\n')}
`;
}

function commandLines(command: CommandSpec): string[] {
  const words = command.argument === undefined ? [] : argumentWords(command.argument);
  const seen = `-n '__fish_seen_subcommand_from ${command.name}'`;
  return [
    ...command.flags.map((name) => `complete -c hopwise ${seen} ${flagLine(command, name)}`),
    ...(command.argument?.complete === 'requests' ? [`complete -c hopwise ${seen} -a '(__hopwise_ask)'`] : []),
    ...(words.length === 0 ? [] : [`complete -c hopwise ${seen} -a '${words.join(' ')}'`]),
  ];
}

function flagLine(command: CommandSpec, name: FlagName): string {
  const { short, value, path, complete, about } = flagOf(command, name);
  const values = flagValues(command, name);
  return [
    `-l ${name}`,
    ...(short === undefined ? [] : [`-s ${short}`]),
    ...(value === undefined ? [] : [path === true ? '-r -F' : '-x']),
    ...(values === undefined ? [] : [`-a '${values.join(' ')}'`]),
    ...(complete === undefined ? [] : ["-a '(__hopwise_ask)'"]),
    `-d '${plain(about).replaceAll('\\', '\\\\')}'`,
  ].join(' ');
}
