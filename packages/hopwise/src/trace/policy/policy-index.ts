import type { ClusterModel } from '../../model/cluster-model.ts';
import type { AdminPolicy, NetworkPolicy, PolicyDirection } from '../../model/kinds/network-policy.ts';
import type { Pod } from '../../model/kinds/pod.ts';
import { type Address, parseAddress } from './address.ts';
import { groupAdminPolicies, whyAdminUnread } from './admin-policies.ts';
import { type NamespaceView, viewNamespace } from './namespace-labels.ts';
import { type Networking, readNetworking } from './networking.ts';
import type { PeerRules } from './peer.ts';
import { type PolicyReading, readKindCoverage, readPolicyCoverage } from './policy-coverage.ts';
import { PolicyLookup } from './policy-lookup.ts';
import { hasUnfollowedPolicies } from './unfollowed.ts';

/**
 * What the verdicts of one model share: a Pod's selecting policies and a namespace's labels are worked out once, so that
 * a flow costs only the policies of its two ends.
 */
export interface PolicyIndex {
  readonly model: ClusterModel;
  namespace(name: string): NamespaceView;
  selecting(pod: Pod, direction: PolicyDirection): readonly NetworkPolicy[];
  /** Nothing at all can restrict the Pod in this direction. */
  leavesAlone(pod: Pod, direction: PolicyDirection): boolean;
  /** A Pod's own addresses, parsed. */
  addressesOf(pod: Pod): readonly Address[];
  adminPolicies(tier: AdminPolicy['tier']): readonly (readonly AdminPolicy[])[];
  /** Why the policies of a tier cannot be judged, when the API refused to show them. */
  adminUnread(tier: AdminPolicy['tier']): string | undefined;
  /** Why policies of the Pod network's own kinds cannot be judged, when the API refused to show them. */
  readonly ownKindsUnread: string | undefined;
  readonly networking: Networking;
  readonly rules: PeerRules;
  /** How far the NetworkPolicies of a namespace are known. */
  reading(namespace: string): PolicyReading;
}

/** Cilium documentation, "Known missing features for Kubernetes Network Policy": ipBlock set with a Pod IP. */
const CILIUM_BLOCKS = 'Cilium does not match ipBlock with addresses of Pods and, unless configured, of nodes';

/** Policy kinds of Cilium and Calico. */
const OWN_KINDS = [
  'CiliumNetworkPolicy',
  'CiliumClusterwideNetworkPolicy',
  'NetworkPolicy.crd.projectcalico.org',
  'NetworkPolicy.projectcalico.org',
  'GlobalNetworkPolicy',
] as const;

const INDEXES = new WeakMap<ClusterModel, PolicyIndex>();

export function policyIndexOf(model: ClusterModel): PolicyIndex {
  let index = INDEXES.get(model);
  if (index === undefined) {
    index = buildIndex(model);
    INDEXES.set(model, index);
  }
  return index;
}

function buildIndex(model: ClusterModel): PolicyIndex {
  const namespaces = new Map<string, NamespaceView>();
  const selecting = {
    ingress: new WeakMap<Pod, readonly NetworkPolicy[]>(),
    egress: new WeakMap<Pod, readonly NetworkPolicy[]>(),
  };
  const lookups = { ingress: new Map<string, PolicyLookup>(), egress: new Map<string, PolicyLookup>() };
  const lookupOf = (name: string, direction: PolicyDirection): PolicyLookup => {
    let lookup = lookups[direction].get(name);
    if (lookup === undefined) {
      lookup = new PolicyLookup(model.listIn('NetworkPolicy', name), direction);
      lookups[direction].set(name, lookup);
    }
    return lookup;
  };
  const addresses = new WeakMap<Pod, readonly Address[]>();
  const readings = new Map<string, PolicyReading>();
  const networking = readNetworking(model);
  const ownKindsUnread = OWN_KINDS.map((kind) => readKindCoverage(model, kind)).find(
    ({ state }) => state === 'unread',
  )?.why;
  const admin = { admin: groupAdminPolicies(model, 'admin'), baseline: groupAdminPolicies(model, 'baseline') };
  const adminUnread = { admin: whyAdminUnread(model, 'admin'), baseline: whyAdminUnread(model, 'baseline') };
  // Most clusters have nothing but NetworkPolicies.
  const onlyNetworkPolicies =
    admin.admin.length === 0 &&
    admin.baseline.length === 0 &&
    adminUnread.admin === undefined &&
    adminUnread.baseline === undefined &&
    ownKindsUnread === undefined &&
    !OWN_KINDS.some((kind) => model.foreign(kind).length > 0) &&
    !hasUnfollowedPolicies(model);
  const index: PolicyIndex = {
    model,
    leavesAlone: (pod, direction) =>
      onlyNetworkPolicies &&
      index.selecting(pod, direction).length === 0 &&
      index.reading(pod.namespace).state !== 'unread',
    addressesOf(pod) {
      let parsed = addresses.get(pod);
      if (parsed === undefined) {
        parsed = pod.ips.flatMap((text) => parseAddress(text) ?? []);
        addresses.set(pod, parsed);
      }
      return parsed;
    },
    adminPolicies: (tier) => admin[tier],
    adminUnread: (tier) => adminUnread[tier],
    ownKindsUnread,
    networking,
    rules: {
      hostNamespaces: networking.hostNamespaces,
      ...(networking.cilium ? { blockSkipsCluster: CILIUM_BLOCKS } : {}),
    },
    reading(namespace) {
      let reading = readings.get(namespace);
      if (reading === undefined) {
        reading = readPolicyCoverage(model, namespace);
        readings.set(namespace, reading);
      }
      return reading;
    },
    namespace(name) {
      let view = namespaces.get(name);
      if (view === undefined) {
        view = viewNamespace(model, name);
        namespaces.set(name, view);
      }
      return view;
    },
    selecting(pod, direction) {
      let policies = selecting[direction].get(pod);
      if (policies === undefined) {
        policies = lookupOf(pod.namespace, direction).selecting(pod.labels);
        selecting[direction].set(pod, policies);
      }
      return policies;
    },
  };
  return index;
}
