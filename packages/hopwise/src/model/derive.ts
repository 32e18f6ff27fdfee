import type { Pod } from './kinds/pod.ts';
import type { EndpointSlice, Service, ServicePort, SliceEndpoint, SlicePort } from './kinds/service.ts';
import type { Workload } from './kinds/workload.ts';

/** Marks slices that hopwise worked out itself because the input holds none. */
export const DERIVED = 'hopwise.dev/derived';

/**
 * Plain manifests have no Pods: each workload stands for the Pod it would make, with no address and taken to be ready.
 * A ReplicaSet that a Deployment owns makes no second one.
 */
export function templatePods(workloads: readonly Workload[]): readonly Pod[] {
  return workloads
    .filter((workload) => workload.owner === undefined && !(workload.kind === 'Job' || workload.kind === 'CronJob'))
    .flatMap((workload) => {
      if (workload.replicas === 0) return [];
      const pod: Pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        namespace: workload.namespace,
        name: `${workload.name}-0`,
        labels: workload.template.labels,
        annotations: workload.template.annotations,
        owner: { kind: workload.kind, name: workload.name },
        origin: workload.origin,
        spec: workload.template.spec,
        phase: '',
        ips: [],
        hostIPs: [],
        conditions: [],
        ready: true,
        statuses: [],
        hasStatus: false,
      };
      return [pod];
    });
}

/**
 * What the EndpointSlice controller makes of a selector and its Pods (k8s.io/endpointslice reconciler.go): one slice per
 * set of resolved port numbers, Pods that have an address and are not finished, ready as the Pod is or always when
 * publishNotReadyAddresses is set. A named targetPort that a Pod lacks is left out of that Pod's ports.
 */
export function deriveSlices(
  service: Service,
  pods: readonly Pod[],
  withoutAddresses: boolean,
): readonly EndpointSlice[] {
  const groups = new Map<string, { ports: readonly SlicePort[]; endpoints: SliceEndpoint[] }>();
  for (const pod of pods) {
    if (pod.phase === 'Succeeded' || pod.phase === 'Failed') continue;
    if (pod.ips.length === 0 && !withoutAddresses) continue;
    const ports = service.ports.flatMap((port) => resolvePort(port, pod) ?? []);
    const key = ports.map((port) => `${port.name}:${port.port}/${port.protocol}`).join(',');
    const group = groups.get(key) ?? { ports, endpoints: [] };
    const terminating = pod.deleting !== undefined;
    const serving = service.publishNotReadyAddresses || pod.ready;
    group.endpoints.push({
      addresses: pod.ips.length > 0 ? [pod.ips[0] as string] : [''],
      ready: service.publishNotReadyAddresses || (pod.ready && !terminating),
      serving,
      terminating,
      ...(pod.nodeName === undefined ? {} : { nodeName: pod.nodeName }),
      target: { kind: 'Pod', namespace: pod.namespace, name: pod.name },
    });
    groups.set(key, group);
  }
  return [...groups.values()].map((group, index) => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    namespace: service.namespace,
    name: `${service.name}-derived-${index}`,
    labels: {},
    annotations: {},
    origin: service.origin,
    service: service.name,
    addressType: 'IPv4',
    endpoints: group.endpoints,
    ports: group.ports,
    managedBy: DERIVED,
  }));
}

/** FindPort of k8s.io/kubernetes pkg/api/v1/pod: a name is looked up in main containers and restartable init containers, with the same protocol. */
export function resolvePort(port: ServicePort, pod: Pod): SlicePort | undefined {
  const shape = {
    name: port.name ?? '',
    protocol: port.protocol,
    ...(port.appProtocol === undefined ? {} : { appProtocol: port.appProtocol }),
  };
  if (typeof port.targetPort === 'number') return { ...shape, port: port.targetPort };
  for (const container of pod.spec.containers) {
    if (container.role === 'init') continue;
    for (const declared of container.ports) {
      if (declared.name === port.targetPort && declared.protocol === port.protocol)
        return { ...shape, port: declared.port };
    }
  }
  return undefined;
}
