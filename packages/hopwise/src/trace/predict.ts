import type { FailureTable, Rule } from '../routing/route-table.ts';
import type { FailureMode } from '../sources/failure.ts';
import { answeringBackends, usableEndpoints } from './backend-path.ts';
import type { BackendPath, Decision, Hop, Prediction } from './trace.ts';

/**
 * The status a client would see by the model: the gateway's own decision, else what its failure table gives for the first
 * broken hop. Undefined when the answer is the app's, or the dialect's table has no entry.
 */
export function predict(
  failures: FailureTable | undefined,
  rule: Rule | undefined,
  decision: Decision,
  hops: readonly Hop[],
  backends: readonly BackendPath[],
  inside: boolean,
): Prediction | undefined {
  if (decision.kind !== 'backend') {
    return decision.status === undefined
      ? undefined
      : {
          status: decision.status,
          hop: 'gateway',
          why: decision.why ?? decision.kind,
          partial: false,
          ...(decision.kind === 'none' ? { mode: 'no-route' as const } : {}),
        };
  }
  const answering = answeringBackends(backends);
  const refused = answering.find((path) => path.ref.refused !== undefined)?.ref.refused;
  if (refused !== undefined)
    return {
      status: refused.status,
      mode: refused.mode,
      hop: 'gateway',
      why: refused.why,
      partial: answering.length > 1,
    };
  const broken = hops.find((hop) => hop.state === 'broken' && hop.mode !== undefined);
  if (broken?.mode === undefined || inside || failures === undefined) return undefined;
  const mode = rule?.settings.viaClusterIP?.value === true ? modeAtClusterIP(broken.mode, backends) : broken.mode;
  const answer = mode === undefined ? undefined : failures[mode];
  if (mode === undefined || answer === undefined) return undefined;
  const someWork = answering.some((path) => usableEndpoints(path).length > 0) && broken.hop === 'service';
  return { status: answer.status, mode, hop: broken.hop, why: broken.detail, partial: someWork };
}

/**
 * A gateway that sends to the cluster IP does not know that nobody stands behind it: kube-proxy rejects the connection
 * (k8s.io/kubernetes pkg/proxy/iptables: REJECT for Services without endpoints). For a port the Service does not have that
 * depends on the proxy's mode, so that nothing is predicted.
 */
function modeAtClusterIP(mode: FailureMode, backends: readonly BackendPath[]): FailureMode | undefined {
  if (mode === 'no-endpoints') return 'refused';
  return mode === 'no-service' && backends.every((path) => path.service.state === 'found') ? undefined : mode;
}
