/** A blank-separated word or a quoted field of a log line, without its quotes. */
export interface Token {
  readonly value: string;
  readonly quoted: boolean;
}

const MOST_TOKENS = 80;

/** Splits at blanks; double quotes hold a field together and a backslash hides the next character in them. */
export function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length && tokens.length < MOST_TOKENS) {
    if (text[at] === ' ' || text[at] === '\t') {
      at++;
      continue;
    }
    const token = text[at] === '"' ? quoted(text, at) : bare(text, at);
    tokens.push(token.token);
    at = token.end;
  }
  return tokens;
}

function bare(text: string, from: number): { token: Token; end: number } {
  let end = from;
  while (end < text.length && text[end] !== ' ' && text[end] !== '\t') end++;
  return { token: { value: text.slice(from, end), quoted: false }, end };
}

function quoted(text: string, from: number): { token: Token; end: number } {
  let end = from + 1;
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  return { token: { value: text.slice(from + 1, end), quoted: true }, end: end + 1 };
}
