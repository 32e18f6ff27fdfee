import type { Meta, Selector } from '../meta.ts';
import type { Condition, PodTemplate } from './pod.ts';

export type WorkloadKind =
  | 'Deployment'
  | 'ReplicaSet'
  | 'StatefulSet'
  | 'DaemonSet'
  | 'Job'
  | 'CronJob'
  | 'ReplicationController';

/** Anything that makes Pods from a template. */
export interface Workload extends Meta {
  readonly kind: WorkloadKind;
  readonly template: PodTemplate;
  readonly selector: Selector;
  /** Wanted Pods (spec.replicas; DaemonSet: desiredNumberScheduled; default 1). */
  readonly replicas: number;
  readonly status: WorkloadStatus;
  readonly strategy: RolloutStrategy;
  readonly suspended: boolean;
  readonly conditions: readonly Condition[];
  readonly minReadySeconds: number;
  /** StatefulSet's governing Service. */
  readonly serviceName?: string;
  readonly paused: boolean;
  /** `deployment.kubernetes.io/revision`. */
  readonly revision?: string;
}

export interface WorkloadStatus {
  /** The object carries a status; plain manifests do not. */
  readonly known: boolean;
  readonly replicas: number;
  readonly ready: number;
  readonly available: number;
  readonly updated: number;
  readonly unavailable: number;
}

export interface RolloutStrategy {
  readonly type: string;
  readonly maxUnavailable?: number | string;
  readonly maxSurge?: number | string;
}

export interface Autoscaler extends Meta {
  readonly kind: 'HorizontalPodAutoscaler';
  readonly target: { readonly kind: string; readonly name: string };
  readonly min: number;
  readonly max: number;
  readonly current?: number;
  readonly desired?: number;
  readonly conditions: readonly Condition[];
}

export interface DisruptionBudget extends Meta {
  readonly kind: 'PodDisruptionBudget';
  readonly selector?: Selector;
  readonly minAvailable?: number | string;
  readonly maxUnavailable?: number | string;
}
