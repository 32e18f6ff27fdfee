import { parseArgs } from 'node:util';
import { NotHere } from '../../controlplane/go-programs.ts';
import { openBench } from './bench.ts';
import { readCases, scenarioOf, writeCase } from './cases.ts';
import { describeDisagreement, runDifferential } from './differential.ts';
import { findOrBuildPrograms, type Programs } from './programs.ts';

// node_modules/.bin/node test/differential/gateway-api/run.ts [--requests 10000] [--seed N]
//   compares hopwise with Envoy Gateway and Envoy; a failure is shrunk and kept in cases/. Exit code 77 where they cannot be had.
// … run.ts --record [NAME]
//   asks Envoy the requests of the cases (or of one) again and writes its answers into them.

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { requests: { type: 'string' }, seed: { type: 'string' }, record: { type: 'boolean' } },
});

try {
  const programs = await findOrBuildPrograms(console.error);
  if (values.record === true) await record(programs, positionals[0]);
  else await compare(programs, Number(values.requests ?? 10_000), Number(values.seed ?? Date.now() % 1_000_000));
} catch (error) {
  if (!(error instanceof NotHere)) throw error;
  console.error(`not compared: ${error.message}`);
  process.exitCode = 77;
}

async function compare(programs: Programs, requests: number, seed: number): Promise<void> {
  console.log(`seed ${seed}`);
  const started = Date.now();
  const { asked, scenarios, refused, failures } = await runDifferential(programs, { seed, requests }, console.error);
  for (const { scenario, disagreements } of failures) {
    const about = disagreements.map(describeDisagreement).join('\n');
    const requests = scenario.requests.map((request) => ({ request, answer: { status: 0 } }));
    const file = writeCase({ name: scenario.name, about, objects: scenario.objects, requests });
    console.log(`${about}\n  kept as ${file}: say what it is about, then run.ts --record ${scenario.name}`);
  }
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(
    `${asked.http} HTTP and ${asked.grpc} gRPC requests in ${scenarios} scenarios (${refused} refused by both) from seed ${seed} on: ${failures.length} failures, ${seconds} s`,
  );
  process.exitCode = failures.length === 0 ? 0 : 1;
}

async function record(programs: Programs, name: string | undefined): Promise<void> {
  const bench = await openBench(programs);
  for (const kept of readCases().filter((entry) => name === undefined || entry.name === name)) {
    const [translation] = await bench.prepare([scenarioOf(kept)]);
    if (translation === undefined || translation instanceof Error) throw new Error(`${kept.name}: ${translation}`);
    const { answers, refused, disagreements } = await bench.compare(scenarioOf(kept), translation);
    const requests = kept.requests.map(({ request, answer }, at) => ({ request, answer: answers[at] ?? answer }));
    writeCase({ ...kept, requests, ...(refused.length > 0 ? { refused: true } : {}) });
    console.log(`${kept.name}: ${disagreements.map(describeDisagreement).join('; ') || 'agrees'}`);
  }
  await bench.stop();
}
