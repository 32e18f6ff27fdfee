import { type Bench, openBench } from './bench.ts';
import { drawScenario, type Flavour } from './generate.ts';
import type { Programs } from './programs.ts';
import { type Disagreement, describeRequest, type Scenario } from './scenario.ts';
import { shrink } from './shrink.ts';

export interface Plan {
  /** The first seed; the following scenarios have the following numbers. */
  readonly seed: number;
  readonly requests: number;
}

export interface Report {
  readonly asked: Readonly<Record<Flavour, number>>;
  readonly scenarios: number;
  /** Scenarios whose configuration Envoy refused, as hopwise said it would: their requests were not asked. */
  readonly refused: number;
  readonly failures: readonly Failure[];
}
export interface Failure {
  readonly scenario: Scenario;
  readonly disagreements: readonly Disagreement[];
}

const REQUESTS_EACH = 200;
/** Every fifth scenario is about GRPCRoutes. */
const GRPC_EVERY = 5;
/** Scenarios that one run of the translator gets. */
const AT_ONCE = 5;
const SHRINK_ROUNDS = 40;
/** More failures than a person reads at once. */
const MOST_FAILURES = 3;

/**
 * Draws scenarios from the seed on and compares until so many requests are asked, or some have failed; a failure comes shrunk.
 * `say` is told how it goes.
 */
export async function runDifferential(programs: Programs, plan: Plan, say: (text: string) => void): Promise<Report> {
  const bench = await openBench(programs);
  try {
    return await compareAll(bench, plan, say);
  } finally {
    await bench.stop();
  }
}

async function compareAll(bench: Bench, { seed, requests }: Plan, say: (text: string) => void): Promise<Report> {
  const asked = { http: 0, grpc: 0 };
  const failures: Failure[] = [];
  let scenarios = 0;
  let refused = 0;
  const wanted = { http: Math.ceil(requests * (1 - 1 / GRPC_EVERY)), grpc: Math.ceil(requests / GRPC_EVERY) };
  const isDone = (): boolean =>
    failures.length >= MOST_FAILURES || (asked.http >= wanted.http && asked.grpc >= wanted.grpc);
  let batch = drawBatch(seed);
  let prepared = bench.prepare(batch);
  for (let next = seed + AT_ONCE; !isDone(); next += AT_ONCE) {
    const translations = await prepared;
    const current = batch;
    batch = drawBatch(next);
    prepared = bench.prepare(batch);
    for (const [at, { flavour, ...scenario }] of current.entries()) {
      if (isDone() || asked[flavour] >= wanted[flavour]) continue;
      const translation = translations[at];
      // Objects that the API would refuse are the generator's fault, and nothing was compared.
      if (translation === undefined || translation instanceof Error)
        throw new Error(`${scenario.name}: ${translation}`);
      const outcome = await bench.compare(scenario, translation);
      scenarios += 1;
      asked[flavour] += outcome.answers.length;
      if (outcome.refused.length > 0) refused += 1;
      const first = outcome.disagreements[0];
      if (first === undefined) continue;
      say(`${scenario.name} disagrees: ${describeDisagreement(first)}; shrinking …`);
      failures.push(await shrinkFailure(bench, scenario, first));
    }
    say(`${scenarios} scenarios, ${asked.http} HTTP and ${asked.grpc} gRPC requests, ${failures.length} failures`);
  }
  await prepared;
  return { asked, scenarios, refused, failures };
}

function drawBatch(seed: number): readonly (Scenario & { readonly flavour: Flavour })[] {
  return Array.from({ length: AT_ONCE }, (_, at) => {
    const flavour = (seed + at) % GRPC_EVERY === 0 ? 'grpc' : 'http';
    return { ...drawScenario(seed + at, flavour, REQUESTS_EACH), flavour };
  });
}

/** The failure with as little around it as shows it: the same pair of statuses, or the same kind of complaint. */
async function shrinkFailure(bench: Bench, scenario: Scenario, failure: Disagreement): Promise<Failure> {
  const kindOf = ({ request, hopwise, envoy }: Disagreement): string =>
    request === undefined ? 'configuration' : `${hopwise.slice(0, 3)} ${envoy.slice(0, 3)}`;
  let disagreements: readonly Disagreement[] = [failure];
  const start = { ...scenario, requests: failure.request === undefined ? [] : [failure.request] };
  const smallest = await shrink(
    start,
    async (candidates) => {
      const translations = await bench.prepare(candidates);
      for (const [at, candidate] of candidates.entries()) {
        const translation = translations[at];
        if (translation === undefined || translation instanceof Error) continue;
        const found = (await bench.compare(candidate, translation)).disagreements;
        if (!found.some((other) => kindOf(other) === kindOf(failure))) continue;
        disagreements = found;
        return candidate;
      }
      return undefined;
    },
    SHRINK_ROUNDS,
  );
  return { scenario: smallest, disagreements };
}

export function describeDisagreement({ request, hopwise, envoy }: Disagreement): string {
  return `${request === undefined ? '' : `${describeRequest(request)}: `}hopwise says ${hopwise}, Envoy ${envoy}`;
}
