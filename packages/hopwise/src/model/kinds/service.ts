import type { Labels, Meta } from '../meta.ts';
import type { Condition, Protocol } from './pod.ts';

export interface ServicePort {
  readonly name?: string;
  readonly port: number;
  /** Defaulted to `port`. */
  readonly targetPort: number | string;
  readonly protocol: Protocol;
  readonly nodePort?: number;
  readonly appProtocol?: string;
}

export interface Service extends Meta {
  readonly kind: 'Service';
  readonly type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
  readonly clusterIPs: readonly string[];
  /** clusterIP: None. */
  readonly headless: boolean;
  readonly ports: readonly ServicePort[];
  /** Undefined: endpoints are written by somebody else. */
  readonly selector?: Labels;
  readonly externalName?: string;
  readonly externalIPs: readonly string[];
  readonly publishNotReadyAddresses: boolean;
  readonly externalTrafficPolicy: 'Cluster' | 'Local';
  readonly internalTrafficPolicy: 'Cluster' | 'Local';
  readonly sessionAffinity: string;
  readonly loadBalancerClass?: string;
  readonly loadBalancerSourceRanges: readonly string[];
  readonly healthCheckNodePort?: number;
  readonly ipFamilies: readonly string[];
  readonly addresses: readonly LoadBalancerAddress[];
  readonly conditions: readonly Condition[];
  readonly hasStatus: boolean;
}

export interface LoadBalancerAddress {
  readonly ip?: string;
  readonly hostname?: string;
}

/** An EndpointSlice, or one subset of a core Endpoints object in the same shape. */
export interface EndpointSlice extends Meta {
  readonly kind: 'EndpointSlice' | 'Endpoints';
  /** Name of the Service; undefined for an orphan. */
  readonly service?: string;
  readonly addressType: 'IPv4' | 'IPv6' | 'FQDN';
  readonly endpoints: readonly SliceEndpoint[];
  readonly ports: readonly SlicePort[];
  readonly managedBy?: string;
}

export interface SliceEndpoint {
  readonly addresses: readonly string[];
  /** Defaulted: an absent `ready` counts as true (API documentation of EndpointConditions). */
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly nodeName?: string;
  readonly zone?: string;
  readonly hostname?: string;
  readonly target?: { readonly kind: string; readonly namespace: string; readonly name: string };
}

export interface SlicePort {
  readonly name: string;
  /** Undefined means all ports. */
  readonly port?: number;
  readonly protocol: Protocol;
  readonly appProtocol?: string;
}
