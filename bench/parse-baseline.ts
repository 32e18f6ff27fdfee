import { createReadStream, readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';

// node bench/parse-baseline.ts FILE whole|items
//
// What nothing that reads the file can beat: JSON.parse of the same bytes and nothing else. `whole` is one call over the
// whole text, where the text fits into a string; `items` is one call per item, letting go of each object at once, which is
// quicker because nothing has to be kept.

export interface ParseResult {
  readonly seconds: number;
  readonly residentMiB: number;
}

const [file = '', mode] = process.argv.slice(2);
const start = performance.now();
if (mode === 'whole') JSON.parse(readFileSync(file, 'utf8'));
else for await (const line of createInterface({ input: createReadStream(file) })) parseItem(line);
const result: ParseResult = {
  seconds: (performance.now() - start) / 1000,
  residentMiB: process.resourceUsage().maxRSS / 1024,
};
console.log(JSON.stringify(result));

/** Knows how generate-cluster.ts writes: the List's head in the first line, then one item a line, then the tail. */
function parseItem(line: string): void {
  if (!line.startsWith('{') || line.includes('"kind":"List"')) return;
  JSON.parse(line.endsWith(',') ? line.slice(0, -1) : line);
}
