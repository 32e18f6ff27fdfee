import type { ClusterSource } from '../../sources/cluster/cluster-source.ts';
import type { LogQuery } from '../../sources/cluster/query.ts';
import type { JsonObject, Sink, Source } from '../../sources/contract.ts';
import { isObject } from '../../sources/reading/object-identity.ts';
import type { PathOptions, Progress, RequestInput } from '../contract.ts';

/** Of how many Pods the logs go into a capture of everything: those in trouble first. */
const MAX_PODS = 300;
const LOG = { lines: 2_000, limitBytes: 1024 * 1024 };

/** A live cluster as far as the path of one request leads, with the logs on it. */
export function pathSource(
  cluster: ClusterSource,
  request: RequestInput,
  options: PathOptions,
  progress: Progress | undefined,
): Source {
  return {
    id: 'cluster',
    async read(sink, signal) {
      const { loadPath } = await import('../live/load-path.ts');
      return (await loadPath(cluster, request, { ...options, record: sink }, signal, progress)).source;
    },
  };
}

/** A whole live cluster (or namespace), with logs when asked. */
export function wholeSource(cluster: ClusterSource, options: PathOptions, progress: Progress | undefined): Source {
  return {
    id: 'cluster',
    async read(sink, signal) {
      if (!options.logs) return cluster.read(sink, signal);
      const pods = new PodNotes();
      const summary = await cluster.read(pods.watch(sink), signal);
      const { queries, left } = pods.logs(options.logsSince);
      progress?.({ stage: 'logs', detail: `${queries.length} logs` });
      await cluster.readLogs(queries, sink, signal);
      if (left > 0) {
        const message = `of ${left} more Pods were not read; --for URL reads those of a path`;
        sink.problem({ file: 'logs', message });
      }
      return summary;
    },
  };
}

interface PodNote {
  readonly namespace: string;
  readonly pod: string;
  readonly trouble: number;
  readonly containers: readonly { readonly container: string; readonly restarted: boolean }[];
}

/** Remembers of the Pods that pass by what their logs are asked for with. */
class PodNotes {
  readonly #notes = new Map<string, PodNote>();

  watch(sink: Sink): Sink {
    return {
      ...sink,
      object: (raw, origin) => {
        if (raw.kind === 'Pod') this.#note(raw);
        sink.object(raw, origin);
      },
    };
  }

  #note({ metadata, status }: JsonObject): void {
    if (!isObject(metadata) || !isObject(status) || !Array.isArray(status.containerStatuses)) return;
    const statuses = status.containerStatuses.filter(isObject);
    const containers = statuses.flatMap(({ name, state, restartCount }) => {
      const restarted = typeof restartCount === 'number' && restartCount > 0;
      // A container that waits for its first start has written nothing, and asking is an error.
      const ran = restarted || (isObject(state) && (isObject(state.running) || isObject(state.terminated)));
      return ran ? [{ container: String(name), restarted }] : [];
    });
    const trouble =
      statuses.filter(({ ready }) => ready !== true).length + containers.filter((each) => each.restarted).length;
    const namespace = String(metadata.namespace);
    const pod = String(metadata.name);
    this.#notes.set(`${namespace}/${pod}`, { namespace, pod, trouble, containers });
  }

  logs(since: string | undefined): { readonly queries: readonly LogQuery[]; readonly left: number } {
    const sorted = [...this.#notes.entries()].sort(
      ([a, first], [b, second]) => second.trouble - first.trouble || (a < b ? -1 : 1),
    );
    const bounds = { ...LOG, ...(since === undefined ? {} : { sinceTime: since }) };
    const queries = sorted.slice(0, MAX_PODS).flatMap(([, { namespace, pod, containers }]) =>
      containers.flatMap(({ container, restarted }) => {
        const query = { namespace, pod, container, ...bounds };
        return [{ ...query, previous: false }, ...(restarted ? [{ ...query, previous: true }] : [])];
      }),
    );
    return { queries, left: Math.max(0, sorted.length - MAX_PODS) };
  }
}
