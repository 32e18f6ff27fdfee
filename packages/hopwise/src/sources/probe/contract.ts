import type { ProbeObservation, ProbeSpeech, ProbeTarget } from '../probe-observation.ts';

/** One target to try, with everything that has to be sent. Made by the planner, never by the prober. */
export interface ProbeSpec {
  readonly target: ProbeTarget;
  /** Resolved for the address, unless `address` is given. */
  readonly name: string;
  /** Connect here without asking DNS; a host name is resolved. */
  readonly address?: string;
  readonly port: number;
  readonly tls: boolean;
  /** SNI, and the name the certificate must have; undefined for an address (RFC 6066, 3: no literal addresses). */
  readonly serverName?: string;
  /** Host header or :authority, with its port where that is not the scheme's own. */
  readonly host: string;
  readonly speech: ProbeSpeech;
  readonly method: string;
  /** Path and query, sent byte for byte. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** How often; the first attempt included. */
  readonly repeat: number;
  /** Gaps to leave a connection idle for, milliseconds. */
  readonly idle: readonly number[];
}

export interface ProbeOptions {
  /** Use one connection for all attempts at a target, as browsers do; otherwise a fresh one for each. */
  readonly keepAlive: boolean;
  /** Go on when the certificate is wrong, as curl -k. */
  readonly insecure: boolean;
  readonly limits: ProbeLimits;
}

/** Bounds of everything that a server could draw out. Times in milliseconds. */
export interface ProbeLimits {
  readonly dnsMs: number;
  /** For each address. */
  readonly connectMs: number;
  readonly tlsMs: number;
  /** From the request being sent to the first byte of the answer. */
  readonly answerMs: number;
  readonly bodyMs: number;
  readonly headerBytes: number;
  /** Read at most; more is no failure. */
  readonly bodyBytes: number;
  /** Kept of the body. */
  readonly keptBytes: number;
  /** Between two attempts at a target. */
  readonly pauseMs: number;
}

export const DEFAULT_LIMITS: ProbeLimits = {
  dnsMs: 6_000,
  connectMs: 5_000,
  tlsMs: 8_000,
  answerMs: 20_000,
  bodyMs: 10_000,
  // Chrome and curl give up at 256 and 300 KiB of headers.
  headerBytes: 256 * 1024,
  bodyBytes: 1024 * 1024,
  keptBytes: 8 * 1024,
  pauseMs: 50,
};

/** How many attempts one target may be asked for, how many gaps, and how long one may be. */
export const MOST_REPEATS = 200;
export const MOST_GAPS = 5;
export const LONGEST_GAP_MS = 600_000;
/** Addresses of one name that are tried. */
export const MOST_ADDRESSES = 8;

/** Names to addresses; tests hand in their own. */
export interface ProbeResolver {
  /** What a client on this machine would connect to, in its order. Rejects with the system's code (ENOTFOUND, EAI_AGAIN …). */
  addresses(name: string, signal: AbortSignal): Promise<readonly string[]>;
  /** The aliases (CNAME) on the way, in order; empty when there are none or nobody says. */
  aliases(name: string, signal: AbortSignal): Promise<readonly string[]>;
}

/** Told of each attempt, for progress. */
export type ProbeWatcher = (target: ProbeTarget, done: number, of: number) => void;

/** Tries targets; rejects only when cancelled. */
export interface Prober {
  probe(specs: readonly ProbeSpec[], signal: AbortSignal, watch?: ProbeWatcher): Promise<readonly ProbeObservation[]>;
}
