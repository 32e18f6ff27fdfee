/** Spellings for the signs that hopwise itself writes, for terminals without UTF-8. */
const SPELLINGS: ReadonlyMap<string, string> = new Map([
  ['→', '->'],
  ['←', '<-'],
  ['…', '...'],
  ['–', '-'],
  ['—', '-'],
  ['‑', '-'],
  ['·', '.'],
  ['×', 'x'],
  ['≤', '<='],
  ['≥', '>='],
  ['≠', '!='],
  ['±', '+-'],
  ['‘', "'"],
  ['’', "'"],
  ['“', '"'],
  ['”', '"'],
  ['µ', 'u'],
]);

/** The text in ASCII: known signs spelled out, anything else as a `\u` escape. */
export function toAscii(text: string): string {
  return text.replace(/[^ -~\n]/gu, (character) => {
    const spelling = SPELLINGS.get(character);
    return spelling ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}
