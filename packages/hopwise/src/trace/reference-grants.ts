import { idOf, type ObjectId, splitId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { KindMap } from '../model/kind-map.ts';
import type { Json } from '../sources/contract.ts';

type Grant = KindMap['ReferenceGrant'];

/** A ReferenceGrant that was plainly made for a reference and misses it by one entry. */
export interface NearGrant {
  readonly grant: Grant;
  readonly field: 'spec.from' | 'spec.to';
  readonly why: string;
  readonly patch: readonly Json[];
}

const GATEWAY_GROUP = 'gateway.networking.k8s.io';

/**
 * Of the grants in the target's namespace the one whose other half already fits: it admits this route (but not to this
 * target), or it opens this target (but not to this route). Undefined when none does, so that a new one is needed.
 */
export function nearestGrant(model: ClusterModel, from: ObjectId, to: ObjectId): NearGrant | undefined {
  const route = splitId(from);
  const target = splitId(to);
  for (const grant of model.listIn('ReferenceGrant', target.namespace)) {
    const opens = grant.to.some(
      (entry) => entry.group === '' && entry.kind === target.kind && (entry.name ?? target.name) === target.name,
    );
    const admits = grant.from.some(
      (entry) => entry.group === GATEWAY_GROUP && entry.kind === route.kind && entry.namespace === route.namespace,
    );
    if (opens === admits) continue;
    return opens
      ? {
          grant,
          field: 'spec.from',
          why: `it opens ${target.kind} ${target.name}, but not to ${route.kind} of namespace ${route.namespace}`,
          patch: [
            {
              op: 'add',
              path: '/spec/from/-',
              value: { group: GATEWAY_GROUP, kind: route.kind, namespace: route.namespace },
            },
          ],
        }
      : {
          grant,
          field: 'spec.to',
          why: `it admits ${route.kind} of namespace ${route.namespace}, but not to ${target.kind} ${target.name}`,
          patch: [{ op: 'add', path: '/spec/to/-', value: { group: '', kind: target.kind, name: target.name } }],
        };
  }
  return undefined;
}

/** The grant to change, or else the object that holds the reference. */
export function grantToChange(near: NearGrant | undefined, holder: ObjectId): ObjectId {
  return near === undefined ? holder : idOf(near.grant);
}
