const MAX_PAIRS = 64;

/**
 * Reads `key=value key="quoted value"` pairs. A value without quotes runs to the next ` word=`, because real programs
 * write `msg=Starting the public httpd on: :4433` without quoting.
 */
export function readLogfmt(text: string): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  const starts: { key: string; from: number; value: number }[] = [];
  let at = 0;
  while (starts.length < MAX_PAIRS) {
    const equals = text.indexOf('=', at);
    if (equals < 0) break;
    const from = keyStart(text, equals);
    if (from < 0 || from < at) {
      at = equals + 1;
      continue;
    }
    starts.push({ key: text.slice(from, equals), from, value: equals + 1 });
    at = text[equals + 1] === '"' ? closingQuote(text, equals + 1) + 1 : equals + 1;
  }
  starts.forEach((start, index) => {
    if (pairs.has(start.key)) return;
    const end = starts[index + 1]?.from ?? text.length;
    pairs.set(start.key, unquote(text, start.value, end));
  });
  return pairs;
}

/** Where the key before an equals sign begins: at the line's start or after a blank; -1 when no key stands there. */
function keyStart(text: string, equals: number): number {
  let from = equals;
  while (from > 0 && equals - from < 64 && isKeyCharacter(text.charCodeAt(from - 1))) from--;
  if (from === equals) return -1;
  return from === 0 || text[from - 1] === ' ' || text[from - 1] === '\t' ? from : -1;
}

function isKeyCharacter(code: number): boolean {
  const letter = (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
  const digit = code >= 0x30 && code <= 0x39;
  return letter || digit || code === 0x5f || code === 0x2e || code === 0x2d || code === 0x40;
}

function closingQuote(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

function unquote(text: string, from: number, end: number): string {
  if (text[from] !== '"') return text.slice(from, end).trimEnd();
  return text
    .slice(from + 1, closingQuote(text, from))
    .replaceAll('\\"', '"')
    .replaceAll('\\\\', '\\');
}
