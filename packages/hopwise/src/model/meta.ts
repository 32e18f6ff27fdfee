import type { Origin } from '../sources/origin.ts';

export type Labels = Readonly<Record<string, string>>;

export interface Meta {
  readonly apiVersion: string;
  readonly kind: string;
  /** '' for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
  readonly uid?: string;
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly created?: number;
  /** Epoch milliseconds at which deletion was asked for; set while an object is terminating. */
  readonly deleting?: number;
  readonly generation?: number;
  /** The controller owner. */
  readonly owner?: { readonly kind: string; readonly name: string };
  readonly origin: Origin;
}

/** A label selector, already normalised: matchLabels are `In` requirements with one value. Empty list selects all. */
export interface Selector {
  readonly requirements: readonly Requirement[];
}
export interface Requirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values: readonly string[];
}
