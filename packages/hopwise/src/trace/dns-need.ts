import { valueOf } from '../base/lookup.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { Observations } from '../sources/observations.ts';
import type { DeniedFlows } from './denied-flows.ts';
import { resolveInCluster } from './dns/resolve.ts';
import { deniedLookups } from './dns-flows.ts';
import { logEvidence } from './log-evidence.ts';
import { type LookupFailure, lookupFailures } from './lookup-failures.ts';
import type { PathObservations } from './observed.ts';
import type { Flow } from './policy/flow.ts';
import type { Trace } from './trace.ts';

interface Asked {
  readonly model: ClusterModel;
  readonly trace: Trace;
  readonly seen: PathObservations;
  readonly observations: Observations;
}

/** Does this request depend on a name being resolved in the cluster? Gateways that watch endpoints do not. */
export interface DnsNeed {
  /**
   * How that is known. `failed`: a look-up on this path got no answer, or a wrong one. `by-name`: the request itself goes
   * to a name. `app`: the app fails and nobody says on what; most apps look names up.
   */
  readonly how: 'failed' | 'by-name' | 'app';
  readonly evidence: readonly Evidence[];
  /** Pods that ask. */
  readonly pods: readonly Pod[];
}

export function needsClusterDns(world: Asked): DnsNeed | undefined {
  const { trace, seen } = world;
  const failed = unansweredLookups(world);
  const last = failed.at(-1);
  if (last !== undefined) {
    const pods = new Set(failed.flatMap(({ pod }) => pod ?? []));
    return {
      how: 'failed',
      evidence: [logEvidence(last.line, 'a lookup on this path failed', failed.length)],
      pods: [...pods],
    };
  }
  if (trace.inCluster && seen.response?.clientError?.kind === 'dns') {
    const { file, clientError } = seen.response;
    const said: Evidence = { type: 'response', text: clientError.message, ...(file === undefined ? {} : { file }) };
    return { how: 'failed', evidence: [said], pods: valueOf(trace.callers) ?? [] };
  }
  if (trace.hops.some((hop) => hop.hop === 'cluster-dns'))
    return { how: 'by-name', evidence: [], pods: valueOf(trace.callers) ?? [] };
  return appFails(seen) ? { how: 'app', evidence: [], pods: seen.app.pods } : undefined;
}

/** Look-ups that DNS did not answer, or with an error although the name exists. */
export function unansweredLookups(world: Asked): readonly LookupFailure[] {
  return lookupFailures(world).filter(({ answer, name, pod }) => {
    if (answer === 'no-answer') return true;
    if (name === undefined || pod === undefined) return answer === 'unclear';
    const { state } = resolveInCluster(world.model, name, pod);
    return state === 'service' || state === 'pod' || (answer === 'unclear' && state !== 'nxdomain');
  });
}

/** The app itself made the failure, or is not ready and nobody says why. */
function appFails(seen: PathObservations): boolean {
  if (!seen.failing) return false;
  if (seen.generatedBy?.hop === 'app' && (seen.status ?? 0) >= 500) return true;
  return seen.modes.some((mode) => mode.reporter === 'gateway' && mode.mode === 'read-timeout');
}

/** Connections to cluster DNS that the sender of denied flows needs as well, because it asks by name. */
export function blockedLookups({ model, trace }: Asked, { from, behindApp }: DeniedFlows): readonly Flow[] {
  if (from === undefined) return [];
  const byName = behindApp || trace.hops.some((hop) => hop.hop === 'cluster-dns');
  return byName ? deniedLookups(model, from) : [];
}
