import { closeSync, openSync, writeSync } from 'node:fs';
import {
  addressOf,
  container,
  deployment,
  endpoint,
  endpointSlice,
  ingress,
  metadata,
  namespace,
  node,
  podOf,
  replicaSet,
  service,
  TEMPLATE_HASH,
} from './cluster-objects.ts';

export interface ClusterSize {
  readonly nodes: number;
  readonly pods: number;
  readonly services: number;
  readonly routes: number;
}

/** Kubernetes' own limits, and as many routes as Services. */
export const FULL_SIZE: ClusterSize = { nodes: 5_000, pods: 150_000, services: 10_000, routes: 10_000 };

export interface GeneratedCluster {
  readonly file: string;
  readonly bytes: number;
  readonly objects: number;
  /** Services that were broken on purpose: their selector matches no Pod. */
  readonly faults: number;
}

const NAMESPACES = 100;
/** One Service in so many is broken, so that a scan has something to say and cannot be quick by looking nowhere. */
export const FAULT_EVERY = 500;
const FLUSH_AT = 1 << 20;

/**
 * Writes one v1 List as JSON, one item a line, straight to disk: an ingress-nginx cluster in which every Service has its
 * Deployment, Pods, EndpointSlice and Ingress. The same size always gives the same bytes.
 */
export function generateCluster(file: string, size: ClusterSize): GeneratedCluster {
  const descriptor = openSync(file, 'w');
  let pending = '{"apiVersion":"v1","kind":"List","metadata":{"resourceVersion":""},"items":[\n';
  let bytes = 0;
  let objects = 0;
  const flush = (): void => {
    bytes += writeSync(descriptor, pending);
    pending = '';
  };
  for (const item of listObjects(size)) {
    pending += `${objects === 0 ? '' : ',\n'}${JSON.stringify(item)}`;
    objects++;
    if (pending.length > FLUSH_AT) flush();
  }
  pending += '\n]}\n';
  flush();
  closeSync(descriptor);
  return { file, bytes, objects, faults: Math.floor(size.services / FAULT_EVERY) };
}

/** A request for the nth route. */
export function urlOfRoute(index: number): string {
  return `https://app-${index}.example.com/api/v1/items`;
}

/** Every object of the cluster, in a fixed order. */
export function* listObjects(size: ClusterSize): Generator<object> {
  for (let index = 0; index < NAMESPACES; index++) yield namespace(`team-${index}`);
  yield namespace('ingress-nginx');
  for (let index = 0; index < size.nodes; index++) yield node(index);
  yield* controller(size);
  const podsPerService = Math.max(1, Math.floor(size.pods / size.services));
  for (let index = 0; index < size.services; index++) {
    yield* application(index, podsPerService, size);
    if (index < size.routes) yield ingress(index, index, namespaceOf(index));
  }
  for (let index = size.services; index < size.routes; index++)
    yield ingress(index, index % size.services, namespaceOf(index % size.services));
}

function* application(index: number, pods: number, size: ClusterSize): Generator<object> {
  const name = `app-${index}`;
  const broken = index % FAULT_EVERY === FAULT_EVERY - 1;
  yield service(name, namespaceOf(index), broken ? { app: `${name}-old` } : { app: name }, index);
  yield deployment(name, namespaceOf(index), pods);
  const owner = `${name}-${TEMPLATE_HASH}`;
  yield replicaSet(owner, namespaceOf(index), name, pods);
  const endpoints: object[] = [];
  for (let replica = 0; replica < pods; replica++) {
    const number = index * pods + replica;
    const pod = `${owner}-${(replica + 10_000).toString(36)}`;
    const nodeName = `node-${number % size.nodes}`;
    yield podOf(
      pod,
      namespaceOf(index),
      { app: name, 'pod-template-hash': TEMPLATE_HASH },
      number,
      nodeName,
      container(name, 8080),
      owner,
    );
    endpoints.push(endpoint(pod, namespaceOf(index), addressOf(number), nodeName));
  }
  yield endpointSlice(name, namespaceOf(index), broken ? [] : endpoints, { http: 8080 });
}

function* controller(size: ClusterSize): Generator<object> {
  const labels = { 'app.kubernetes.io/name': 'ingress-nginx', 'app.kubernetes.io/component': 'controller' };
  yield {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: metadata('nginx'),
    spec: { controller: 'k8s.io/ingress-nginx' },
  };
  const pods = Array.from({ length: 3 }, (_, index) => ({ name: `controller-${index}`, number: size.pods + index }));
  for (const { name, number } of pods) {
    yield podOf(
      name,
      'ingress-nginx',
      labels,
      number,
      `node-${number % size.nodes}`,
      container('controller', 80, 'registry.k8s.io/ingress-nginx/controller:v1.13.2'),
    );
  }
  yield {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { ...metadata('ingress-nginx-controller', 'ingress-nginx'), labels },
    spec: {
      type: 'LoadBalancer',
      clusterIP: '10.96.0.100',
      clusterIPs: ['10.96.0.100'],
      selector: labels,
      ports: [
        { name: 'http', port: 80, targetPort: 80, protocol: 'TCP' },
        { name: 'https', port: 443, targetPort: 80, protocol: 'TCP' },
      ],
    },
    status: { loadBalancer: { ingress: [{ ip: '203.0.113.10' }] } },
  };
  const endpoints = pods.map(({ name, number }) =>
    endpoint(name, 'ingress-nginx', addressOf(number), `node-${number % size.nodes}`),
  );
  yield endpointSlice('ingress-nginx-controller', 'ingress-nginx', endpoints, { http: 80, https: 80 });
}

function namespaceOf(index: number): string {
  return `team-${index % NAMESPACES}`;
}
