import type { PolicyDirection } from '../../model/kinds/network-policy.ts';
import type { Pod } from '../../model/kinds/pod.ts';
import type { Peer, PortAsk } from './peer.ts';
import type { PolicyIndex } from './policy-index.ts';

/** One side of a flow as its policies see it: whose policies, in which direction, about which peer and port. */
export interface Side {
  readonly index: PolicyIndex;
  readonly direction: PolicyDirection;
  readonly subject: Pod;
  readonly peer: Peer;
  readonly ask: PortAsk;
}
