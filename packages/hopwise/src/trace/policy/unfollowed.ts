import type { ClusterModel } from '../../model/cluster-model.ts';
import type { PolicyDirection } from '../../model/kinds/network-policy.ts';
import type { Meta } from '../../model/meta.ts';
import type { Side } from './side.ts';

interface Unfollowed {
  readonly kind: string;
  readonly group: string;
  /** Only this direction is concerned. */
  readonly direction?: PolicyDirection;
  /** Only connections that leave the cluster are concerned. */
  readonly outsideOnly?: boolean;
}

/** Policy kinds of Pod networks that are known to decide about connections and are not evaluated here. */
const UNFOLLOWED: readonly Unfollowed[] = [
  { kind: 'NetworkPolicy.crd.antrea.io', group: 'crd.antrea.io' },
  { kind: 'ClusterNetworkPolicy', group: 'crd.antrea.io' },
  { kind: 'ClusterNetworkPolicy', group: 'networking.k8s.aws' },
  { kind: 'ApplicationNetworkPolicy', group: 'networking.k8s.aws' },
  { kind: 'EgressFirewall', group: 'k8s.ovn.org', direction: 'egress', outsideOnly: true },
  { kind: 'EgressNetworkPolicy', group: 'network.openshift.io', direction: 'egress', outsideOnly: true },
];

/** Objects of such kinds that may concern a side: those of the Pod's namespace and cluster-wide ones. */
export function unfollowedPolicies(side: Side): readonly Meta[] {
  const { model } = side.index;
  return UNFOLLOWED.flatMap((entry) => {
    if (entry.direction !== undefined && entry.direction !== side.direction) return [];
    if (entry.outsideOnly === true && side.peer.kind === 'pod') return [];
    return model
      .foreign(entry.kind)
      .filter(
        (object) =>
          object.apiVersion.startsWith(`${entry.group}/`) &&
          (object.namespace === '' || object.namespace === side.subject.namespace),
      );
  });
}

export function hasUnfollowedPolicies(model: ClusterModel): boolean {
  return UNFOLLOWED.some(({ kind }) => model.foreign(kind).length > 0);
}
