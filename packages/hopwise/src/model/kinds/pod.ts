import type { Labels, Meta } from '../meta.ts';

/** What a Pod runs; shared by Pods and by the templates of workloads. */
export interface PodSpec {
  readonly containers: readonly Container[];
  readonly hostNetwork: boolean;
  readonly dnsPolicy: string;
  readonly dnsConfig?: DnsConfig;
  readonly hostname?: string;
  readonly subdomain?: string;
  readonly serviceAccount: string;
  readonly terminationGraceSeconds: number;
  readonly restartPolicy: string;
  readonly readinessGates: readonly string[];
  readonly volumes: readonly Volume[];
  readonly hostAliases: readonly { readonly ip: string; readonly hostnames: readonly string[] }[];
}

export interface DnsConfig {
  readonly nameservers: readonly string[];
  readonly searches: readonly string[];
  readonly ndots?: number;
}

export interface Container {
  readonly name: string;
  /** `sidecar` is an init container with restartPolicy Always: it runs beside the main containers and its ports count. */
  readonly role: 'main' | 'init' | 'sidecar';
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: readonly EnvVar[];
  readonly envFrom: readonly {
    readonly kind: 'ConfigMap' | 'Secret';
    readonly name: string;
    readonly prefix: string;
    readonly optional: boolean;
  }[];
  readonly ports: readonly ContainerPort[];
  readonly readiness?: Probe;
  readonly liveness?: Probe;
  readonly startup?: Probe;
  /** What preStop does: `sleep 20`, `exec …`, `httpGet …`. */
  readonly preStop?: PreStop;
  readonly mounts: readonly { readonly name: string; readonly path: string; readonly subPath?: string }[];
  readonly limits: Readonly<Record<string, string>>;
  readonly requests: Readonly<Record<string, string>>;
}

export interface PreStop {
  readonly kind: 'sleep' | 'exec' | 'httpGet' | 'tcpSocket';
  /** Seconds slept, when it is a plain sleep. */
  readonly seconds?: number;
  readonly command: readonly string[];
}

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  /** Where the value comes from when it is not in the object. */
  readonly from?: {
    readonly kind: 'ConfigMap' | 'Secret' | 'field' | 'resource';
    readonly name: string;
    readonly key: string;
    readonly optional: boolean;
  };
}

export interface ContainerPort {
  readonly name?: string;
  readonly port: number;
  readonly protocol: Protocol;
  readonly hostPort?: number;
}

export type Protocol = 'TCP' | 'UDP' | 'SCTP';

export interface Probe {
  readonly kind: 'httpGet' | 'tcpSocket' | 'exec' | 'grpc';
  /** Number or container port name; undefined for exec. */
  readonly port?: number | string;
  readonly path?: string;
  readonly scheme?: 'HTTP' | 'HTTPS';
  readonly host?: string;
  readonly command: readonly string[];
  readonly initialDelaySeconds: number;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly successThreshold: number;
  readonly failureThreshold: number;
}

export interface Volume {
  readonly name: string;
  readonly kind: 'ConfigMap' | 'Secret' | 'PersistentVolumeClaim' | 'projected' | 'other';
  /** Name of the ConfigMap, Secret or claim. */
  readonly source?: string;
  readonly optional: boolean;
}

export interface Pod extends Meta {
  readonly kind: 'Pod';
  readonly spec: PodSpec;
  readonly nodeName?: string;
  readonly phase: string;
  /** Reason and message of the Pod status itself (`Evicted`, …). */
  readonly reason?: string;
  readonly message?: string;
  readonly ips: readonly string[];
  readonly hostIPs: readonly string[];
  readonly conditions: readonly Condition[];
  /** The Ready condition is True. */
  readonly ready: boolean;
  readonly statuses: readonly ContainerStatus[];
  /** The Pod carries a status at all; manifests do not. */
  readonly hasStatus: boolean;
  readonly startTime?: number;
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  /** Epoch milliseconds of the last transition. */
  readonly since?: number;
}

export interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly started?: boolean;
  readonly restarts: number;
  readonly image: string;
  readonly state: ContainerState;
  readonly last?: Terminated;
}
export type ContainerState =
  | { readonly kind: 'waiting'; readonly reason?: string; readonly message?: string }
  | { readonly kind: 'running'; readonly since?: number }
  | Terminated
  | { readonly kind: 'none' };
export interface Terminated {
  readonly kind: 'terminated';
  readonly reason?: string;
  readonly message?: string;
  readonly exitCode?: number;
  readonly signal?: number;
  readonly started?: number;
  readonly finished?: number;
}

export interface PodTemplate {
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
}
