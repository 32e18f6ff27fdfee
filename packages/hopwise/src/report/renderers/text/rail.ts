import { MARK_MEANINGS, type RailCell, type RailMark } from '../../hop-rail.ts';
import { clip, displayWidth, padEnd } from '../../width.ts';
import type { Page } from './page.ts';

const INDENT = '  ';

/**
 * The hops on one line with their marks below, over several lines where the page is narrow, then what the marks mean:
 *
 *     client ─ DNS ─ edge ─ Traefik ─ Service ─ policy ╳ Pod ─ app
 *       ✓       ✓     ✓        ✓         ✓        ✗       ·     ·
 */
export function railLines(page: Page, cells: readonly RailCell[]): string[] {
  const lines: string[] = [];
  let names = INDENT;
  let marks = INDENT;
  let columns = INDENT.length;
  const flush = (): void => {
    lines.push(names, marks);
    names = INDENT;
    marks = INDENT;
    columns = INDENT.length;
  };
  for (const [index, cell] of cells.entries()) {
    const label = padEnd(clip(cell.label, 24, page.paint.glyphs.ellipsis), 1);
    const width = displayWidth(label);
    const last = index === cells.length - 1;
    if (columns > INDENT.length && columns + width + (last ? 0 : 2) > page.width) flush();
    const before = Math.floor((width - 1) / 2);
    names += label;
    marks += ' '.repeat(before) + page.paint.mark(cell.mark) + ' '.repeat(width - before - 1);
    columns += width;
    if (last) break;
    const joint = cell.cut ? page.paint.mark('broken', page.paint.glyphs.cut) : page.paint.dim(page.paint.glyphs.line);
    names += ` ${joint} `;
    marks += '   ';
    columns += 3;
  }
  if (cells.length > 0) flush();
  return [...lines, ...legend(page, cells)];
}

/** Only what is not plain from the signs themselves. */
function legend(page: Page, cells: readonly RailCell[]): string[] {
  const explained: readonly RailMark[] = ['suspect', 'unknown', 'unreached'];
  const used = explained.filter((mark) => cells.some((cell) => cell.mark === mark));
  if (used.length === 0) return [];
  const text = used.map((mark) => `${page.paint.glyphs.marks[mark]} ${MARK_MEANINGS[mark]}`).join('   ');
  return page.text(text).map(page.paint.dim);
}
