import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest';
import { NotHere } from '../../controlplane/go-programs.ts';
import { describeLive } from '../../live/describe-live.ts';
import { buildController } from './build-controller.ts';
import { readCases, writeCase } from './case-files.ts';
import { askWorld, type Disagreement, findDisagreements, type Tally, toCase } from './differential.ts';
import { whyNoRealSide } from './prerequisites.ts';
import { type RealSide, startRealSide } from './real-side.ts';

const BUILD_MS = 1_800_000;
const RUN_MS = 3_600_000;
const MOST_CASES = 5;

const REQUESTS = Number(process.env.HOPWISE_DIFF_REQUESTS ?? 4000);
const SEED = readSeed(process.env.HOPWISE_DIFF_SEED ?? '1');

/** A number, or `random` for one nobody has tried. */
function readSeed(text: string): number {
  return text === 'random' ? Math.floor(Date.now() % 1_000_000) : Number(text);
}

function newTally(): Tally {
  return { asked: 0, unsure: 0, refused: 0, worlds: 0 };
}

describeLive('hopwise beside the real ingress-nginx', {}, (controlPlane) => {
  let real: RealSide | undefined;
  let missing = whyNoRealSide();

  beforeAll(async () => {
    if (missing !== undefined) return;
    try {
      real = await startRealSide(controlPlane(), await buildController((text) => console.error(`live: ${text}`)));
    } catch (error) {
      if (!(error instanceof NotHere)) throw error;
      missing = error.message;
    }
  }, BUILD_MS);
  afterAll(async () => real?.stop());

  const realSide = (context: TestContext): RealSide => {
    if (real === undefined) context.skip(missing ?? 'the real side did not start');
    return real as RealSide;
  };

  test.for(readCases())('case $name', async ({ world, request }, context) => {
    const found: Disagreement[] = [];
    for await (const one of askWorld(realSide(context), world, [request], newTally())) found.push(one);
    expect(found).toEqual([]);
  });

  test(`${REQUESTS} random requests, seed ${SEED}`, { timeout: RUN_MS }, async (context) => {
    const side = realSide(context);
    const tally = newTally();
    const found: Disagreement[] = [];
    for await (const one of findDisagreements(side, SEED, REQUESTS, tally)) {
      if (!found.some(({ differs }) => differs === one.differs)) found.push(one);
    }
    console.error(`live: ingress-nginx seed ${SEED}: ${JSON.stringify(tally)}`);
    const kept: string[] = [];
    for (const [at, one] of found.slice(0, MOST_CASES).entries())
      kept.push(writeCase(await toCase(side, one, `seed-${SEED}-${at + 1}-${one.differs}`)));
    expect(found.map(({ detail }, at) => `${detail} (kept as ${kept[at] ?? 'no case'})`)).toEqual([]);
    // Doubt is honest, but not an answer.
    expect(tally.unsure).toBeLessThan(tally.asked / 100);
  });
});
