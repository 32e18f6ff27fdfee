import type { ClusterClient, ClusterRequest } from '../../packages/hopwise/src/sources/cluster/client.ts';
import { ClusterSource } from '../../packages/hopwise/src/sources/cluster/cluster-source.ts';
import { connectCluster } from '../../packages/hopwise/src/sources/cluster/connection/connect.ts';
import type { ConnectionOptions } from '../../packages/hopwise/src/sources/cluster/connection/connection-options.ts';
import type { ObjectQuery } from '../../packages/hopwise/src/sources/cluster/query.ts';
import type { JsonObject, KindCoverage, Sink } from '../../packages/hopwise/src/sources/contract.ts';

export interface ReadResult {
  /** Names by kind, as delivered: one that came twice is here twice. */
  readonly names: ReadonlyMap<string, readonly string[]>;
  readonly coverage: ReadonlyMap<string, KindCoverage>;
  /** Lists that began anew. */
  readonly restarts: number;
}

export interface ReadOptions extends ConnectionOptions {
  /** Called before every request; waits for what it returns. */
  readonly before?: (request: ClusterRequest, sent: number) => Promise<void> | void;
}

/** Reads these lists (all kinds without any) through hopwise's own client and source. */
export async function readCluster(options: ReadOptions, queries?: readonly ObjectQuery[]): Promise<ReadResult> {
  const names = new Map<string, string[]>();
  const coverage = new Map<string, KindCoverage>();
  let restarts = 0;
  const sink: Sink = {
    object: (raw) => {
      const list = names.get(String(raw.kind)) ?? [];
      list.push(String((raw.metadata as JsonObject).name));
      names.set(String(raw.kind), list);
    },
    forget: (kind) => {
      restarts += 1;
      names.delete(kind);
    },
    log: () => {},
    response: () => {},
    problem: () => {},
    coverage: (entry) => void coverage.set(entry.kind, entry),
    snapshot: () => {},
  };
  const client = await connectCluster(options, {});
  try {
    const source = new ClusterSource(watched(client, options.before));
    const { signal } = new AbortController();
    if (queries === undefined) await source.read(sink, signal);
    else {
      await source.query(queries, sink, signal);
      source.finish(sink);
    }
    return { names, coverage, restarts };
  } finally {
    client.close();
  }
}

function watched(client: ClusterClient, before: ReadOptions['before']): ClusterClient {
  if (before === undefined) return client;
  let sent = 0;
  return {
    server: client.server,
    context: client.context,
    namespace: client.namespace,
    traffic: client.traffic,
    async request(request) {
      sent += 1;
      await before(request, sent);
      return client.request(request);
    },
    access: () => client.access(),
    close: () => client.close(),
  };
}
