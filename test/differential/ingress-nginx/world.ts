import type { JsonObject } from '../../../packages/hopwise/src/sources/contract.ts';

/** Everything of a cluster that differs from one to the next; the rest is in `surroundings`. */
export interface World {
  /** Flags of the controller. */
  readonly flags: readonly string[];
  /** Data of the controller's ConfigMap. */
  readonly settings: Readonly<Record<string, string>>;
  readonly ingresses: readonly WorldIngress[];
}

export interface WorldIngress {
  readonly namespace: string;
  readonly name: string;
  /** Decides who keeps a path that two Ingresses claim. */
  readonly created: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: JsonObject;
}

/** The controller whose code runs here: tag controller-v1.11.0 of kubernetes/ingress-nginx is commit 52c50467d67d. */
const VERSION = 'v1.11.0';
export const CONTROLLER = { namespace: 'controller', name: 'ingress-nginx' } as const;
export const CONFIG_MAP = 'settings';
export const NAMESPACES = ['one', 'two'] as const;
/** `gone` does not exist and `idle` has no endpoints. */
export const SERVICES = ['web', 'api', 'shop', 'next', 'idle', 'gone'] as const;
export const CLASSES: Readonly<Record<string, string>> = {
  nginx: 'k8s.io/ingress-nginx',
  second: 'k8s.io/ingress-nginx',
  other: 'example.com/other',
};

/** Where a client reaches the controller; hopwise is asked about this address, so that no other gateway can be meant. */
export const ADDRESS = '203.0.113.10';

/** The controller as hopwise sees it: its Pod, with image and flags, and the Service in front of it. */
export function controllerObjects(flags: readonly string[]): readonly JsonObject[] {
  const image = `registry.k8s.io/ingress-nginx/controller:${VERSION}`;
  const args = ['/nginx-ingress-controller', ...controllerFlags(flags)];
  const { http, https } = listenPorts(flags);
  const ports = [
    { name: 'http', containerPort: http, protocol: 'TCP' },
    { name: 'https', containerPort: https, protocol: 'TCP' },
  ];
  const labels = { app: 'ingress-nginx' };
  return [
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...CONTROLLER, labels },
      spec: { containers: [{ name: 'controller', image, args, ports }] },
      status: {
        phase: 'Running',
        podIP: '10.2.0.1',
        podIPs: [{ ip: '10.2.0.1' }],
        conditions: [{ type: 'Ready', status: 'True' }],
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: CONTROLLER,
      spec: {
        type: 'LoadBalancer',
        selector: labels,
        ports: [
          { name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' },
          { name: 'https', port: 443, targetPort: 'https', protocol: 'TCP' },
        ],
      },
      status: { loadBalancer: { ingress: [{ ip: ADDRESS }] } },
    },
  ];
}

export function controllerFlags(flags: readonly string[]): readonly string[] {
  return [`--configmap=${CONTROLLER.namespace}/${CONFIG_MAP}`, ...flags];
}

/** The ports the controller believes NGINX to listen on. */
export function listenPorts(flags: readonly string[]): { readonly http: number; readonly https: number } {
  const given = (name: string, usual: number): number =>
    Number(flags.find((flag) => flag.startsWith(`--${name}=`))?.split('=')[1] ?? usual);
  return { http: given('http-port', 80), https: given('https-port', 443) };
}

/** Namespaces, classes, Services and their endpoints: the same in every world. */
export function surroundings(): readonly JsonObject[] {
  const namespaces = [...NAMESPACES, CONTROLLER.namespace, MARKERS].map((name) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name },
  }));
  const classes = Object.entries(CLASSES).map(([name, controller]) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name },
    spec: { controller },
  }));
  const services = NAMESPACES.flatMap((namespace) =>
    SERVICES.filter((name) => name !== 'gone').flatMap((name) => [
      service(namespace, name),
      ...endpoints(namespace, name),
    ]),
  );
  // No Pod can be made before its service account is there.
  const account = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace: CONTROLLER.namespace },
  };
  return [...namespaces, account, ...classes, ...services];
}

function service(namespace: string, name: string): JsonObject {
  const ports = [
    { name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' },
    { name: 'alt', port: 81, targetPort: 'web', protocol: 'TCP' },
  ];
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { type: 'ClusterIP', ports } };
}

function endpoints(namespace: string, name: string): readonly JsonObject[] {
  if (name === 'idle') return [];
  const address = `10.1.${NAMESPACES.indexOf(namespace as 'one')}.${SERVICES.indexOf(name as 'web') + 1}`;
  return [
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: `${name}-1`, namespace, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [address], conditions: { ready: true } }],
      ports: [
        { name: 'http', port: 8080, protocol: 'TCP' },
        { name: 'alt', port: 9090, protocol: 'TCP' },
      ],
    },
  ];
}

export function configMap(settings: Readonly<Record<string, string>>): JsonObject {
  const metadata = { name: CONFIG_MAP, namespace: CONTROLLER.namespace };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: settings };
}

export function ingress({ namespace, name, created, annotations, spec }: WorldIngress): JsonObject {
  const metadata = { namespace, name, creationTimestamp: created, annotations };
  return { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata, spec };
}

/** Where the Ingress lives by which the test sees that the controller has read everything created before. */
export const MARKERS = 'markers';

export function markerIngress(round: number, flags: readonly string[]): JsonObject {
  const controller = flags.find((flag) => flag.startsWith('--controller-class='))?.split('=')[1] ?? CLASSES.nginx;
  const [ingressClassName = 'nginx'] = Object.entries(CLASSES).find(([, value]) => value === controller) ?? [];
  const backend = { service: { name: 'marker', port: { number: round } } };
  const paths = [{ path: '/', pathType: 'Prefix', backend }];
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { namespace: MARKERS, name: 'marker' },
    spec: { ingressClassName, rules: [{ host: `round-${round}.marker.invalid`, http: { paths } }] },
  };
}
