import type { ClusterModel } from '../model/cluster-model.ts';
import type { ForeignObject } from '../model/kinds/cluster.ts';
import type { Pod } from '../model/kinds/pod.ts';
import { podsOnPath } from './path-queries.ts';
import type { Trace } from './trace.ts';

/** A mesh policy that guards the Pods of a path. */
export interface MeshRule {
  readonly kind: 'mtls' | 'authorization';
  readonly object: ForeignObject;
  readonly path: string;
  readonly text: string;
  /** Strict mTLS, and the caller has no sidecar to speak it. */
  readonly strictWithoutSidecar: boolean;
}

/** The installation's root namespace holds mesh-wide policies (istio meshConfig.rootNamespace, default istio-system). */
const ROOT = 'istio-system';

export function meshRulesFor({
  model,
  trace,
}: {
  readonly model: ClusterModel;
  readonly trace: Trace;
}): readonly MeshRule[] {
  const pod = podsOnPath(trace)[0];
  if (pod === undefined || !hasSidecar(pod)) return [];
  const caller = trace.callers.state === 'found' ? trace.callers.value[0] : undefined;
  const rules: MeshRule[] = [];
  for (const object of model.foreign('PeerAuthentication')) {
    if (!guards(object, pod) || mode(object) !== 'STRICT') continue;
    const bare = caller !== undefined && !hasSidecar(caller);
    rules.push({
      kind: 'mtls',
      object,
      path: 'spec.mtls.mode',
      text: `mTLS is STRICT for ${pod.namespace}${bare ? ' and the caller has no sidecar' : ''}`,
      strictWithoutSidecar: bare,
    });
  }
  for (const object of model.foreign('AuthorizationPolicy')) {
    if (!guards(object, pod)) continue;
    const action = typeof object.spec['action'] === 'string' ? object.spec['action'] : 'ALLOW';
    if (action === 'AUDIT' || action === 'CUSTOM') continue;
    rules.push({
      kind: 'authorization',
      object,
      path: 'spec.rules',
      text: `AuthorizationPolicy ${object.name} (${action}) guards ${pod.namespace}/${pod.name}`,
      strictWithoutSidecar: false,
    });
  }
  return rules;
}

/** A selector in the policy's own namespace, or none: then the whole namespace, or the whole mesh from the root one. */
function guards(object: ForeignObject, pod: Pod): boolean {
  if (object.namespace !== pod.namespace && object.namespace !== ROOT) return false;
  const selector = record(object.spec['selector']);
  const labels = record(selector?.['matchLabels']);
  if (labels === undefined) return true;
  return (
    object.namespace === pod.namespace && Object.entries(labels).every(([key, value]) => pod.labels[key] === value)
  );
}

function mode(object: ForeignObject): string | undefined {
  const value = record(object.spec['mtls'])?.['mode'];
  return typeof value === 'string' ? value : undefined;
}

export function hasSidecar(pod: Pod): boolean {
  return pod.spec.containers.some(
    (container) =>
      container.name === 'istio-proxy' ||
      container.name === 'linkerd-proxy' ||
      /\/proxyv2:|\/linkerd2?-proxy/.test(container.image),
  );
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}
