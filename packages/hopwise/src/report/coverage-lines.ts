import type { CoverageDocument } from './diagnosis.ts';

const SHOWN = 12;

/** What the source was refused, or got only in part, in a line each: a reader can do something about those. What was not needed is no limit. */
export function limitsOfReading(coverage: readonly CoverageDocument[]): readonly string[] {
  const refused = coverage.filter(
    ({ state, missing }) => missing === 'refused' || (missing === undefined && state === 'forbidden'),
  );
  const others = coverage.filter(
    ({ state, missing }) => missing === 'failed' || (missing === undefined && state === 'partial'),
  );
  return [...refusedLines(refused), ...others.slice(0, SHOWN).map(lineOf), ...more(others.length - SHOWN)];
}

/** Who may read little is refused dozens of kinds, each in the same words. */
function refusedLines(refused: readonly CoverageDocument[]): readonly string[] {
  if (refused.length <= 2) return refused.map(lineOf);
  const kinds = refused.map(({ kind, state }) => (state === 'partial' ? `${kind} (in part)` : kind));
  return [`Not allowed to read: ${kinds.join(', ')}. The ClusterRole of deploy/rbac/clusterrole.yaml would allow it`];
}

function lineOf({ kind, state, reason }: CoverageDocument): string {
  return `Not fully read: ${kind} (${state}${reason === undefined ? '' : `: ${reason}`})`;
}

function more(count: number): readonly string[] {
  return count > 0 ? [`Not fully read: ${count} more kinds (see coverage in -o json)`] : [];
}
