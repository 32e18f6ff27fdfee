import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Node } from '../../model/kinds/cluster.ts';
import type { Pod, Protocol } from '../../model/kinds/pod.ts';
import type { PolicyVerdict } from '../trace.ts';

/** One connection as the network sees it: to the Pod's own address and port, after Services were translated. */
export interface Flow {
  readonly from: FlowEnd;
  readonly to: FlowEnd;
  /** Port at the destination Pod (targetPort), not the Service's port. */
  readonly port: number;
  readonly protocol: Protocol;
}

export type FlowEnd =
  /** `address` picks one of a dual-stack Pod's addresses. */
  | { readonly kind: 'pod'; readonly pod: Pod; readonly address?: string }
  | { readonly kind: 'node'; readonly node: Node; readonly address?: string }
  | OutsideEnd
  | UnreadEnd;

/** Something that could not be read: an endpoint's targetRef, or an address that may be a Pod's. */
export interface UnreadEnd {
  readonly kind: 'unread';
  /** Set when it is known to be a Pod of that namespace. */
  readonly namespace?: string;
  readonly name?: string;
  readonly address?: string;
}

export interface OutsideEnd {
  readonly kind: 'outside';
  /** Undefined: a client whose address nobody knows. */
  readonly address?: string;
  /**
   * The connection came through a node (LoadBalancer or NodePort with externalTrafficPolicy Cluster): the Pod may see
   * a node's address instead of the client's, and which of them a policy sees depends on the implementation.
   */
  readonly throughNodes?: boolean;
}

export interface FlowVerdict extends PolicyVerdict {
  readonly egress: SideVerdict;
  readonly ingress: SideVerdict;
  /** Kinds that nobody read and that are taken to have no objects. */
  readonly assumed: readonly string[];
}

/** What the policies of one end say; `unrestricted` when nothing selects it in that direction. */
export interface SideVerdict extends PolicyVerdict {
  readonly unrestricted: boolean;
  /** The deciding field of the first object of `by`, as `spec.ingress[0].from[0]`. */
  readonly path: string | undefined;
}

/** Whose address it is: a Pod's, a node's, or something outside the cluster; a Pod only when the model knows it. */
export function flowEndAt(model: ClusterModel, address: string): FlowEnd {
  const pod = model.podByIP(address);
  if (pod.state === 'found') return { kind: 'pod', pod: pod.value, address };
  const node = model.nodeByIP(address);
  if (node.state === 'found') return { kind: 'node', node: node.value, address };
  return pod.state === 'unknown' ? { kind: 'unread', address } : { kind: 'outside', address };
}
