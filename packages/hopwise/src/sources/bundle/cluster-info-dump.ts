import type { InputFile } from '../reading/input-file.ts';
import { commonRoot, type FileReader, type Layout } from '../reading/input-tree.ts';
import { takeLogSections } from '../reading/log-sections.ts';
import { readManifest } from '../reading/read-manifest.ts';

/*
 * `kubectl cluster-info dump --output-directory`: nodes.json, and for each namespace one list per kind and the logs of each
 * Pod (kubectl's pkg/cmd/clusterinfo/clusterinfo_dump.go). The lists are those of the Go client: their items do not say
 * what they are, and with -o yaml the list says it behind them.
 */

interface ListFile {
  readonly kind: string;
  readonly apiVersion: string;
}

const NAMESPACE_FILES: ReadonlyMap<string, ListFile> = new Map([
  ['events', { kind: 'Event', apiVersion: 'v1' }],
  ['replication-controllers', { kind: 'ReplicationController', apiVersion: 'v1' }],
  ['services', { kind: 'Service', apiVersion: 'v1' }],
  ['daemonsets', { kind: 'DaemonSet', apiVersion: 'apps/v1' }],
  ['deployments', { kind: 'Deployment', apiVersion: 'apps/v1' }],
  ['replicasets', { kind: 'ReplicaSet', apiVersion: 'apps/v1' }],
  ['pods', { kind: 'Pod', apiVersion: 'v1' }],
]);
const NODES = /^nodes\.(?:json|ya?ml)$/;
const LIST = /^([^/]+)\/([a-z-]+)\.(?:json|ya?ml)$/;
const LOGS = /^[^/]+\/[^/]+\/logs\.txt$/;

/** The layout of a cluster-info dump; undefined when the paths are none. */
export function detectClusterInfoDump(paths: readonly string[]): Layout | undefined {
  const root = commonRoot(paths);
  const inner = paths.map((path) => path.slice(root.length));
  const namespaces = inner.filter((path) => LIST.exec(path)?.[2] === 'pods').map((path) => path.split('/')[0] ?? '');
  if (namespaces.length === 0) return undefined;
  if (!inner.some((path) => NODES.test(path)) && !inner.some((path) => LOGS.test(path))) return undefined;
  const read = new Map<string, Set<string>>();
  return {
    kind: 'cluster-info dump',
    readerOf: (path) => readerOf(path.slice(root.length), read),
    finish({ sink }) {
      if (inner.some((path) => NODES.test(path))) sink.coverage({ kind: 'Node', state: 'complete' });
      for (const [kind, found] of read) {
        const names = [...found].sort();
        // Whether these are all the namespaces of the cluster a dump does not say.
        sink.coverage({ kind, state: 'partial', reason: `dumped for ${names.join(', ')}`, namespaces: names });
      }
    },
  };
}

function readerOf(path: string, read: Map<string, Set<string>>): FileReader | undefined {
  if (NODES.test(path)) return (file, context) => readManifest(file, context, { kind: 'Node', apiVersion: 'v1' });
  if (LOGS.test(path)) return readLogs;
  const [, namespace = '', name = ''] = LIST.exec(path) ?? [];
  const list = NAMESPACE_FILES.get(name);
  if (list === undefined) return undefined;
  return async (file, context) => {
    await readManifest(file, context, list);
    const namespaces = read.get(list.kind) ?? new Set();
    read.set(list.kind, namespaces.add(namespace));
  };
}

const readLogs: FileReader = async (file: InputFile, context) => {
  for await (const _ of takeLogSections(file.chunks(), file.name, context)) {
    // What is left outside the sections is white space.
  }
};
