/**
 * One word of a POSIX shell command: as it is when harmless, else in single quotes. A leading `=` is quoted too, since zsh
 * expands it. Control characters are left to whoever prints the command.
 */
export function shellQuote(word: string): string {
  return /^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
