/** Objects to read. Without namespace: of the whole cluster; with a name: that one object. */
export interface ObjectQuery {
  /** As the model files it: `Pod`, `VirtualService`, `Gateway.networking.istio.io`. */
  readonly kind: string;
  readonly namespace?: string;
  readonly name?: string;
  /** Narrow the answer; absence of an object then says nothing. */
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Read the list only if it is no longer than this; of a longer one some objects come, and it counts as unread. */
  readonly atMost?: number;
}

/** One container's log. */
export interface LogQuery {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** The container before its last restart. */
  readonly previous: boolean;
  /** RFC 3339; lines before are left out. */
  readonly sinceTime?: string;
  /** At most this many of the last lines … */
  readonly lines: number;
  /** … and of their last bytes. */
  readonly limitBytes: number;
}
