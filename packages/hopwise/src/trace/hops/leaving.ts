import type { Hop, Leaving } from '../trace.ts';
import type { HopFacts } from './facts.ts';

/** What is known of a request that leaves the cluster: whether policies let it out; what answers outside is not in any input. */
export function leavingHops(facts: HopFacts, leaving: Leaving): readonly Hop[] {
  return [letOut(leaving), outside(facts, leaving)];
}

function letOut({ flows }: Leaving): Hop {
  const denied = flows.find(({ verdict }) => verdict.state === 'denied');
  const doubtful = flows.find(({ verdict }) => verdict.state === 'unknown');
  const worst = (denied ?? doubtful ?? flows[0])?.verdict;
  if (worst === undefined)
    return { hop: 'network', state: 'unknown', detail: 'the Pods that ask are not known', evidence: [] };
  const all = flows.every(({ verdict }) => verdict.state === 'denied');
  const [by] = worst.by;
  return {
    hop: 'network',
    state: denied === undefined ? (doubtful === undefined ? 'ok' : 'unknown') : all ? 'broken' : 'suspect',
    ...(denied === undefined ? {} : { mode: 'connect-timeout' as const }),
    ...(by === undefined ? {} : { object: by }),
    detail: worst.why,
    evidence: worst.evidence,
  };
}

function outside({ seen }: HopFacts, { host, port }: Leaving): Hop {
  const mode = seen.modes[0];
  return mode === undefined
    ? {
        hop: 'app',
        state: 'unknown',
        detail: `${host}:${port} is outside the cluster and was not examined`,
        evidence: [],
      }
    : {
        hop: 'app',
        state: 'suspect',
        mode: mode.mode,
        detail: `${host}:${port} fails: ${mode.mode}`,
        evidence: [mode.evidence],
      };
}
