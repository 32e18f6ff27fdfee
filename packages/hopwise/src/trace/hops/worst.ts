import type { Hop, HopState } from '../trace.ts';

const RANK: Readonly<Record<HopState, number>> = { broken: 3, suspect: 2, unknown: 1, ok: 0 };

/**
 * One hop for several backends. When some break and others do not, only a part of the requests fails: the hop is then
 * suspect rather than broken.
 */
export function worst(hops: readonly Hop[]): Hop {
  const sorted = [...hops].sort((a, b) => RANK[b.state] - RANK[a.state]);
  const first = sorted[0];
  if (first === undefined) return { hop: 'service', state: 'unknown', detail: 'no backend', evidence: [] };
  if (first.state === 'broken' && sorted.some((hop) => hop.state === 'ok'))
    return { ...first, state: 'suspect', detail: `${first.detail} (one of ${hops.length} backends)` };
  return first;
}
