import { ClusterSource, type ReadingOptions } from './cluster-source.ts';
import { connectCluster } from './connection/connect.ts';
import type { ConnectionOptions } from './connection/connection-options.ts';

/** The cluster that kubectl would talk to with these flags and this environment; nothing has been sent yet. */
export async function openCluster(
  options: ConnectionOptions,
  env: Readonly<Record<string, string | undefined>>,
  reading: ReadingOptions = {},
): Promise<ClusterSource> {
  return new ClusterSource(await connectCluster(options, env), reading);
}
