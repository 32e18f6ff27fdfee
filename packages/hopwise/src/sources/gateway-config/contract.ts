import type { GatewayConfigObservation } from '../gateway-config-observation.ts';

/** Proxies that offer what they have loaded to a plain GET. */
export type ConfigDialect = 'envoy' | 'istio' | 'traefik';

/** One Pod of the data plane; without a dialect there is nothing to ask. */
export interface GatewayConfigTarget {
  readonly namespace: string;
  readonly pod: string;
  readonly dialect: ConfigDialect | undefined;
}

/** Rejects only when cancelled: what could not be read is an observation. */
export type GatewayConfigReader = (
  targets: readonly GatewayConfigTarget[],
  signal: AbortSignal,
) => Promise<readonly GatewayConfigObservation[]>;

/** Bytes of an answer; Envoy writes about 1 KiB for each endpoint. */
export const MOST_BYTES = 16 * 1024 * 1024;
/** Longest name of a group that is kept. */
export const LONGEST_NAME = 500;
/** Pods of one gateway that are asked; they load the same configuration. */
export const MOST_PODS = 3;
