import type { Meta } from '../meta.ts';

export interface GatewayClass extends Meta {
  readonly kind: 'GatewayClass';
  readonly controller: string;
}
export interface Gateway extends Meta {
  readonly kind: 'Gateway';
}
export interface ListenerSet extends Meta {
  readonly kind: 'ListenerSet';
}
export interface HttpRoute extends Meta {
  readonly kind: 'HTTPRoute';
}
export interface GrpcRoute extends Meta {
  readonly kind: 'GRPCRoute';
}
export interface TlsRoute extends Meta {
  readonly kind: 'TLSRoute';
}
export interface TcpRoute extends Meta {
  readonly kind: 'TCPRoute';
}
export interface UdpRoute extends Meta {
  readonly kind: 'UDPRoute';
}
export interface ReferenceGrant extends Meta {
  readonly kind: 'ReferenceGrant';
}
export interface BackendTlsPolicy extends Meta {
  readonly kind: 'BackendTLSPolicy';
}
