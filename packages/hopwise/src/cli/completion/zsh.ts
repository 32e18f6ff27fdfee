import { COMMANDS, type CommandSpec } from '../commands.ts';
import { flagOf } from '../flag-of.ts';
import type { FlagName } from '../flags.ts';
import { argumentWords, flagValues, plain } from './words.ts';

/** The completion script for zsh. */
export function zshCompletion(): string {
  return `#compdef hopwise
_hopwise() {
  local context state state_descr line
  typeset -A opt_args
  _arguments -C '1: :->command' '*:: :->arguments'
  case $state in
    command)
      local -a commands=(
${COMMANDS.map(({ name, about }) => `        '${name}:${plain(about)}'`).join('\n')}
      )
      _describe command commands ;;
    arguments)
      case $line[1] in
${COMMANDS.map(commandCase).join('\n')}
      esac ;;
  esac
}
if [[ $funcstack[1] == _hopwise ]]; then _hopwise "$@"; else compdef _hopwise hopwise; fi
`;
}

function commandCase(command: CommandSpec): string {
  const flags = command.flags.flatMap((name) => flagSpecs(command, name));
  const { argument } = command;
  const words = argument === undefined ? [] : argumentWords(argument);
  const positional =
    argument === undefined ? [] : [`'1:${argument.name}:${words.length > 0 ? `(${words.join(' ')})` : ' '}'`];
  return `        ${command.name})
          _arguments ${[...flags, ...positional].join(' \\\n            ')} ;;`;
}

function flagSpecs(command: CommandSpec, name: FlagName): string[] {
  const { short, value, path, repeat, about } = flagOf(command, name);
  const text = plain(about).replace(/[[\]:\\]/g, (character) => `\\${character}`);
  const values = flagValues(command, name);
  const action = values === undefined ? (path === true ? '_files' : ' ') : `(${values.join(' ')})`;
  const tail = value === undefined ? '' : `:${plain(value).replaceAll(':', '\\:')}:${action}`;
  const spellings = [`--${name}`, ...(short === undefined ? [] : [`-${short}`])];
  return spellings.map((spelling) => `'${repeat === true ? '*' : ''}${spelling}[${text}]${tail}'`);
}
