import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterClient, ClusterRequest } from '../../packages/hopwise/src/sources/cluster/client.ts';
import { ClusterSource } from '../../packages/hopwise/src/sources/cluster/cluster-source.ts';
import { connectCluster } from '../../packages/hopwise/src/sources/cluster/connection/connect.ts';
import type { Sink, SourceSummary } from '../../packages/hopwise/src/sources/contract.ts';

/**
 * The cluster of a capture that was loaded into a control plane, read as hopwise reads any cluster, with the two things that a
 * control plane of today cannot give: the time it was then, and the response that somebody saved in response.txt.
 */
export async function openCapturedCluster(
  kubeconfig: string,
  folder: string,
  time: number,
  namespace?: string,
): Promise<ClusterSource> {
  const client = await connectCluster({ kubeconfig, ...(namespace === undefined ? {} : { namespace }) }, {});
  const response = join(folder, 'response.txt');
  return new CapturedCluster(tellTime(client, time), existsSync(response) ? readFileSync(response, 'utf8') : undefined);
}

class CapturedCluster extends ClusterSource {
  readonly #response: string | undefined;
  constructor(client: ClusterClient, response: string | undefined) {
    super(client);
    this.#response = response;
  }

  override finish(sink: Sink): SourceSummary {
    if (this.#response !== undefined) sink.response(this.#response, 'response.txt');
    return super.finish(sink);
  }
}

/** hopwise takes its "now" from the Date header of the API server. */
function tellTime(client: ClusterClient, time: number): ClusterClient {
  const date = new Date(time).toUTCString();
  return {
    server: client.server,
    context: client.context,
    namespace: client.namespace,
    traffic: client.traffic,
    async request(request: ClusterRequest) {
      const response = await client.request(request);
      return { ...response, headers: { ...response.headers, date } };
    },
    access: () => client.access(),
    close: () => client.close(),
  };
}
