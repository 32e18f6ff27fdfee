import type { ObjectId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import { azureProbe } from './azure-probe.ts';
import { type EdgeHealthCheck, edgeHealthCheck, passingProbePath, statedUnhealthy } from './edge-health.ts';
import { type EdgeKind, edgeMaker } from './edge-maker.ts';
import { type EdgeProbe, edgeProbes } from './edge-probes.ts';
import { logEvidence } from './log-evidence.ts';
import type { PathObservations } from './observed.ts';
import type { Trace } from './trace.ts';

/** A load balancer counts its targets as unhealthy by a check of its own. */
export interface UnhealthyTargets {
  /** Where the health check is set. */
  readonly object: ObjectId;
  readonly component: string;
  readonly kind: EdgeKind | undefined;
  readonly said: string;
  /** The failing check as the app logged it. */
  readonly probe: EdgeProbe | undefined;
  readonly check: EdgeHealthCheck | undefined;
  /** A path that would do: the readiness probe gets it with success. */
  readonly passing: string | undefined;
  /** The check is one of the gateway's own Service: this annotation sets its path. */
  readonly annotation: string | undefined;
  readonly sureness: 'proven' | 'strong' | 'likely';
  readonly evidence: readonly Evidence[];
}

interface Asked {
  readonly model: ClusterModel;
  readonly trace: Trace;
  readonly seen: PathObservations;
}

/** Undefined when the load balancer sends requests on, or nothing says how it judges its targets. */
export function unhealthyTargets(world: Asked): UnhealthyTargets | undefined {
  return world.trace.inCluster ? undefined : (atBackend(world) ?? atGateway(world));
}

/** The load balancer made the answer, and its checks of the backend's Pods fail. */
function atBackend(world: Asked): UnhealthyTargets | undefined {
  const { trace } = world;
  const maker = edgeMaker(world);
  if (maker === undefined) return undefined;
  const check = edgeHealthCheck(world, maker.kind);
  const stated = statedUnhealthy(world);
  const found = edgeProbes(world, maker.kind, check?.accepted);
  // A client's request in the app's log shows that the load balancer does send to it.
  const probe = stated === undefined && found?.clientRequests === true ? undefined : found;
  const object = check?.object ?? trace.rule?.object;
  if ((probe === undefined && stated === undefined) || object === undefined) return undefined;
  const evidence: Evidence[] = [...maker.evidence];
  if (stated !== undefined) evidence.push(stated);
  if (probe !== undefined) {
    const who = probe.clients.length === 0 ? '' : ` (${probe.clients.join(', ')})`;
    evidence.push(logEvidence(probe.line, `health checks${who} get ${probe.status} on ${probe.path}`, probe.count));
    if (!probe.clientRequests) evidence.push({ type: 'timing', text: 'no request of a client ever reaches the app' });
  }
  return {
    object,
    component: maker.component,
    kind: maker.kind,
    said: probe === undefined ? (stated?.text ?? '') : `health checks on ${probe.path} get ${probe.status}`,
    probe,
    check,
    passing: passingProbePath(trace, probe?.path),
    annotation: undefined,
    sureness: probe === undefined ? 'strong' : 'proven',
    evidence: [...evidence, ...(check?.evidence ?? [])],
  };
}

/** The load balancer in front of the gateway's own Service finds no healthy node. */
function atGateway(world: Asked): UnhealthyTargets | undefined {
  const azure = azureProbe(world);
  return azure === undefined
    ? undefined
    : {
        object: azure.object,
        component: 'the Azure load balancer',
        kind: 'azure',
        said: 'the load balancer probes GET / over HTTP, and the gateway answers 404',
        probe: undefined,
        check: undefined,
        passing: '/healthz',
        annotation: azure.annotation,
        sureness: 'likely',
        evidence: azure.evidence,
      };
}
