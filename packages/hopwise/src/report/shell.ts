/** Safe unquoted in every POSIX shell and in zsh (where a leading `=` or `~` is expanded). */
const BARE = /^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/;
const NEEDS_ESCAPES = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/**
 * One word of a shell command, quoted so that the shell passes on exactly this text whatever it holds. Text with control
 * or invisible characters becomes `$'…'` (bash, zsh, ksh), so that a command never spans lines or hides anything.
 */
export function quoteWord(word: string): string {
  if (BARE.test(word)) return word;
  if (NEEDS_ESCAPES.test(word)) return `$'${escapeAnsiC(word)}'`;
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** A whole command from its words, each quoted where it has to be. */
export function joinCommand(words: readonly string[]): string {
  return words.map(quoteWord).join(' ');
}

function escapeAnsiC(word: string): string {
  let text = '';
  for (const character of word) {
    const code = character.codePointAt(0) ?? 0;
    if (character === '\\' || character === "'") text += `\\${character}`;
    else if (!NEEDS_ESCAPES.test(character)) text += character;
    // Two hexadecimal digits would swallow a digit that follows; \u and \U have fixed lengths in all three shells.
    else if (code < 0x10000) text += `\\u${code.toString(16).padStart(4, '0')}`;
    else text += `\\U${code.toString(16).padStart(8, '0')}`;
  }
  return text;
}
