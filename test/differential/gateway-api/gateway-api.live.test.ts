import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NotHere } from '../../controlplane/go-programs.ts';
import { type Bench, openBench } from './bench.ts';
import { readCases, scenarioOf } from './cases.ts';
import { compareAnswers } from './compare.ts';
import { describeDisagreement, runDifferential } from './differential.ts';
import { findOrBuildPrograms, type Programs } from './programs.ts';

/**
 * A minute on two idle cores; `HOPWISE_DIFF_REQUESTS=10000` for the full run, `HOPWISE_DIFF_SEED` for another. The seed is fixed
 * so that a change is judged by what it changes.
 */
const REQUESTS = Number(process.env.HOPWISE_DIFF_REQUESTS ?? 3000);
const SEED = Number(process.env.HOPWISE_DIFF_SEED ?? 1);
const HOURS = 3_600_000;

const programs = await findPrograms();

async function findPrograms(): Promise<Programs | string> {
  try {
    return await findOrBuildPrograms((text) => console.error(`differential: ${text}`));
  } catch (error) {
    if (!(error instanceof NotHere)) throw error;
    console.error(`differential: skipped, because ${error.message}`);
    return error.message;
  }
}

describe.skipIf(typeof programs === 'string')('Gateway API as Envoy Gateway and Envoy have it', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench(programs as Programs);
  });
  afterAll(() => bench.stop());

  it.each(readCases())('case $name', async (kept) => {
    const [translation] = await bench.prepare([scenarioOf(kept)]);
    if (translation === undefined || translation instanceof Error) throw new Error(`${translation}`);
    const { disagreements, answers, refused } = await bench.compare(scenarioOf(kept), translation);
    expect(disagreements.map(describeDisagreement)).toEqual([]);
    expect(refused.length > 0).toBe(kept.refused ?? false);
    // What is kept beside the objects is still what Envoy answers.
    for (const [at, answer] of answers.entries()) {
      const { request, answer: before } = kept.requests[at] as (typeof kept.requests)[number];
      expect(compareAnswers(request, [before], answer)).toEqual([]);
    }
  });
});

describe.skipIf(typeof programs === 'string')('random clusters', () => {
  it(
    `agree in ${REQUESTS} requests from seed ${SEED} on`,
    async () => {
      const report = await runDifferential(programs as Programs, { seed: SEED, requests: REQUESTS }, (text) =>
        console.error(`differential (seed ${SEED}): ${text}`),
      );
      expect(report.failures).toEqual([]);
      expect(report.asked.http + report.asked.grpc).toBeGreaterThanOrEqual(REQUESTS);
    },
    HOURS,
  );
});
