import type { WireAnswer } from './ask.ts';
import type { Case } from './case-files.ts';
import { compare } from './compare.ts';
import { refusalsOf, snapshotOf, traceRequest } from './hopwise-side.ts';
import { createRandom } from './random.ts';
import { randomRequest } from './random-request.ts';
import { FLAG_SETS, randomWorld } from './random-world.ts';
import type { RealSide } from './real-side.ts';
import { type Question, shrink } from './shrink.ts';
import type { World } from './world.ts';

export interface Tally {
  asked: number;
  /** hopwise said that it does not know. */
  unsure: number;
  /** Worlds that NGINX or the controller refuses, as hopwise said. */
  refused: number;
  worlds: number;
}

export interface Disagreement extends Question {
  readonly differs: string;
  readonly detail: string;
  readonly answer: WireAnswer | 'refused';
}

const REQUESTS_PER_WORLD = 60;
const SHRINK_TRIES = 150;

/** Asks `requests` random questions, in worlds made from `seed`; `tally` is kept up to date. */
export async function* findDisagreements(
  real: RealSide,
  seed: number,
  requests: number,
  tally: Tally,
): AsyncGenerator<Disagreement> {
  // Worlds of one flag set follow each other, so that the controller starts once for each.
  const worlds = Math.ceil(requests / REQUESTS_PER_WORLD);
  for (let at = 0; tally.asked < requests; at += 1) {
    const random = createRandom(seed * 1_000_003 + at);
    const world = randomWorld(random, FLAG_SETS[Math.floor((at * FLAG_SETS.length) / worlds) % FLAG_SETS.length] ?? []);
    const batch = random.several(REQUESTS_PER_WORLD, REQUESTS_PER_WORLD, () => randomRequest(random));
    tally.worlds += 1;
    yield* askWorld(real, world, batch.slice(0, requests - tally.asked), tally);
  }
}

/** One world and its requests; a world that is refused has no requests. */
export async function* askWorld(
  real: RealSide,
  world: World,
  requests: readonly Question['request'][],
  tally: Tally,
): AsyncGenerator<Disagreement> {
  const served = await real.serve(world);
  const snapshot = await snapshotOf(served.objects);
  const refusals = refusalsOf(snapshot);
  const [first] = requests;
  if (first !== undefined && (served.state === 'refused') !== refusals.length > 0) {
    const detail = served.state === 'refused' ? served.why : refusals.join('; ');
    const answer = served.state === 'refused' ? 'refused' : await served.ask(first);
    yield { world, request: first, differs: 'refusal', detail, answer };
  }
  if (served.state === 'refused') {
    tally.refused += 1;
    return;
  }
  try {
    if (refusals.length > 0) return;
    for (const request of requests) {
      const answer = await served.ask(request);
      const result = compare(world, traceRequest(snapshot, request), answer);
      tally.asked += 1;
      if (result === 'unsure') tally.unsure += 1;
      else if (result !== 'agree') {
        const detail = `${result.differs}: hopwise ${result.hopwise}, really ${result.real}`;
        yield { world, request, differs: result.differs, detail, answer };
      }
    }
  } finally {
    await served.stop();
  }
}

/** The smallest question that differs in the same thing, as a case. */
export async function toCase(real: RealSide, found: Disagreement, name: string): Promise<Case> {
  let smallest = found;
  const fails = async (question: Question): Promise<boolean> => {
    const tally: Tally = { asked: 0, unsure: 0, refused: 0, worlds: 0 };
    let same: Disagreement | undefined;
    for await (const other of askWorld(real, question.world, [question.request], tally))
      if (other.differs === found.differs) same = other;
    if (same !== undefined) smallest = same;
    return same !== undefined;
  };
  await shrink(found, fails, SHRINK_TRIES);
  const { world, request, answer, detail } = smallest;
  return { name, why: detail, world, request, answer };
}
