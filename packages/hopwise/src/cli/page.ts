import { toAscii } from '../report/ascii.ts';
import type { RenderOptions } from '../report/renderer.ts';
import { sanitize } from '../report/sanitize.ts';
import { wrap } from '../report/width.ts';

type View = Pick<RenderOptions, 'color' | 'width' | 'ascii'>;

/**
 * A Markdown page for the terminal: headings stand out, paragraphs and lists are wrapped to the width, code blocks are
 * kept as they are.
 */
export function renderPage(markdown: string, { color, width, ascii }: View): string {
  const bold = (text: string): string => (color ? `\x1b[1m${text}\x1b[0m` : text);
  const safe = (text: string): string => (ascii ? toAscii(sanitize(text)) : sanitize(text));
  const lines: string[] = [];
  let paragraph: { indent: string; next: string; text: string } | undefined;
  let fenced = false;
  const flush = (): void => {
    if (paragraph === undefined) return;
    const { indent, next, text } = paragraph;
    const [first = '', ...rest] = wrap(safe(text), width - next.length);
    lines.push(indent + first, ...rest.map((line) => next + line));
    paragraph = undefined;
  };
  for (const line of markdown.trimEnd().split('\n')) {
    const fence = /^\s*```/.test(line);
    const heading = /^#{1,6} +(.*)$/.exec(line);
    const item = /^(\s*)([-*]|\d+\.) +(.*)$/.exec(line);
    if (fence || fenced || heading !== null || line.trim() === '' || line.startsWith('|')) flush();
    if (fence) fenced = !fenced;
    else if (fenced) lines.push(`    ${safe(line.replaceAll('\t', '  '))}`);
    else if (heading !== null) lines.push(bold(safe(heading[1] ?? '')));
    else if (line.trim() === '') lines.push('');
    else if (line.startsWith('|')) lines.push(safe(line));
    else if (item !== null) {
      flush();
      const [, space = '', bullet = '', text = ''] = item;
      paragraph = { indent: `${space}${bullet} `, next: ' '.repeat(space.length + bullet.length + 1), text };
    } else if (paragraph === undefined) paragraph = { indent: '', next: '', text: line.trim() };
    else paragraph.text += ` ${line.trim()}`;
  }
  flush();
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}
