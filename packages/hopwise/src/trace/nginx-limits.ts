import { valueOf } from '../base/lookup.ts';
import { idOf } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { ConfigMap } from '../model/kinds/cluster.ts';
import type { LimitHolder } from './limit.ts';
import type { Trace } from './trace.ts';

interface Asked {
  readonly model: ClusterModel;
  readonly trace: Trace;
}

/** The limit that an NGINX's own words are about: of requests by client, or of what a worker can hold. */
export function nginxOwnLimit(world: Asked, said: string): LimitHolder | undefined {
  return requestLimit(world, said) ?? workerLimit(world, said);
}

/** ingress-nginx's limit-* annotations: limit_req and limit_conn (annotations reference, "Rate limiting"). */
const REQUEST_LIMITS = ['limit-connections', 'limit-rps', 'limit-rpm'];

function requestLimit({ model, trace }: Asked, said: string): LimitHolder | undefined {
  if (!/limiting (?:requests|connections)/.test(said)) return undefined;
  const route = trace.rule === undefined ? undefined : model.object(trace.rule.object);
  const wanted = /limiting connections/.test(said) ? REQUEST_LIMITS.slice(0, 1) : REQUEST_LIMITS.slice(1);
  for (const name of wanted) {
    const key = `nginx.ingress.kubernetes.io/${name}`;
    const value = route?.annotations[key];
    if (route === undefined || value === undefined) continue;
    const raised = String(Number(value) * 10);
    return {
      object: route,
      path: `metadata.annotations["${key}"]`,
      text: `${name} is ${value} for each client address`,
      value,
      advice: `Raise ${name} above what one client (or the proxy whose address all clients share) needs`,
      patches: /^\d{1,7}$/.test(value)
        ? [{ object: idOf(route), type: 'merge', patch: { metadata: { annotations: { [key]: raised } } } }]
        : [],
    };
  }
  return undefined;
}

interface NginxLimit {
  readonly says: RegExp;
  readonly key: string;
  readonly wanted: string;
  readonly text: string;
}

/** What NGINX's workers run out of, and the ConfigMap key of ingress-nginx for it (its ConfigMap reference). */
const NGINX_LIMITS: readonly NginxLimit[] = [
  {
    says: /worker_connections/,
    key: 'max-worker-connections',
    wanted: '65536',
    text: 'connections of one NGINX worker, those to backends included',
  },
  {
    says: /Too many open files|No file descriptors/i,
    key: 'max-worker-open-files',
    wanted: '131072',
    text: 'files and sockets of one NGINX worker',
  },
  {
    says: /\(99: |Address not available|Cannot assign requested address/i,
    key: 'upstream-keepalive-connections',
    wanted: '1000',
    text: 'connections kept for reuse: without one each request takes a new local port',
  },
];

function workerLimit({ model, trace }: Asked, said: string): LimitHolder | undefined {
  const limit = NGINX_LIMITS.find((entry) => entry.says.test(said));
  if (limit === undefined) return undefined;
  const map = configMapOfGateway(model, trace);
  if (map === undefined) return undefined;
  const value = map.data[limit.key];
  return {
    object: map,
    path: `data["${limit.key}"]`,
    text: `${limit.key}${value === undefined ? ' is not set' : ` is ${value}`}: ${limit.text}`,
    ...(value === undefined ? {} : { value }),
    advice: `Raise ${limit.key} to ${limit.wanted}, or run more replicas`,
    patches: [{ object: idOf(map), type: 'merge', patch: { data: { [limit.key]: limit.wanted } } }],
  };
}

/** The ConfigMap that the controller of an ingress-nginx Pod is told to read (--configmap). */
function configMapOfGateway(model: ClusterModel, trace: Trace): ConfigMap | undefined {
  if (trace.gateway?.dialect !== 'ingress-nginx') return undefined;
  for (const pod of valueOf(trace.gateway.pods) ?? []) {
    const flag = pod.spec.containers
      .flatMap((container) => [...container.args, ...container.command])
      .find((word) => word.startsWith('--configmap='));
    const name = flag?.split('/').at(-1);
    const map = name === undefined ? undefined : valueOf(model.get('ConfigMap', pod.namespace, name));
    if (map !== undefined) return map;
  }
  return undefined;
}
