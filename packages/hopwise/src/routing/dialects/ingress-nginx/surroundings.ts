import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { Action } from '../../route-table.ts';
import type { Interception } from './custom-errors.ts';
import type { NginxInstance } from './instance.ts';
import type { Server } from './servers.ts';
import type { Upstream } from './upstreams.ts';

/** What the rules of a location need to know about their surroundings. */
export interface Surroundings {
  readonly model: ClusterModel;
  readonly instance: NginxInstance;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  /** A certificate is configured for the host, so ssl-redirect applies. */
  readonly secured: boolean;
  readonly server: Server;
  /** Where requests go that no rule claims. */
  readonly fallback: Action;
  /** What happens to statuses NGINX gives itself, where no location decides otherwise. */
  readonly interception: Interception;
}
