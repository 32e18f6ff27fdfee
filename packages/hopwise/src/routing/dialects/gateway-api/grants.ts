import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { ObjectReference } from '../../../model/kinds/gateway-api.ts';
import type { Meta } from '../../../model/meta.ts';
import { GATEWAY_GROUP } from '../../../model/project/gateway-api/reference.ts';

export type Permission = 'granted' | 'missing' | 'unknown';

/**
 * May an object refer to one of another namespace? Some ReferenceGrant of the target's namespace must name the
 * referrer's group, kind and namespace, and the target's group and kind, with its name or none
 * (apis/v1/referencegrant_types.go). Inside one namespace nothing is asked.
 */
export function permitsReference(model: ClusterModel, referrer: Meta, target: ObjectReference): Permission {
  if (referrer.namespace === target.namespace) return 'granted';
  const group = referrer.apiVersion.split('/')[0];
  const kind = referrer.kind === 'ListenerSet' && group !== GATEWAY_GROUP ? 'XListenerSet' : referrer.kind;
  const granted = model
    .listIn('ReferenceGrant', target.namespace)
    .some(
      (grant) =>
        grant.from.some(
          (from) => from.group === group && from.kind === kind && from.namespace === referrer.namespace,
        ) &&
        grant.to.some(
          (to) =>
            to.group === target.group && to.kind === target.kind && (to.name === undefined || to.name === target.name),
        ),
    );
  if (granted) return 'granted';
  return wasRead(model, target.namespace) ? 'missing' : 'unknown';
}

/** Were the grants of a namespace looked at? Finding none of a kind that nobody asked for says nothing. */
function wasRead(model: ClusterModel, namespace: string): boolean {
  const { state } = model.coverage('ReferenceGrant');
  if (state === 'not-installed') return true;
  if (state !== 'complete') return model.isRead('ReferenceGrant', namespace);
  // A dump of single namespaces has other objects of those it covers.
  return model.listIn('ReferenceGrant', namespace).length > 0 || model.listIn('Service', namespace).length > 0;
}
