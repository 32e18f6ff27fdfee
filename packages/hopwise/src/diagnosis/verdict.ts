import type { World } from '../checks/check.ts';
import { probeSuccess } from '../trace/probed.ts';
import type { Hop, HopKind } from '../trace/trace.ts';
import { gatewaysOwnAnswer } from './own-answer.ts';
import type { RankedCause } from './rank.ts';

export interface VerdictFacts {
  readonly status: 'failing' | 'healthy' | 'inconclusive';
  readonly why: string;
}

/** From this confidence on a cause is an answer rather than a suspicion. */
export const ANSWER = 0.5;
/** Without an observed failure a cause must be surer before it makes a verdict. */
const ALARM = 0.6;

/** Hops that must have been examined before a path may be called healthy. Public DNS, the cloud edge and cluster DNS are often not in the input; that they work is then said to be assumed. */
const ESSENTIAL: ReadonlySet<HopKind> = new Set(['client', 'gateway', 'service', 'network', 'pod']);

/** What fails for the client and not for the probe depends on the client, the moment or the way there. */
function probedWell({ seen, trace }: World): string {
  const good = probeSuccess(trace.request, seen.probes);
  return good === undefined ? '' : `; ${good.text}`;
}

export function judge(world: World, ranked: readonly RankedCause[]): VerdictFacts {
  const { seen, trace } = world;
  const best = ranked[0];
  const broken = trace.hops.find((hop) => hop.state === 'broken');
  if (seen.failing) {
    if (best !== undefined && best.confidence >= ANSWER)
      return { status: 'failing', why: best.finding.wording.headline };
    return { status: 'inconclusive', why: `${unexplained(world, broken)}${probedWell(world)}` };
  }
  if (best !== undefined && best.confidence >= ALARM && best.finding.fact.partial !== true)
    return { status: 'failing', why: best.finding.wording.headline };
  if (broken !== undefined)
    return {
      status: 'inconclusive',
      why: gatewaysOwnAnswer(world) ?? `${broken.hop} is broken: ${broken.detail}`,
    };
  const unresolved = trace.hops.find((hop) => hop.hop === 'external-dns' && hop.mode === 'dns-failure');
  if (unresolved !== undefined)
    return { status: 'inconclusive', why: `${unresolved.detail}; behind the name nothing was found` };
  const unexamined = trace.hops.find((hop) => hop.state === 'unknown' && ESSENTIAL.has(hop.hop));
  if (unexamined !== undefined && !(seen.now === 'none' || seen.now === 'recovered'))
    return { status: 'inconclusive', why: `${unexamined.hop} could not be examined: ${unexamined.detail}` };
  return { status: 'healthy', why: `${trace.hops.length} hops examined, nothing found` };
}

/** What is known of a failure that no cause explains. */
function unexplained(world: World, broken: Hop | undefined): string {
  if (broken === undefined || broken.hop === 'gateway') {
    const own = gatewaysOwnAnswer(world);
    if (own !== undefined) return own;
  }
  if (broken !== undefined) return `${broken.hop} is broken: ${broken.detail}; nothing that was read says why`;
  const gateway = world.trace.hops.find((hop) => hop.hop === 'gateway');
  return gateway?.state === 'unknown'
    ? `gateway could not be examined: ${gateway.detail}`
    : 'the failure is not explained by what was read';
}
