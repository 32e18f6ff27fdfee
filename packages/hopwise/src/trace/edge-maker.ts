import type { Evidence } from '../model/evidence.ts';
import type { PathObservations } from './observed.ts';
import type { Trace } from './trace.ts';

/** The load balancers in front of (or instead of) a gateway's Pods whose settings stand in the cluster's objects. */
export type EdgeKind = 'aws' | 'google' | 'azure' | 'cloudflare';

/** A load balancer outside the cluster made the failing answer. */
export interface EdgeMaker {
  readonly kind: EdgeKind | undefined;
  readonly component: string;
  readonly evidence: readonly Evidence[];
}

const KINDS: readonly (readonly [RegExp, EdgeKind])[] = [
  [/AWS|awselb|ingress\.k8s\.aws|eks\.amazonaws/i, 'aws'],
  [/Google|gke|gce|networking\.gke\.io/i, 'google'],
  [/Azure|azure\/application-gateway/i, 'azure'],
  [/Cloudflare/i, 'cloudflare'],
];

/** Undefined when the status was made by the app, by Pods of a gateway, or by nobody knows whom. */
export function edgeMaker({
  seen,
  trace,
}: {
  readonly seen: PathObservations;
  readonly trace: Trace;
}): EdgeMaker | undefined {
  const made = seen.generatedBy;
  if (!seen.failing || made === undefined || made.component === 'the client') return undefined;
  const { gateway } = trace;
  // An Ingress of a cloud's own class has its load balancer for a gateway: no Pod of it is in the cluster.
  const isCloud =
    gateway !== undefined && gateway.pods.state === 'unknown' && edgeKindOf(gateway.controller) !== undefined;
  if (made.hop !== 'edge' && !(made.hop === 'gateway' && isCloud)) return undefined;
  const kind = edgeKindOf(made.component) ?? (isCloud ? edgeKindOf(gateway.controller) : undefined);
  return { kind, component: made.component, evidence: made.evidence };
}

export function edgeKindOf(text: string): EdgeKind | undefined {
  return KINDS.find(([pattern]) => pattern.test(text))?.[1];
}
