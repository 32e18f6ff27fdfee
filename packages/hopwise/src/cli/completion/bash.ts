import { COMMANDS, type CommandSpec } from '../commands.ts';
import { flagOf } from '../flag-of.ts';
import { argumentWords, flagValues } from './words.ts';

/** The completion script for bash (needs nothing but bash itself). */
export function bashCompletion(): string {
  return `# bash completion for hopwise
_hopwise() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command=''
  local word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in ${COMMANDS.map(({ name }) => name).join('|')}) command="$word"; break ;; esac
  done
  COMPREPLY=()
  case "$command" in
    '') COMPREPLY=($(compgen -W '${COMMANDS.map(({ name }) => name).join(' ')}' -- "$current")) ;;
${COMMANDS.map(commandCase).join('\n')}
  esac
}
complete -o default -F _hopwise hopwise
`;
}

function commandCase(command: CommandSpec): string {
  const flags = command.flags.flatMap((name) => {
    const { short } = flagOf(command, name);
    return [`--${name}`, ...(short === undefined ? [] : [`-${short}`])];
  });
  const valued = command.flags.flatMap((name) => {
    const { short, path, value } = flagOf(command, name);
    if (value === undefined) return [];
    const pattern = short === undefined ? `--${name}` : `--${name}|-${short}`;
    const values = flagValues(command, name);
    if (values !== undefined)
      return [`        ${pattern}) COMPREPLY=($(compgen -W '${values.join(' ')}' -- "$current")); return ;;`];
    return [`        ${pattern}) ${path === true ? 'COMPREPLY=($(compgen -f -- "$current")); ' : ''}return ;;`];
  });
  const words = command.argument === undefined ? [] : argumentWords(command.argument);
  return `    ${command.name})
      case "$previous" in
${valued.join('\n')}${valued.length > 0 ? '\n' : ''}        *) ;;
      esac
      case "$current" in
        -*) COMPREPLY=($(compgen -W '${flags.join(' ')}' -- "$current")) ;;
        *) COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$current")) ;;
      esac ;;`;
}
