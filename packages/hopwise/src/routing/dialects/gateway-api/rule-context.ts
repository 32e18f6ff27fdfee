import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { Gateway } from '../../../model/kinds/gateway-api.ts';
import type { Implementation } from './implementation.ts';
import type { EffectiveListener } from './listeners.ts';

/** The context in which a route's rules are read: redirects depend on the listener, settings on the implementation. */
export interface RuleContext {
  readonly model: ClusterModel;
  readonly implementation: Implementation;
  readonly gateway: Gateway;
  readonly listener: EffectiveListener;
}
