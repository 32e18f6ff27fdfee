import { createHash } from 'node:crypto';
import { managedBy } from './managed-fields.ts';

/*
 * The bench's objects with what the API server, kubelet and controllers add to them in a real cluster, so that they have a
 * real cluster's size: a Pod 5 to 6 KB of JSON, a Node 15 KB.
 */

export interface BenchObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: object };
  readonly spec?: object;
  readonly status?: object;
}

/** The object with an own uid, managedFields and the fields that only a running cluster fills. */
export function makeLifelike(object: BenchObject): BenchObject {
  const grown = object.kind === 'Node' ? growNode(object) : object.kind === 'Pod' ? growPod(object) : object;
  const { metadata, apiVersion } = grown;
  const { spec, status, ...rest } = grown;
  const declared = {
    metadata: { labels: metadata.labels ?? {} },
    ...without(rest),
    ...(spec !== undefined && { spec }),
  };
  const managedFields = [
    managedBy(WRITERS[object.kind] ?? 'kube-controller-manager', apiVersion, declared),
    ...(status === undefined
      ? []
      : [managedBy(STATUS_WRITERS[object.kind] ?? 'kube-controller-manager', apiVersion, { status }, 'status')]),
  ];
  return { ...grown, metadata: { ...metadata, ...uidOf(object), managedFields } as BenchObject['metadata'] };
}

const WRITERS: Readonly<Record<string, string>> = {
  Deployment: 'kubectl-client-side-apply',
  Service: 'kubectl-client-side-apply',
  Ingress: 'kubectl-client-side-apply',
  Node: 'kubelet',
};
const STATUS_WRITERS: Readonly<Record<string, string>> = {
  Pod: 'kubelet',
  Node: 'kubelet',
  Ingress: 'nginx-ingress-controller',
};

function without(object: object): object {
  const { apiVersion: _a, kind: _k, metadata: _m, ...rest } = object as Record<string, unknown>;
  return rest;
}

/** The same object has the same uid in every run. */
function uidOf({ kind, metadata }: BenchObject): object {
  const hash = createHash('sha1').update(`${kind}/${metadata.namespace}/${metadata.name}`).digest('hex');
  const uid = [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `4${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ];
  return { uid: uid.join('-') };
}

const IMAGES = 45;

function growNode(node: BenchObject): BenchObject {
  const { name, labels } = node.metadata;
  const digest = createHash('sha256').update(name).digest('hex');
  const images = Array.from({ length: IMAGES }, (_, index) => ({
    names: [
      `registry.example.com/platform/service-${index}@sha256:${digest}`,
      `registry.example.com/platform/service-${index}:1.${index}.0`,
    ],
    sizeBytes: 40_000_000 + index,
  }));
  return {
    ...node,
    metadata: {
      ...node.metadata,
      labels: {
        ...labels,
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/os': 'linux',
        'node.kubernetes.io/instance-type': 'm7.4xlarge',
        'topology.kubernetes.io/region': 'region-1',
      },
      annotations: {
        'node.alpha.kubernetes.io/ttl': '30',
        'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
        'csi.volume.kubernetes.io/nodeid': JSON.stringify({ 'ebs.csi.example.com': `i-${digest.slice(0, 17)}` }),
      },
    } as BenchObject['metadata'],
    status: {
      ...node.status,
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      images,
      nodeInfo: {
        machineID: digest.slice(0, 32),
        systemUUID: digest.slice(32),
        bootID: digest.slice(16, 48),
        kernelVersion: '6.12.30',
        osImage: 'Linux 12',
        containerRuntimeVersion: 'containerd://2.1.4',
        kubeletVersion: 'v1.37.2',
        kubeProxyVersion: '',
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
    },
  };
}

function growPod(pod: BenchObject): BenchObject {
  const { name } = pod.metadata;
  const token = `kube-api-access-${createHash('sha1').update(name).digest('hex').slice(0, 5)}`;
  const text = JSON.stringify({ spec: pod.spec }).replaceAll('"kube-api-access"', JSON.stringify(token));
  const { spec } = JSON.parse(text) as { spec: { volumes: readonly object[] } };
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '8080' },
    } as BenchObject['metadata'],
    spec: {
      ...spec,
      volumes: spec.volumes.map((volume) => ({ ...volume, projected: TOKEN_VOLUME })),
      serviceAccount: 'default',
      enableServiceLinks: true,
      preemptionPolicy: 'PreemptLowerPriority',
      priority: 0,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    },
  };
}

const TOKEN_VOLUME = {
  defaultMode: 420,
  sources: [
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    {
      downwardAPI: {
        items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
      },
    },
  ],
};
