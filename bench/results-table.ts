import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';

export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly baseline: string;
  readonly ratio: string;
  readonly goal: string;
  readonly met: boolean;
}

/** The rows as a Markdown table. */
export function formatRows(rows: readonly Row[]): string {
  const head = '| what | measured | baseline | ratio | goal | |\n|---|---|---|---|---|---|';
  const lines = rows.map((row) => {
    const mark = row.goal === '' ? '' : row.met ? 'met' : '**missed**';
    return `| ${row.what} | ${row.measured} | ${row.baseline} | ${row.ratio} | ${row.goal} | ${mark} |`;
  });
  return [head, ...lines].join('\n');
}

/** Puts the rows, and what they were measured on, where docs/performance.md has `<!-- begin: NAME -->`. */
export function writeRows(name: string, rows: readonly Row[]): void {
  const file = join(import.meta.dirname, '..', 'docs', 'performance.md');
  const text = readFileSync(file, 'utf8');
  const mark = `<!-- begin: ${name} -->`;
  const [before = '', rest = ''] = text.split(mark);
  const after = rest.slice(rest.indexOf('<!-- end -->'));
  const date = new Date().toISOString().slice(0, 10);
  const machine = `Measured ${date} with Node ${process.version} on ${cpus().length} cores of ${cpus()[0]?.model ?? 'an unknown CPU'}, load ${loadavg()[0]?.toFixed(1)}.`;
  writeFileSync(file, `${before}${mark}\n${formatRows(rows)}\n\n${machine}\n${after}`);
}
