/* Literal and folded block scalars of YAML (section 8.1), as far as they are plainly right. */

export interface BlockScalar {
  readonly value: string;
  /** Start of the line behind the scalar. */
  readonly end: number;
}

const HEADER = /^([-+]?)([1-9]?)([-+]?)(?: +#.*| *)$/;

/**
 * Reads the block scalar whose `|` or `>` stands at `open`, in a collection indented by `parent`. Undefined for what is
 * wrong or rare: the full parser then reads it or says what is wrong.
 */
export function readBlockScalar(
  text: string,
  open: number,
  parent: number,
  inSequence: boolean,
): BlockScalar | undefined {
  const lineEnd = endOfLine(text, open);
  const [, before, width, after] = HEADER.exec(text.slice(open + 1, lineEnd)) ?? [];
  if (before === undefined || (before !== '' && after !== '')) return undefined;
  // An indentation indicator counts from the parent, which for list items is not always where the dash is.
  if (width !== '' && inSequence) return undefined;
  const body = readLines(text, lineEnd + 1, parent, width === '' ? 0 : parent + Number(width));
  if (body === undefined) return undefined;
  const isFolded = text[open] === '>';
  // `>` keeps the breaks around lines that start with a blank: rare in manifests.
  if (isFolded && body.lines.some((line) => line.startsWith(' ') || line.startsWith('\t'))) return undefined;
  const value = chomp(body.lines, before || after || '', isFolded, body.end <= text.length);
  return { value, end: Math.min(body.end, text.length) };
}

function readLines(
  text: string,
  from: number,
  parent: number,
  given: number,
): { lines: string[]; end: number } | undefined {
  const lines: string[] = [];
  let indent = given;
  let at = from;
  while (at < text.length) {
    const stop = endOfLine(text, at);
    let ink = at;
    while (ink < stop && text[ink] === ' ') ink++;
    const column = ink - at;
    if (ink === stop) {
      // A blank line deeper than the first line of text is an error, and the text is not known yet.
      if (indent === 0 && column > parent + 1) return undefined;
      lines.push(indent > 0 && column > indent ? text.slice(at + indent, stop) : '');
    } else {
      if (column <= parent && (indent === 0 || column < indent)) break;
      if (indent === 0) indent = column;
      // Only a line that ends the scalar may be indented less; a tab may be meant as indentation.
      if (column < indent || (text[ink] === '\t' && column === parent + 1 && lines.length === 0)) return undefined;
      lines.push(text.slice(at + indent, stop));
    }
    at = stop + 1;
  }
  return { lines, end: at };
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function chomp(lines: readonly string[], chomping: string, isFolded: boolean, endsWithBreak: boolean): string {
  let last = lines.length;
  while (last > 0 && lines[last - 1] === '') last--;
  const blank = lines.length - last;
  const kept = lines.slice(0, last);
  const body = isFolded ? fold(kept) : kept.join('\n');
  if (chomping === '-') return body;
  if (chomping === '+') return last === 0 ? '\n'.repeat(blank) : body + '\n'.repeat(blank + (endsWithBreak ? 1 : 0));
  return last === 0 || !(endsWithBreak || blank > 0) ? body : `${body}\n`;
}

/** One break is a blank, n blank lines between are n breaks. */
function fold(lines: readonly string[]): string {
  let out = '';
  let blanks = 0;
  let isFirst = true;
  for (const line of lines) {
    if (line === '') {
      blanks++;
      continue;
    }
    const joint = blanks === 0 && !isFirst ? ' ' : '\n'.repeat(blanks);
    out += joint + line;
    isFirst = false;
    blanks = 0;
  }
  return out;
}
