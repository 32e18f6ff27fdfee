import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Pod } from '../../model/kinds/pod.ts';
import type { LogQuery } from '../../sources/cluster/query.ts';
import type { Trace } from '../../trace/trace.ts';

/** A gateway writes about every route: its log is long. An app's own words matter where it fails: its end. */
const GATEWAY_LOG = { lines: 10_000, limitBytes: 4 * 1024 * 1024 };
const APP_LOG = { lines: 2_000, limitBytes: 1024 * 1024 };
/** Of each group; replicas say much the same. */
const PODS = 6;
/** When nothing explains the failure: a glance at the ends of more logs. */
const GLANCE = { lines: 1_000, limitBytes: 256 * 1024 };
const GLANCES = 60;

/** The logs of the Pods on a request's path: the gateway's, then the backends', and of what ran before a restart. */
export function logsOfPath(trace: Trace, since: string | undefined): readonly LogQuery[] {
  const sinceTime = since === undefined ? {} : { sinceTime: since };
  const gateway = trace.gateway?.pods.state === 'found' ? trace.gateway.pods.value : [];
  const callers = trace.inCluster && trace.callers.state === 'found' ? trace.callers.value : [];
  const behind = trace.backends.flatMap(({ endpoints, selected }) => [
    ...endpoints.flatMap(({ pod }) => (pod.state === 'found' ? [pod.value] : [])),
    ...selected,
  ]);
  return [
    ...choose(gateway).flatMap((pod) => logsOfPod(pod, { ...GATEWAY_LOG, ...sinceTime })),
    ...choose([...behind, ...callers]).flatMap((pod) => logsOfPod(pod, { ...APP_LOG, ...sinceTime })),
  ];
}

/** Logs of other Pods that were read about: an agent in front, a proxy in between, a dependency behind. Those of the path's namespaces first. */
export function logsNearby(model: ClusterModel, namespaces: ReadonlySet<string>): readonly LogQuery[] {
  const pods = [...model.list('Pod')].sort(
    (a, b) => Number(namespaces.has(b.namespace)) - Number(namespaces.has(a.namespace)) || trouble(b) - trouble(a),
  );
  return pods.flatMap((pod) => logsOfPod(pod, GLANCE)).slice(0, GLANCES);
}

/** Troubled ones first: what they say explains more. */
function choose(pods: readonly Pod[]): readonly Pod[] {
  const distinct = new Map(pods.map((pod) => [`${pod.namespace}/${pod.name}`, pod]));
  return [...distinct.entries()]
    .sort(([a, first], [b, second]) => trouble(second) - trouble(first) || (a < b ? -1 : 1))
    .slice(0, PODS)
    .map(([, pod]) => pod);
}

function trouble(pod: Pod): number {
  const restarts = pod.statuses.reduce((sum, status) => sum + status.restarts, 0);
  return (pod.ready ? 0 : 2) + (restarts > 0 ? 1 : 0);
}

function logsOfPod(pod: Pod, bounds: Pick<LogQuery, 'lines' | 'limitBytes' | 'sinceTime'>): readonly LogQuery[] {
  return pod.statuses.flatMap(({ name: container, restarts, state }): readonly LogQuery[] => {
    const query = { namespace: pod.namespace, pod: pod.name, container, ...bounds };
    // A container that waits for its first start has written nothing, and the kubelet answers with an error.
    const ran = state.kind === 'running' || state.kind === 'terminated' || restarts > 0;
    if (!ran) return [];
    return [{ ...query, previous: false }, ...(restarts > 0 ? [{ ...query, previous: true }] : [])];
  });
}
