import { ClusterSource } from './cluster-source.ts';
import { connectCluster } from './connection/connect.ts';
import type { ConnectionOptions } from './connection/connection-options.ts';

/** The cluster that kubectl would talk to with these flags and this environment; nothing has been sent yet. `namespace` limits a
 * whole reading to one; `whole` objects are read with every field. */
export async function openCluster(
  options: ConnectionOptions,
  env: Readonly<Record<string, string | undefined>>,
  namespace?: string,
  whole = false,
): Promise<ClusterSource> {
  return new ClusterSource(await connectCluster(options, env), namespace, whole);
}
