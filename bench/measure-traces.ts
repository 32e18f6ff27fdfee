import { performance } from 'node:perf_hooks';
import type { RequestInput } from '../packages/hopwise/src/engine/contract.ts';
import { loadSnapshot, trace } from '../packages/hopwise/src/engine/engine.ts';
import { readRequest } from '../packages/hopwise/src/engine/read-request.ts';
import { routesOf } from '../packages/hopwise/src/engine/routed.ts';
import { openSource } from '../packages/hopwise/src/sources/open.ts';
import { urlOfRoute } from './generate-cluster.ts';

// node bench/measure-traces.ts FILE ROUTES
//
// One core, one table: how many requests a second find their rule in the compiled route table, and how many whole traces
// (every hop, losing rules, predicted status, as a document) a second that makes.

export interface TracesResult {
  readonly routes: number;
  readonly decisionsPerSecond: number;
  readonly tracesPerSecond: number;
}

const SECONDS_EACH = 2;

const [file = '', count = '1'] = process.argv.slice(2);
const routes = Number(count);
const snapshot = await loadSnapshot(await openSource(file), new AbortController().signal);
const { table, compiled } = routesOf(snapshot.model);
const gateway = table.gateways.find(({ hosts }) => hosts.length > 1);
if (gateway === undefined) throw new Error('the generated cluster has no gateway');
const inputs = Array.from(
  { length: 20_000 },
  (_, index): RequestInput => ({ url: urlOfRoute((index * 7919) % routes) }),
);
const requests = inputs.map(readRequest);
const matcher = compiled.of(gateway);

const decisionsPerSecond = measure((index) => matcher.match(requests[index % requests.length] ?? never()));
const tracesPerSecond = measure((index) => trace(snapshot, inputs[index % inputs.length] ?? never()));
const missed = requests.filter((request) => matcher.match(request).rule === undefined).length;
if (missed > 0) throw new Error(`${missed} requests found no rule: what was measured is not a decision`);
const result: TracesResult = { routes, decisionsPerSecond, tracesPerSecond };
console.log(JSON.stringify(result));

/** Calls a second, after a warm-up of half the time. */
function measure(call: (index: number) => void): number {
  repeat(call, SECONDS_EACH / 2);
  const { calls, seconds } = repeat(call, SECONDS_EACH);
  return Math.round(calls / seconds);
}

function repeat(call: (index: number) => void, wanted: number): { calls: number; seconds: number } {
  const start = performance.now();
  let calls = 0;
  let seconds = 0;
  while (seconds < wanted) {
    // The clock is read seldom enough not to be part of what is measured.
    for (let batch = 0; batch < 64; batch++) call(calls++);
    seconds = (performance.now() - start) / 1000;
  }
  return { calls, seconds };
}

function never(): never {
  throw new Error('no requests');
}
