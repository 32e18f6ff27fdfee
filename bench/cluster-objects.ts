/*
 * The objects of a generated cluster, with about as many fields as real ones have: what a reader skips costs time too.
 */

export const TEMPLATE_HASH = '6d5f7c9b8';

export function ingress(index: number, serviceIndex: number, inNamespace: string): object {
  const backend = { service: { name: `app-${serviceIndex}`, port: { name: 'http' } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      ...metadata(`route-${index}`, inNamespace),
      annotations: { 'nginx.ingress.kubernetes.io/proxy-read-timeout': '30' },
    },
    spec: {
      ingressClassName: 'nginx',
      rules: [
        {
          host: `app-${index}.example.com`,
          http: {
            paths: [
              { path: '/', pathType: 'Prefix', backend },
              { path: '/api', pathType: 'Prefix', backend },
            ],
          },
        },
      ],
    },
    status: { loadBalancer: { ingress: [{ ip: '203.0.113.10' }] } },
  };
}

export function replicaSet(name: string, inNamespace: string, owner: string, replicas: number): object {
  const labels = { app: owner, 'pod-template-hash': TEMPLATE_HASH };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { ...metadata(name, inNamespace), labels, ownerReferences: [ownedBy('Deployment', owner)] },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container(owner, 8080)] } },
    },
    status: { replicas, readyReplicas: replicas, availableReplicas: replicas, observedGeneration: 1 },
  };
}

export function namespace(name: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { ...metadata(name), labels: { 'kubernetes.io/metadata.name': name } },
    status: { phase: 'Active' },
  };
}

export function node(index: number): object {
  const name = `node-${index}`;
  const condition = (type: string, status: string) => ({
    type,
    status,
    lastHeartbeatTime: '2026-06-01T08:00:00Z',
    lastTransitionTime: '2026-05-01T08:00:00Z',
    reason: `Kubelet${type}`,
    message: 'kubelet is posting its status',
  });
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      ...metadata(name),
      labels: { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': `zone-${index % 3}` },
    },
    spec: { podCIDR: `10.${(index >> 8) & 255}.${index & 255}.0/24` },
    status: {
      capacity: { cpu: '16', memory: '65843256Ki', pods: '110' },
      allocatable: { cpu: '15890m', memory: '64692280Ki', pods: '110' },
      addresses: [
        { type: 'InternalIP', address: `172.16.${index >> 8}.${index & 255}` },
        { type: 'Hostname', address: name },
      ],
      conditions: [
        condition('MemoryPressure', 'False'),
        condition('DiskPressure', 'False'),
        condition('PIDPressure', 'False'),
        condition('Ready', 'True'),
      ],
      nodeInfo: { kubeletVersion: 'v1.34.1', containerRuntimeVersion: 'containerd://2.1.4', osImage: 'Linux' },
      images: Array.from({ length: 10 }, (_, image) => ({
        names: [`registry.example.com/platform/image-${image}:1.${index % 9}.0`],
        sizeBytes: 40_000_000 + image,
      })),
    },
  };
}

export function service(name: string, inNamespace: string, selector: object, index: number): object {
  // 10.96.0.0 to .255 belong to the API server's own Service and the controller's.
  const clusterIP = `10.${97 + (index >> 14)}.${(index >> 8) & 63}.${index & 255}`;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { ...metadata(name, inNamespace), labels: { app: name } },
    spec: {
      type: 'ClusterIP',
      clusterIP,
      clusterIPs: [clusterIP],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      sessionAffinity: 'None',
      selector,
      ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }],
    },
    status: { loadBalancer: {} },
  };
}

export function deployment(name: string, inNamespace: string, replicas: number): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...metadata(name, inNamespace), generation: 1, labels: { app: name } },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [container(name, 8080)] } },
    },
    status: {
      observedGeneration: 1,
      replicas,
      updatedReplicas: replicas,
      readyReplicas: replicas,
      availableReplicas: replicas,
    },
  };
}

export function container(name: string, port: number, image = `registry.example.com/team/${name}:1.4.2`): object {
  return {
    name,
    image,
    ports: [{ name: 'http', containerPort: port, protocol: 'TCP' }],
    env: [
      { name: 'LOG_LEVEL', value: 'info' },
      { name: 'POD_IP', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } },
    ],
    readinessProbe: {
      httpGet: { path: '/healthz', port: 'http', scheme: 'HTTP' },
      periodSeconds: 10,
      timeoutSeconds: 1,
      failureThreshold: 3,
    },
    livenessProbe: {
      httpGet: { path: '/livez', port: 'http', scheme: 'HTTP' },
      periodSeconds: 20,
      timeoutSeconds: 2,
      failureThreshold: 3,
    },
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
    volumeMounts: [
      { name: 'kube-api-access', readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
    ],
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: 'IfNotPresent',
  };
}

export function podOf(
  name: string,
  inNamespace: string,
  labels: object,
  number: number,
  nodeName: string,
  main: object,
  owner?: string,
): object {
  const started = '2026-05-20T10:00:00Z';
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadata(name, inNamespace),
      labels,
      ...(owner !== undefined && { ownerReferences: [ownedBy('ReplicaSet', owner)] }),
    },
    spec: {
      nodeName,
      serviceAccountName: 'default',
      containers: [main],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      schedulerName: 'default-scheduler',
      tolerations: [
        { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
        { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
      ],
      volumes: [
        {
          name: 'kube-api-access',
          projected: {
            sources: [{ serviceAccountToken: { expirationSeconds: 3607, path: 'token' } }],
            defaultMode: 420,
          },
        },
      ],
    },
    status: {
      phase: 'Running',
      podIP: addressOf(number),
      podIPs: [{ ip: addressOf(number) }],
      hostIP: '172.16.0.1',
      startTime: started,
      qosClass: 'Burstable',
      conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({
        type,
        status: 'True',
        lastTransitionTime: started,
      })),
      containerStatuses: [
        {
          ...pick(main),
          imageID:
            'registry.example.com/team/app@sha256:0000000000000000000000000000000000000000000000000000000000000000',
          containerID: 'containerd://0000000000000000000000000000000000000000000000000000000000000000',
          ready: true,
          started: true,
          restartCount: 0,
          state: { running: { startedAt: started } },
          lastState: {},
        },
      ],
    },
  };
}

function pick(main: object): object {
  const { name, image } = main as { name: string; image: string };
  return { name, image };
}

export function endpoint(pod: string, inNamespace: string, address: string, nodeName: string): object {
  return {
    addresses: [address],
    conditions: { ready: true, serving: true, terminating: false },
    nodeName,
    targetRef: { kind: 'Pod', namespace: inNamespace, name: pod },
  };
}

export function endpointSlice(
  serviceName: string,
  inNamespace: string,
  endpoints: readonly object[],
  ports: Readonly<Record<string, number>>,
): object {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      ...metadata(`${serviceName}-x7k2p`, inNamespace),
      labels: { 'kubernetes.io/service-name': serviceName },
    },
    addressType: 'IPv4',
    endpoints,
    ports: Object.entries(ports).map(([name, port]) => ({ name, port, protocol: 'TCP' })),
  };
}

export function metadata(name: string, inNamespace?: string): object {
  return {
    name,
    ...(inNamespace !== undefined && { namespace: inNamespace }),
    uid: '7d1c9b52-0000-4000-8000-000000000000',
    resourceVersion: '123456789',
    creationTimestamp: '2026-05-01T08:00:00Z',
  };
}

export function addressOf(number: number): string {
  return `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
}

function ownedBy(kind: string, name: string): object {
  return { apiVersion: 'apps/v1', kind, name, uid: '5b2f0c6a-0000-4000-8000-000000000000', controller: true };
}
