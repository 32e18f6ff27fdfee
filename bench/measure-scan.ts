import { performance } from 'node:perf_hooks';
import { loadSnapshot, scan } from '../packages/hopwise/src/engine/engine.ts';
import { openSource } from '../packages/hopwise/src/sources/open.ts';

// node bench/measure-scan.ts FILE: reads the cluster and scans every route, entry point and Service of it.

export interface ScanResult {
  readonly loadSeconds: number;
  readonly scanSeconds: number;
  readonly seconds: number;
  readonly residentMiB: number;
  readonly targets: number;
  readonly causes: readonly string[];
}

const [file = ''] = process.argv.slice(2);
const start = performance.now();
const snapshot = await loadSnapshot(await openSource(file), new AbortController().signal);
const loaded = performance.now();
const document = scan(snapshot, {});
const done = performance.now();
const result: ScanResult = {
  loadSeconds: (loaded - start) / 1000,
  scanSeconds: (done - loaded) / 1000,
  seconds: (done - start) / 1000,
  residentMiB: process.resourceUsage().maxRSS / 1024,
  targets: document.targets.length,
  causes: document.causes.map(({ id, object }) => `${id} ${object}`),
};
console.log(JSON.stringify(result));
