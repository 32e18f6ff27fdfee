import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { Gateway } from '../../../model/kinds/gateway-api.ts';
import type { EffectiveSettings } from '../../route-table.ts';
import type { Implementation } from './implementation.ts';

/** What the rules of all routes on one Gateway are read with. */
export interface GatewayContext {
  readonly model: ClusterModel;
  readonly implementation: Implementation;
  readonly gateway: Gateway;
  /** Settings where the route says nothing. */
  readonly defaults: EffectiveSettings;
}
