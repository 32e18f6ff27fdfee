import type { CauseId } from '../checks/causes.ts';
import type { Engine } from '../engine/contract.ts';
import type { ClusterClient } from '../sources/cluster/client.ts';
import type { openCluster } from '../sources/cluster/open-cluster.ts';
import type { GatewayConfigReader } from '../sources/gateway-config/contract.ts';
import type { openSource } from '../sources/open.ts';
import type { ProbeOptions, Prober } from '../sources/probe/contract.ts';
import type { InsideOptions, InsideProber } from '../sources/probe/inside/contract.ts';

/** Where text goes. */
export interface Output {
  readonly isTerminal: boolean;
  readonly columns: number | undefined;
  /** Done when the text has left for its reader, so that a slow one does not fill memory. */
  write(text: string): Promise<void>;
}

/** The pages of `hopwise explain` (each check's explain.md). */
export interface ExplainPages {
  readonly ids: readonly CauseId[];
  get(id: CauseId): string | undefined;
}

/** Everything a command may touch. Tests hand in their own; engine and pages are loaded when first asked for. */
export interface CliIo {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin: AsyncIterable<Uint8Array> & { readonly isTerminal: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How the program was called: `hopwise` or `kubectl hopwise`. */
  readonly program: string;
  readonly signal: AbortSignal;
  /**
   * Has `undo` called, synchronously, when the process is ended from outside; the answer calls it off. What it promises is
   * waited for, a while.
   */
  onInterrupt(undo: () => void | Promise<void>): () => void;
  /** Milliseconds since the program started. */
  elapsed(): number;
  readFile(path: string): Promise<string>;
  writeFile(path: string, text: string): Promise<void>;
  engine(): Promise<Engine>;
  openSource(): Promise<typeof openSource>;
  openCluster(): Promise<typeof openCluster>;
  /** Asks from this machine. */
  prober(options: Partial<ProbeOptions>): Promise<Prober>;
  /** Asks inside a live cluster. */
  insideProber(cluster: ClusterClient, options: Omit<InsideOptions, 'forward'>): Promise<InsideProber>;
  /** Asks the Pods of a live cluster's gateway what they have loaded. */
  gatewayConfigReader(cluster: ClusterClient): Promise<GatewayConfigReader>;
  explainPages(): Promise<ExplainPages>;
}
