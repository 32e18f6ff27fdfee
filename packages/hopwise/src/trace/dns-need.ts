import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import { logEvidence } from './log-evidence.ts';
import type { PathObservations } from './observed.ts';
import type { Trace } from './trace.ts';

/** Does this request depend on a name being resolved in the cluster? Gateways that watch endpoints do not. */
export interface DnsNeed {
  /** A lookup on this path was seen to fail. */
  readonly observed: boolean;
  readonly evidence: readonly Evidence[];
}

export function needsClusterDns({
  trace,
  seen,
}: {
  readonly model: ClusterModel;
  readonly trace: Trace;
  readonly seen: PathObservations;
}): DnsNeed | undefined {
  const failed = [...seen.errors, ...seen.app.errors].filter((entry) => entry.mode === 'dns-failure');
  const events = seen.app.events.filter((entry) => entry.event === 'dependency-dns-failure');
  const last = failed.at(-1) ?? events.at(-1);
  if (last !== undefined)
    return {
      observed: true,
      evidence: [logEvidence(last, 'a lookup on this path failed', failed.length + events.length)],
    };
  if (trace.hops.some((hop) => hop.hop === 'cluster-dns')) return { observed: false, evidence: [] };
  return undefined;
}
