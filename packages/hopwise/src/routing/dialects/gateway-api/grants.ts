import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { ObjectReference } from '../../../model/kinds/gateway-api.ts';
import { GATEWAY_GROUP } from '../../../model/project/gateway-api/reference.ts';

export type Permission = 'granted' | 'missing' | 'unknown';

/**
 * May an object refer to one of another namespace? Some ReferenceGrant of the target's namespace must name the
 * referrer's group, kind and namespace, and the target's group and kind, with its name or none
 * (apis/v1/referencegrant_types.go). Inside one namespace nothing is asked.
 */
export function permitsReference(
  model: ClusterModel,
  referrer: { readonly kind: string; readonly namespace: string },
  target: ObjectReference,
): Permission {
  if (referrer.namespace === target.namespace) return 'granted';
  const granted = model
    .listIn('ReferenceGrant', target.namespace)
    .some(
      (grant) =>
        grant.from.some(
          (from) =>
            from.group === GATEWAY_GROUP && from.kind === referrer.kind && from.namespace === referrer.namespace,
        ) &&
        grant.to.some(
          (to) =>
            to.group === target.group && to.kind === target.kind && (to.name === undefined || to.name === target.name),
        ),
    );
  if (granted) return 'granted';
  const { state } = model.coverage('ReferenceGrant');
  // A capture of a cluster without the kind has no grants either; a kind nobody looked at says nothing.
  return state === 'complete' || state === 'not-installed' || state === 'assumed-none' ? 'missing' : 'unknown';
}
