/**
 * One word of a POSIX shell command: as it is when harmless, else in single quotes. A leading `=` is quoted too (zsh expands
 * it), and a word with control characters becomes `$'…'`, so that nothing reaches a terminal raw.
 */
export function shellQuote(word: string): string {
  if (/^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/.test(word)) return word;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (!/[\u0000-\u001f\u007f]/.test(word)) return `'${word.replaceAll("'", `'\\''`)}'`;
  const escaped = Array.from(word, (char) => {
    const code = char.charCodeAt(0);
    if (char === "'" || char === '\\') return `\\${char}`;
    return code < 32 || code === 127 ? `\\x${code.toString(16).padStart(2, '0')}` : char;
  });
  return `$'${escaped.join('')}'`;
}
