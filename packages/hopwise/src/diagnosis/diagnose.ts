import type { Check, World } from '../checks/check.ts';
import { runChecks } from '../checks/run-checks.ts';
import type { UnknownThing } from '../trace/trace.ts';
import { type RankedCause, rankCauses } from './rank.ts';
import { judge, type VerdictFacts } from './verdict.ts';

export interface Diagnosed {
  readonly verdict: VerdictFacts;
  /** Best first. */
  readonly causes: readonly RankedCause[];
  readonly unknowns: readonly UnknownThing[];
}

/** Suspicions below this are noise to a reader. */
const WORTH_SAYING = 0.1;

/** Runs the checks over a walked request and weighs what they found. */
export function diagnoseWorld(checks: readonly Check[], world: World): Diagnosed {
  const { findings, failed } = runChecks(checks, world);
  const causes = rankCauses(findings, world).filter((entry) => entry.confidence >= WORTH_SAYING);
  const verdict = judge(world, causes);
  const unknowns: UnknownThing[] = [
    ...world.trace.unknowns,
    ...failed.map((entry) => ({
      what: `check ${entry.cause}`,
      why: `it failed inside hopwise: ${entry.message}`,
      settledBy: 'a bug report with this capture',
    })),
  ];
  if (verdict.status === 'inconclusive') unknowns.push(...assumedKinds(world));
  return { verdict, causes: verdict.status === 'healthy' ? [] : causes, unknowns };
}

/** What was only assumed not to exist becomes a question once nothing else explains the failure. */
function assumedKinds({ model, seen }: World): readonly UnknownThing[] {
  if (!seen.modes.some((entry) => entry.mode === 'connect-timeout' || entry.mode === 'no-route-to-host')) return [];
  return model
    .coverages()
    .filter((entry) => entry.state === 'assumed-none' && /NetworkPolicy/.test(entry.kind))
    .map((entry) => ({
      what: entry.kind,
      why: 'none is in the input; taken to have none, but connections hang',
      settledBy: `kubectl get ${entry.kind.toLowerCase()} -A -o yaml`,
    }));
}
