import { CAUSES } from './causes.ts';
import type { Check, CheckSpec, Fact } from './check.ts';

/** Closes a check over its own fact type, so that the registry can hold checks of different facts in one list. */
export function defineCheck<F extends Fact>(spec: CheckSpec<F>): Check {
  return {
    cause: spec.cause,
    reads: spec.reads,
    since: spec.since,
    explains: spec.explains,
    latent: spec.latent ?? false,
    run: (world) =>
      [...spec.find(world)].map((fact) => ({
        cause: spec.cause,
        hop: fact.hop ?? CAUSES[spec.cause].hop,
        fact,
        explains: spec.explains,
        wording: spec.describe(fact),
        fix: spec.fix?.(fact, world),
        proofs: spec.prove?.(fact, world) ?? [],
      })),
  };
}
