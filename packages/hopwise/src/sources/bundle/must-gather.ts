import { type FileReader, isManifestPath, type Layout } from '../reading/input-tree.ts';
import { readLog, readText } from '../reading/read-log.ts';
import { readManifest } from '../reading/read-manifest.ts';

/*
 * OpenShift must-gather and `oc adm inspect` (openshift/oc, pkg/cli/admin/inspect): namespaces/<ns>/<group>/<resource>.yaml
 * lists, single objects beside them, namespaces/<ns>/pods/<pod>/ with each container's logs, and
 * cluster-scoped-resources/<group>/…; one such tree per image that gathered. Objects repeat: lists, single files and the
 * Pods' own folders hold the same ones.
 */

const LIST = /(?:^|\/)namespaces\/([^/]+)\/[a-z0-9.-]+\/([a-z0-9]+)\.ya?ml$/;
/** Every Pod of an inspected namespace, whether or not there is a list of them. */
const POD = /(?:^|\/)namespaces\/([^/]+)\/pods\/[^/]+\/[^/]+\.ya?ml$/;
const LOG = /(?:^|\/)namespaces\/([^/]+)\/pods\/([^/]+)\/([^/]+)\/[^/]+\/logs\/(current|previous)(?:\.insecure)?\.log$/;
const OBJECT = /(?:^|\/)(?:namespaces\/[^/]+|cluster-scoped-resources)\//;
const NODES = /(?:^|\/)cluster-scoped-resources\/core\/nodes(?:\/|\.ya?ml$)/;
const TIMESTAMP = /(?:^|\/)timestamp$/;

/** Kinds of the lists that oc inspects in every namespace it is asked about. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['pods', 'Pod'],
  ['services', 'Service'],
  ['endpoints', 'Endpoints'],
  ['endpointslices', 'EndpointSlice'],
  ['configmaps', 'ConfigMap'],
  ['secrets', 'Secret'],
  ['events', 'Event'],
  ['deployments', 'Deployment'],
  ['replicasets', 'ReplicaSet'],
  ['statefulsets', 'StatefulSet'],
  ['daemonsets', 'DaemonSet'],
  ['replicationcontrollers', 'ReplicationController'],
  ['jobs', 'Job'],
  ['cronjobs', 'CronJob'],
  ['horizontalpodautoscalers', 'HorizontalPodAutoscaler'],
  ['poddisruptionbudgets', 'PodDisruptionBudget'],
  ['networkpolicies', 'NetworkPolicy'],
  ['egressfirewalls', 'EgressFirewall'],
  ['ingresses', 'Ingress'],
  ['routes', 'Route'],
  ['deploymentconfigs', 'DeploymentConfig'],
]);

/** The layout of a must-gather; undefined when the paths are none. */
export function detectMustGather(paths: readonly string[]): Layout | undefined {
  const isOne = paths.some((path) => LOG.test(path) || (LIST.test(path) && !path.includes('cluster-resources/')));
  if (!isOne) return undefined;
  const read = new Map<string, Set<string>>();
  return {
    kind: 'must-gather',
    repeats: true,
    readerOf: (path) => readerOf(path, read),
    finish({ sink }) {
      if (paths.some((path) => NODES.test(path))) sink.coverage({ kind: 'Node', state: 'complete' });
      for (const [kind, found] of read) {
        const names = [...found].sort();
        const reason = `gathered in ${names.length === 1 ? names[0] : `${names.length} namespaces`}`;
        sink.coverage({ kind, state: 'partial', reason, namespaces: names });
      }
    },
  };
}

function readerOf(path: string, read: Map<string, Set<string>>): FileReader | undefined {
  const log = LOG.exec(path);
  if (log !== null) {
    const [, namespace = '', pod = '', container = '', which] = log;
    return async (file, context) => {
      // A log that could not be fetched leaves an empty file.
      if (file.size === 0) return;
      await readLog(file, { namespace, pod, container, previous: which === 'previous' }, context);
    };
  }
  if (TIMESTAMP.test(path)) return readTime;
  if (!isManifestPath(path) || !OBJECT.test(path)) return undefined;
  const [, namespace = POD.exec(path)?.[1], resource = 'pods'] = LIST.exec(path) ?? [];
  const kind = KINDS.get(resource);
  if (kind === undefined || namespace === undefined) return readManifest;
  return async (file, context) => {
    await readManifest(file, context);
    read.set(kind, (read.get(kind) ?? new Set()).add(namespace));
  };
}

/** `2026-05-12 10:14:55.123 +0000 UTC m=+0.1`, written when gathering began and when it ended. */
const readTime: FileReader = async (file, { sink }) => {
  const lines = (await readText(file, 4096)).trim().split('\n');
  const match = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(?:\.\d+)? ([+-]\d{2})(\d{2})/.exec(lines.at(-1) ?? '');
  if (match === null) return;
  const time = Date.parse(`${match[1]}T${match[2]}${match[3]}:${match[4]}`);
  if (Number.isFinite(time)) sink.snapshot({ time });
};
