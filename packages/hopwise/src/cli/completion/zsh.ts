import { COMMANDS, type CommandSpec } from '../commands.ts';
import { flagOf } from '../flag-of.ts';
import type { FlagName } from '../flags.ts';
import { argumentWords, COMPLETE, flagValues, plain } from './words.ts';

/** The completion script for zsh. */
export function zshCompletion(): string {
  return `#compdef hopwise
# Names that only the kubeconfig or the cluster knows; after *:: the words begin with the command.
_hopwise_ask() {
  local -a found
  found=(\${(f)"$(hopwise ${COMPLETE} "\${(@Q)words[1,CURRENT]}" 2>/dev/null)"})
  found=(\${\${found:#:[0-9]}#--*=})
  compadd -S '' -- \${(M)found:#*/}
  compadd -- \${found:#*/}
}
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
    argument === undefined
      ? []
      : [
          `'1:${argument.name}:${argument.complete === 'requests' ? '_hopwise_ask' : words.length > 0 ? `(${words.join(' ')})` : ' '}'`,
        ];
  return `        ${command.name})
          _arguments ${[...flags, ...positional].join(' \\\n            ')} ;;`;
}

function flagSpecs(command: CommandSpec, name: FlagName): string[] {
  const { short, value, path, complete, repeat, about } = flagOf(command, name);
  const text = plain(about).replace(/[[\]:\\]/g, (character) => `\\${character}`);
  const values = flagValues(command, name);
  const free = path === true ? '_files' : complete === undefined ? ' ' : '_hopwise_ask';
  const action = values === undefined ? free : `(${values.join(' ')})`;
  const tail = value === undefined ? '' : `:${plain(value).replaceAll(':', '\\:')}:${action}`;
  const spellings = [`--${name}`, ...(short === undefined ? [] : [`-${short}`])];
  return spellings.map((spelling) => `'${repeat === true ? '*' : ''}${spelling}[${text}]${tail}'`);
}
