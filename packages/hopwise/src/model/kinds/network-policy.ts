import type { Meta, Selector } from '../meta.ts';
import type { Protocol } from './pod.ts';

export type PolicyDirection = 'ingress' | 'egress';

export interface NetworkPolicy extends Meta {
  readonly kind: 'NetworkPolicy';
  /** Empty selects every Pod of the namespace. */
  readonly podSelector: Selector;
  /** Directions it isolates, after the API's defaulting of policyTypes. */
  readonly isolates: readonly PolicyDirection[];
  /** Rules in the order written; rules of a direction that is not isolated have no effect. */
  readonly ingress: readonly PolicyRule[];
  readonly egress: readonly PolicyRule[];
}

/** A rule admits what matches one of its peers and one of its ports. */
export interface PolicyRule {
  /** Empty: every peer. */
  readonly peers: readonly PolicyPeer[];
  /** Empty: every port of every protocol. */
  readonly ports: readonly PolicyPort[];
}

export type PolicyPeer =
  /** Without `namespaces` only the policy's own namespace; without `pods` every Pod of those namespaces. */
  | { readonly kind: 'pods'; readonly namespaces?: Selector; readonly pods?: Selector }
  | { readonly kind: 'block'; readonly cidr: string; readonly except: readonly string[] }
  /** A shape that the API server refuses; kept so that the numbering of the others holds. */
  | { readonly kind: 'invalid'; readonly why: string };

export interface PolicyPort {
  /** Undefined: any protocol (ports of the admin tiers that go by name only). */
  readonly protocol?: Protocol;
  /** Number, or the name of a container port; undefined: every port of the protocol. */
  readonly port?: number | string;
  /** Last port of a range that begins at `port`. */
  readonly endPort?: number;
  /** Set for a shape that the API server refuses. */
  readonly invalid?: string;
}

/** The cluster-wide tiers of policy.networking.k8s.io around NetworkPolicy: AdminNetworkPolicy before it, the baseline behind it. */
export interface AdminPolicy extends Meta {
  readonly tier: 'admin' | 'baseline';
  /** Lower goes first; 0 for the one BaselineAdminNetworkPolicy. */
  readonly priority: number;
  /** Undefined: a shape that is not understood. */
  readonly subject?: PodsByNamespace;
  readonly ingress: readonly AdminRule[];
  readonly egress: readonly AdminRule[];
}

export interface PodsByNamespace {
  readonly namespaces: Selector;
  /** Undefined: every Pod of the namespaces. */
  readonly pods?: Selector;
}

export interface AdminRule {
  readonly name?: string;
  readonly action: 'allow' | 'deny' | 'pass' | 'unknown';
  readonly peers: readonly AdminPeer[];
  /** Empty: every port of every protocol. */
  readonly ports: readonly PolicyPort[];
}

export type AdminPeer =
  | ({ readonly kind: 'pods' } & PodsByNamespace)
  | { readonly kind: 'nodes'; readonly nodes: Selector }
  | { readonly kind: 'networks'; readonly cidrs: readonly string[] }
  | { readonly kind: 'domains'; readonly names: readonly string[] }
  | { readonly kind: 'invalid'; readonly why: string };

export interface AdminNetworkPolicy extends AdminPolicy {
  readonly kind: 'AdminNetworkPolicy';
}
export interface BaselineAdminNetworkPolicy extends AdminPolicy {
  readonly kind: 'BaselineAdminNetworkPolicy';
}
/** v1alpha2: one kind for both tiers; `spec.tier` says which. */
export interface ClusterNetworkPolicy extends AdminPolicy {
  readonly kind: 'ClusterNetworkPolicy';
}
