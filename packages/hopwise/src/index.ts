/*
 * The library: what the command line does, without a terminal.
 *
 *     import { diagnose, load, openSource } from 'hopwise';
 *     const snapshot = await load(await openSource('./incident'), AbortSignal.timeout(60_000));
 *     const { verdict, causes } = diagnose(snapshot, { url: 'https://shop.example.com/api/cart' });
 *
 * On a live cluster, with kubectl's configuration:
 *
 *     const cluster = await openCluster({ context: 'prod' }, process.env);
 *     const request = { url: 'https://shop.example.com/api/cart' };
 *     const snapshot = await loadPath(cluster, request, { logs: true }, AbortSignal.timeout(60_000));
 *     const { verdict, causes } = diagnose(snapshot, request);
 *     cluster.client.close();
 *
 * The documents it returns are described by the JSON Schemas in `hopwise/schema/`; `hopwise/report` renders them.
 */
import { engine } from './engine/engine.ts';

export { CAUSE_IDS, type CauseFacts, type CauseId, causeFacts, isCauseId } from './checks/causes.ts';
export {
  type Engine,
  type PathOptions,
  type Progress,
  RequestError,
  type RequestInput,
  type ScanOptions,
  type Snapshot,
} from './engine/contract.ts';
export type * from './report/diagnosis.ts';
export type { ApiFailure } from './sources/cluster/api/api-failure.ts';
export { ClusterError } from './sources/cluster/client.ts';
export type { ClusterSource, ReadingOptions } from './sources/cluster/cluster-source.ts';
export type { ConnectionOptions } from './sources/cluster/connection/connection-options.ts';
export { openCluster } from './sources/cluster/open-cluster.ts';
export type { Source } from './sources/contract.ts';
export { type OpenOptions, openSource } from './sources/open.ts';
export { SourceError } from './sources/source-error.ts';

export const { load, loadPath, diagnose, trace, scan } = engine;
