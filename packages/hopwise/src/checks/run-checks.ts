import type { Check, Finding, World } from './check.ts';

/**
 * Runs every check over a world. A check that throws is our own bug: the others still answer, and the failure is named
 * so that the report can say what was not examined.
 */
export function runChecks(
  checks: readonly Check[],
  world: World,
): {
  readonly findings: readonly Finding[];
  readonly failed: readonly { readonly cause: string; readonly message: string }[];
} {
  const findings: Finding[] = [];
  const failed: { cause: string; message: string }[] = [];
  for (const check of checks) {
    try {
      findings.push(...check.run(world));
    } catch (error) {
      failed.push({ cause: check.cause, message: error instanceof Error ? error.message : String(error) });
    }
  }
  return { findings, failed };
}
