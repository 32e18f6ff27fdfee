import type { Certainty, Finding } from '../checks/check.ts';
import type { Evidence } from '../model/evidence.ts';
import type { FailureMode } from '../sources/failure.ts';
import { failuresOf } from '../trace/failures-of.ts';
import type { PathObservations } from '../trace/observed.ts';
import { probeSuccess } from '../trace/probed.ts';
import { modesOfStatus } from '../trace/response-modes.ts';
import type { Trace } from '../trace/trace.ts';

/** How often each class turned out right on the incidents it was measured with (docs/decisions, confidence). */
const BASE: Readonly<Record<Certainty, number>> = { proven: 0.95, strong: 0.86, likely: 0.68, possible: 0.35 };

/** One fault can show in these ways too: proxies of one family report the same break with different words. */
const RELATED: Readonly<Partial<Record<FailureMode, readonly FailureMode[]>>> = {
  refused: ['no-live-endpoint'],
  'no-live-endpoint': ['refused', 'connect-timeout', 'no-endpoints', 'read-timeout', 'reset'],
  'connect-timeout': ['no-route-to-host', 'no-live-endpoint'],
  'no-route-to-host': ['connect-timeout'],
  reset: ['tls-handshake', 'protocol-error', 'invalid-response'],
  'tls-handshake': ['reset', 'protocol-error'],
  'protocol-error': ['reset', 'tls-handshake', 'invalid-response'],
  'no-endpoints': ['no-live-endpoint'],
  'no-service': ['no-endpoints'],
};

export type Agreement = 'agrees' | 'silent' | 'contradicts';

/** Does what was seen fit the way this cause makes requests fail? */
export function agreement(finding: Finding, trace: Trace, seen: PathObservations): Agreement {
  const { modes } = finding.fact;
  if (refutedByProbe(finding, trace, seen) !== undefined) return 'contradicts';
  if (modes.length === 0 || !seen.failing) return 'silent';
  const observed = seen.modes
    .filter(
      (entry) =>
        entry.reporter !== 'app' || finding.hop === 'app' || finding.hop === 'network' || finding.hop === 'cluster-dns',
    )
    .map((entry) => entry.mode);
  if (observed.some((mode) => modes.includes(mode))) return 'agrees';
  if (observed.some((mode) => modes.some((own) => RELATED[own]?.includes(mode) === true))) return 'agrees';
  if (observed.length > 0) return 'contradicts';
  return statusAgreement(modes, trace, seen);
}

/** Breaks like these meet every request: one that is answered well shows that they do not hold now. */
const PERMANENT: ReadonlySet<FailureMode> = new Set([
  'gateway-unreachable',
  'no-route',
  'no-service',
  'no-endpoints',
  'no-live-endpoint',
]);

/** The probe that got a good answer where this cause would let none through; undefined when there is none. */
export function refutedByProbe({ fact }: Finding, trace: Trace, seen: PathObservations): Evidence | undefined {
  // The first mode is how the cause shows itself to the gateway, the others how it may look besides.
  const [main] = fact.modes;
  if (seen.probes.length === 0 || fact.partial === true || main === undefined || !PERMANENT.has(main)) return undefined;
  return probeSuccess(trace.request, seen.probes);
}

/** Only a status was seen: the gateway's failure table says which failures give it. */
function statusAgreement(modes: readonly FailureMode[], trace: Trace, seen: PathObservations): Agreement {
  const failures = failuresOf(trace);
  if (seen.status === undefined || failures === undefined) return 'silent';
  const possible = modesOfStatus(failures, seen.status);
  if (possible.length === 0) return 'silent';
  if (modes.some((mode) => possible.includes(mode))) return 'agrees';
  const known = modes.filter((mode) => failures[mode] !== undefined);
  return known.length === modes.length && known.length > 0 ? 'contradicts' : 'silent';
}

/** A number that means: right so many times in ten. */
export function confidenceOf(finding: Finding, fit: Agreement): number {
  const base = BASE[finding.fact.certainty];
  switch (fit) {
    case 'agrees':
      return Math.min(0.98, base + (1 - base) * 0.3);
    case 'silent':
      return base;
    case 'contradicts':
      return base * 0.35;
  }
}
