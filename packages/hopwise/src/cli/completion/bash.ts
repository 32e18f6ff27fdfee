import { COMMANDS, type CommandSpec } from '../commands.ts';
import { flagOf } from '../flag-of.ts';
import { argumentWords, COMPLETE, flagValues } from './words.ts';

/** The completion script for bash (needs nothing but bash itself). */
export function bashCompletion(): string {
  return `# bash completion for hopwise
# Names that only the kubeconfig or the cluster knows. The line is split anew, because bash also splits at : and =.
_hopwise_ask() {
  local line="\${COMP_LINE:0:COMP_POINT}" word
  local full="\${line##*[[:space:]]}" words
  read -ra words <<<"$line"
  [ -n "$full" ] || words+=('')
  local cut="\${full%"$current"}"
  while IFS= read -r word; do
    case "$word" in :[0-9]) continue ;; */) compopt -o nospace 2>/dev/null ;; esac
    COMPREPLY+=("\${word#"$cut"}")
  done < <("\${words[0]}" ${COMPLETE} "\${words[@]:1}" 2>/dev/null)
}
_hopwise() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command=''
  local word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in ${COMMANDS.map(({ name }) => name).join('|')}) command="$word"; break ;; esac
  done
  COMPREPLY=()
  local line="\${COMP_LINE:0:COMP_POINT}"
  case "\${line##*[[:space:]]}" in --*=*) _hopwise_ask; return ;; esac
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
    const { short, path, value, complete } = flagOf(command, name);
    if (value === undefined) return [];
    const pattern = short === undefined ? `--${name}` : `--${name}|-${short}`;
    if (complete !== undefined) return [`        ${pattern}) _hopwise_ask; return ;;`];
    const values = flagValues(command, name);
    if (values !== undefined)
      return [`        ${pattern}) COMPREPLY=($(compgen -W '${values.join(' ')}' -- "$current")); return ;;`];
    return [`        ${pattern}) ${path === true ? 'COMPREPLY=($(compgen -f -- "$current")); ' : ''}return ;;`];
  });
  const words = command.argument === undefined ? [] : argumentWords(command.argument);
  const argument =
    command.argument?.complete === 'requests'
      ? '_hopwise_ask'
      : `COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$current"))`;
  return `    ${command.name})
      case "$previous" in
${valued.join('\n')}${valued.length > 0 ? '\n' : ''}        *) ;;
      esac
      case "$current" in
        -*) COMPREPLY=($(compgen -W '${flags.join(' ')}' -- "$current")) ;;
        *) ${argument} ;;
      esac ;;`;
}
