import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle, isBundleFresh } from '../tools/build/bundle.ts';
import { type ClusterSize, FULL_SIZE, generateCluster } from './generate-cluster.ts';
import { measureCold } from './measure-cold.ts';
import type { ScanResult } from './measure-scan.ts';
import type { TracesResult } from './measure-traces.ts';
import type { ParseResult } from './parse-baseline.ts';
import { formatRows, type Row, writeRows } from './results-table.ts';

// npm run bench                          everything at full size
// npm run bench -- --scale 0.05          a twentieth of the cluster (for CI)
// npm run bench -- --only cold,traces    some of cold, traces, scan
// npm run bench -- -o json
// npm run bench -- --write                and put the table into docs/performance.md
//
// Every figure is a ratio against a baseline taken in the same run, so that a slow machine does not look like slow code.

const { values } = parseArgs({
  options: {
    scale: { type: 'string', default: '1' },
    only: { type: 'string', default: 'cold,traces,scan' },
    output: { type: 'string', short: 'o', default: 'text' },
    write: { type: 'boolean', default: false },
  },
});
const wanted = new Set(values.only.split(','));
const size = scaled(Number(values.scale));
const folder = mkdtempSync(join(tmpdir(), 'hopwise-bench-'));
const rows: Row[] = [];
try {
  if (wanted.has('cold')) rows.push(await rowOfCold());
  if (wanted.has('traces')) rows.push(...rowsOfTraces());
  if (wanted.has('scan')) rows.push(...rowsOfScan());
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(values.output === 'json' ? JSON.stringify({ size, rows }, null, 2) : formatRows(rows));
if (values.write) writeRows('table', rows);

async function rowOfCold(): Promise<Row> {
  if (!isBundleFresh()) await bundle();
  const { diagnoseMs, emptyMs, ratio } = measureCold();
  return {
    what: 'cold `hopwise diagnose` of the bundled capture, against `node -e 0`',
    measured: `${diagnoseMs.toFixed(0)} ms`,
    baseline: `${emptyMs.toFixed(0)} ms`,
    ratio: ratio.toFixed(2),
    goal: '≤ 5',
    met: ratio <= 5,
  };
}

function rowsOfTraces(): Row[] {
  const file = join(folder, 'routes.json');
  generateCluster(file, { nodes: 10, pods: size.services, services: size.services, routes: size.routes });
  const { decisionsPerSecond, tracesPerSecond } = runScript<TracesResult>(
    'measure-traces.ts',
    file,
    String(size.routes),
  );
  const row = (what: string, perSecond: number, goal: string, met: boolean): Row => ({
    what: `${what}, ${size.routes.toLocaleString('en')} routes, one core`,
    measured: `${perSecond.toLocaleString('en')}/s`,
    baseline: '',
    ratio: '',
    goal,
    met,
  });
  return [
    row('requests through the compiled route table', decisionsPerSecond, '≥ 100,000/s', decisionsPerSecond >= 100_000),
    row('whole traces as documents', tracesPerSecond, '', true),
  ];
}

function rowsOfScan(): Row[] {
  const cluster = generateCluster(join(folder, 'cluster.json'), size);
  const items = runScript<ParseResult>('parse-baseline.ts', cluster.file, 'items');
  const whole = fitsString(cluster.bytes)
    ? runScript<ParseResult>('parse-baseline.ts', cluster.file, 'whole')
    : undefined;
  const scan = runScript<ScanResult>('measure-scan.ts', cluster.file);
  if (scan.causes.length !== cluster.faults) {
    throw new Error(
      `the scan found ${scan.causes.length} causes, ${cluster.faults} were put in: ${scan.causes.slice(0, 5).join(', ')}`,
    );
  }
  const what = `scan of ${(cluster.bytes / 2 ** 20).toFixed(0)} MiB (${cluster.objects.toLocaleString('en')} objects)`;
  const measured = `${scan.seconds.toFixed(1)} s (reading ${scan.loadSeconds.toFixed(1)}, scanning ${scan.scanSeconds.toFixed(1)})`;
  const against = (name: string, baseline: number): Row => ({
    what: `${what}, against JSON.parse of the same bytes, ${name}`,
    measured,
    baseline: `${baseline.toFixed(1)} s`,
    ratio: (scan.seconds / baseline).toFixed(2),
    goal: '≤ 1.5',
    met: scan.seconds / baseline <= 1.5,
  });
  return [
    ...(whole === undefined ? [] : [against('in one call', whole.seconds)]),
    against('item by item', items.seconds),
    {
      what: `${what}, most memory resident`,
      measured: `${scan.residentMiB.toFixed(0)} MiB`,
      baseline: whole === undefined ? '' : `${whole.residentMiB.toFixed(0)} MiB`,
      ratio: whole === undefined ? '' : (scan.residentMiB / whole.residentMiB).toFixed(2),
      goal: '≤ 1024 MiB',
      met: scan.residentMiB <= 1024,
    },
  ];
}

/** V8 holds at most 2^29 - 24 characters in one string. */
function fitsString(bytes: number): boolean {
  return bytes < 2 ** 29 - 24;
}

/** Runs a measurement in a process of its own; it prints its result as JSON. */
function runScript<Result>(name: string, ...args: readonly string[]): Result {
  const done = spawnSync(process.execPath, [join(import.meta.dirname, name), ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (done.status !== 0) throw new Error(`${name} failed`);
  return JSON.parse(done.stdout) as Result;
}

function scaled(scale: number): ClusterSize {
  if (!(scale > 0 && scale <= 1)) throw new Error('--scale wants a number above 0 and at most 1');
  const of = (full: number): number => Math.max(1, Math.round(full * scale));
  return {
    nodes: of(FULL_SIZE.nodes),
    pods: of(FULL_SIZE.pods),
    services: of(FULL_SIZE.services),
    routes: of(FULL_SIZE.routes),
  };
}
