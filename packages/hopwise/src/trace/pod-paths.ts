import { found, unknown } from '../base/lookup.ts';
import { objectId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { EndpointSlice, Service, ServicePort } from '../model/kinds/service.ts';
import { type Callers, listEndpoints } from './backend-path.ts';
import type { BackendPath } from './trace.ts';

/*
 * Pods asked at their own addresses: by a per-Pod name, by address, or through a headless Service. The port of the URL is
 * the Pod's, whatever the Service's ports say.
 */

/** The Pods that DNS answers with for a headless Service. */
export function servicePodsPath(model: ClusterModel, service: Service, port: number, callers: Callers): BackendPath {
  const slices = model.slicesOf(service);
  const own = ownPort(port);
  return {
    ref: { object: objectId('Service', service.namespace, service.name), port, weight: 1, field: '' },
    service: found(service),
    port: found(own),
    slices,
    selected: service.selector === undefined ? [] : model.podsMatching(service.namespace, service.selector),
    endpoints:
      slices.state === 'found'
        ? listEndpoints(model, slices.value, () => port, own.protocol, { callers, throughNodes: false })
        : [],
  };
}

/**
 * One Pod, whatever Services select it. Readiness keeps a Pod out of DNS and Services, and whoever knows its address
 * connects all the same: `reached` says which of them it is.
 */
export function podPath(
  model: ClusterModel,
  pod: Pod,
  address: string,
  port: number,
  callers: Callers,
  reached = true,
): BackendPath {
  const slice = sliceOf(pod, address, port, reached);
  return {
    ref: { object: objectId('Pod', pod.namespace, pod.name), port, weight: 1, field: '' },
    service: unknown('the Pod is asked at its own address'),
    port: found(ownPort(port)),
    slices: found([slice]),
    selected: [pod],
    endpoints: listEndpoints(model, [slice], () => port, 'TCP', { callers, throughNodes: false }),
  };
}

function ownPort(port: number): ServicePort {
  return { port, targetPort: port, protocol: 'TCP' };
}

/** What a slice would say about the one Pod. */
function sliceOf(pod: Pod, address: string, port: number, reached: boolean): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    namespace: pod.namespace,
    name: pod.name,
    labels: {},
    annotations: {},
    origin: pod.origin,
    addressType: address.includes(':') ? 'IPv6' : 'IPv4',
    endpoints: [
      {
        addresses: [address],
        ready: reached,
        serving: pod.ready || !pod.hasStatus,
        terminating: pod.deleting !== undefined,
        ...(pod.nodeName === undefined ? {} : { nodeName: pod.nodeName }),
        target: { kind: 'Pod', namespace: pod.namespace, name: pod.name },
      },
    ],
    ports: [{ name: '', port, protocol: 'TCP' }],
  };
}
