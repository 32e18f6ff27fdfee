import type { Meta } from '../meta.ts';

export interface NetworkPolicy extends Meta {
  readonly kind: 'NetworkPolicy';
}
export interface AdminNetworkPolicy extends Meta {
  readonly kind: 'AdminNetworkPolicy';
}
export interface BaselineAdminNetworkPolicy extends Meta {
  readonly kind: 'BaselineAdminNetworkPolicy';
}
