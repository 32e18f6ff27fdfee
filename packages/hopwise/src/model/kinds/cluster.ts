import type { ObjectId } from '../../base/object-id.ts';
import type { Meta } from '../meta.ts';
import type { Condition } from './pod.ts';

export interface Namespace extends Meta {
  readonly kind: 'Namespace';
  readonly phase: string;
}

export interface Node extends Meta {
  readonly kind: 'Node';
  readonly addresses: readonly { readonly type: string; readonly address: string }[];
  readonly podCIDRs: readonly string[];
  readonly conditions: readonly Condition[];
  readonly taints: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  readonly unschedulable: boolean;
  readonly kubeletVersion?: string;
}

export interface ConfigMap extends Meta {
  readonly kind: 'ConfigMap';
  readonly data: Readonly<Record<string, string>>;
}

/** A Secret without its values: only what is there, and public certificate facts. */
export interface Secret extends Meta {
  readonly kind: 'Secret';
  readonly type: string;
  /** Undefined when only its metadata was read: that it exists, not what it holds. */
  readonly keys?: readonly string[];
  readonly certificate?: Certificate;
}

/** Facts of the leaf certificate in tls.crt; `redacted` when the capture holds no value: unknown, never malformed. */
export type Certificate =
  | { readonly state: 'redacted' }
  | { readonly state: 'malformed'; readonly why: string }
  | {
      readonly state: 'read';
      readonly subject: string;
      readonly issuer: string;
      readonly names: readonly string[];
      readonly notBefore: number;
      readonly notAfter: number;
      readonly selfSigned: boolean;
    };

export interface ClusterEvent extends Meta {
  readonly kind: 'Event';
  readonly about: ObjectId;
  readonly reason: string;
  readonly message: string;
  readonly type: string;
  readonly count: number;
  readonly first?: number;
  readonly last?: number;
  readonly source?: string;
}

export interface ResourceQuota extends Meta {
  readonly kind: 'ResourceQuota';
  readonly hard: Readonly<Record<string, string>>;
  readonly used: Readonly<Record<string, string>>;
}

/** Any object of a kind that the model has no record for: kept as plain data so that dialects can read their own kinds. */
export interface ForeignObject extends Meta {
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status: Readonly<Record<string, unknown>>;
}
