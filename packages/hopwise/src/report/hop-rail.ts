import { splitId } from '../base/object-id.ts';
import type { Hop, HopKind } from '../trace/trace.ts';

/** What one hop of the rail shows. `unreached`: it lies behind the break, so this request never got there. */
export type RailMark = 'ok' | 'broken' | 'suspect' | 'unknown' | 'unreached';

export interface RailCell {
  readonly label: string;
  readonly mark: RailMark;
  /** The request stops here: the line to the next hop is cut. */
  readonly cut: boolean;
}

export const HOP_LABELS: Readonly<Record<HopKind, string>> = {
  client: 'client',
  'external-dns': 'DNS',
  edge: 'edge',
  gateway: 'gateway',
  'cluster-dns': 'cluster DNS',
  service: 'Service',
  network: 'network',
  pod: 'Pod',
  app: 'app',
};

/** The marks as signs, wherever UTF-8 can be shown. */
export const MARK_SIGNS: Readonly<Record<RailMark, string>> = {
  ok: '✓',
  broken: '✗',
  suspect: '!',
  unknown: '?',
  unreached: '·',
};

/** What the marks mean, for the legend under a rail. */
export const MARK_MEANINGS: Readonly<Record<RailMark, string>> = {
  ok: 'fine',
  broken: 'fails here',
  suspect: 'suspicious',
  unknown: 'could not be examined',
  unreached: 'not reached',
};

/** The hops in the request's order; behind the first broken one only further faults keep their mark. */
export function buildRail(hops: readonly Hop[], gatewayName: string | undefined): RailCell[] {
  const broken = hops.findIndex((hop) => hop.state === 'broken');
  return hops.map((hop, index) => {
    const behind = broken >= 0 && index > broken;
    const reached = !behind || hop.state === 'broken' || hop.state === 'suspect';
    return { label: labelOf(hop, gatewayName), mark: reached ? hop.state : 'unreached', cut: index === broken };
  });
}

/** The hop's name as people say it: the gateway by its product, a network hop that a policy decides as `policy`. */
export function labelOf(hop: Hop, gatewayName?: string): string {
  if (hop.hop === 'gateway' && gatewayName !== undefined && gatewayName !== '') return gatewayName;
  if (hop.hop === 'network' && hop.object !== undefined && splitId(hop.object).kind.endsWith('NetworkPolicy')) {
    return 'policy';
  }
  return HOP_LABELS[hop.hop];
}
