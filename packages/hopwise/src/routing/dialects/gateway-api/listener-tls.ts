import { idOf, objectId } from '../../../base/object-id.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { ListenerTls, NotUnderstood } from '../../route-table.ts';
import { permitsReference } from './grants.ts';
import type { EffectiveListener } from './listeners.ts';

/**
 * The certificates a listener shows. One of another namespace needs a ReferenceGrant for the object that declares the
 * listener: grants for a Gateway do not extend to its ListenerSets (apis/v1/listenerset_types.go).
 */
export function readListenerTls(model: ClusterModel, { owner, listener }: EffectiveListener): ListenerTls | undefined {
  const { tls } = listener;
  if (tls === undefined) return undefined;
  const refused = tls.certificates.flatMap((ref): NotUnderstood[] => {
    if (permitsReference(model, owner, ref) !== 'missing') return [];
    const why = `no ReferenceGrant in namespace ${ref.namespace} allows ${owner.kind} ${owner.namespace}/${owner.name} to use ${ref.kind} ${ref.namespace}/${ref.name}`;
    return [{ object: idOf(owner), path: ref.field, why }];
  });
  return {
    mode: tls.mode === 'Passthrough' ? 'passthrough' : 'terminate',
    secrets: tls.certificates
      .filter(({ group, kind }) => group === '' && kind === 'Secret')
      .map(({ kind, namespace, name }) => objectId(kind, namespace, name)),
    ...(refused.length === 0 ? {} : { refused }),
  };
}
