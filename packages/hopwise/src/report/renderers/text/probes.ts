import type { ProbeDocument } from '../../diagnosis.ts';
import { PROBE_TITLES, type ProbeCell, type ProbeRow, probeRemarks, probeRows } from '../../probe-table.ts';
import { clip, displayWidth, padEnd } from '../../width.ts';
import type { Page } from './page.ts';

const GAP = '  ';
/** What a target and a result get at least, before the table gives way to sentences. */
const ROOM_FOR_TARGET = 16;
const ROOM_FOR_RESULT = 10;

/**
 * What was tried, one line per target with the milliseconds of each part:
 *
 *     target                    DNS  TCP  TLS  wait  read
 *     ✗ shop.example.com:443      3    1    5    ✗12        ECONNRESET
 */
export function writeProbes(page: Page, probes: readonly ProbeDocument[]): void {
  if (probes.length === 0) return;
  const lines = page.section('What was tried', 'milliseconds');
  const rows = probeRows(probes);
  const used = PROBE_TITLES.map((_, at) =>
    rows.some((row) => row.cells[at]?.text !== '' || row.cells[at]?.failed === true),
  );
  const columns = PROBE_TITLES.map((title, at) =>
    used[at] === true ? Math.max(title.length, ...rows.map((row) => cellText(page, row.cells[at]).length)) : 0,
  );
  const numbers = columns.reduce((sum, width) => sum + (width === 0 ? 0 : width + GAP.length), 0);
  const left = page.width - 4 - numbers - GAP.length;
  const result = Math.min(Math.max(...rows.map((row) => displayWidth(row.result))), left - ROOM_FOR_TARGET);
  if (result < Math.min(ROOM_FOR_RESULT, Math.max(...rows.map((row) => displayWidth(row.result))))) {
    for (const [at, row] of rows.entries())
      lines.push(...page.marked(page.paint.mark(row.mark), `${row.target}: ${probes[at]?.summary ?? row.result}`, GAP));
  } else {
    const target = Math.min(Math.max(...rows.map((row) => displayWidth(row.target))), left - result);
    const heads = PROBE_TITLES.flatMap((title, at) => (columns[at] === 0 ? [] : [title.padStart(columns[at] ?? 0)]));
    lines.push(page.paint.dim(`    ${padEnd('', target)}${GAP}${heads.join(GAP)}`));
    for (const row of rows) lines.push(tableLine(page, row, target, columns, result));
  }
  for (const remark of probeRemarks(probes)) lines.push(...page.text(remark));
}

function tableLine(page: Page, row: ProbeRow, target: number, columns: readonly number[], result: number): string {
  const { ellipsis } = page.paint.glyphs;
  const cells = row.cells.flatMap((cell, at) => {
    const width = columns[at] ?? 0;
    if (width === 0) return [];
    const text = cellText(page, cell).padStart(width);
    return [cell.failed ? page.paint.mark('broken', text) : text];
  });
  const name = padEnd(clip(row.target, target, ellipsis), target);
  return `${GAP}${page.paint.mark(row.mark)} ${name}${GAP}${cells.join(GAP)}${GAP}${clip(row.result, result, ellipsis)}`;
}

function cellText(page: Page, cell: ProbeCell | undefined): string {
  if (cell === undefined) return '';
  return cell.failed ? `${page.paint.glyphs.marks.broken}${cell.text}` : cell.text;
}
