import { expect, test } from 'vitest';
import { ModelBuilder } from '../../model/builder.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { JsonObject } from '../../sources/contract.ts';
import { ownersOf } from './ownership.ts';

// Whose Ingress is it? As ingress-nginx decides (internal/ingress/controller/store/store.go: GetIngressClass and the
// IngressClass informer, controller-v1.11.0; asked live by test/differential/ingress-nginx with the same classes and flags).

interface Given {
  /** By name: spec.controller, `*` before it for the default class. */
  readonly classes?: Readonly<Record<string, string>>;
  /** Flags of each controller, by the name of its Pod. */
  readonly controllers: Readonly<Record<string, readonly string[]>>;
  readonly className?: string;
  readonly annotation?: string;
  readonly manifestsOnly?: boolean;
}

const NGINX = { nginx: 'k8s.io/ingress-nginx' };
const TWO = { nginx: 'k8s.io/ingress-nginx', inner: 'k8s.io/inner-ingress-nginx' };
const INNER = ['--controller-class=k8s.io/inner-ingress-nginx', '--ingress-class=inner'];

const CASES: Readonly<Record<string, readonly [Given, string]>> = {
  'by its class': [{ classes: NGINX, controllers: { main: [] }, className: 'nginx' }, 'main'],
  'by any class that belongs to the controller': [
    { classes: { ...NGINX, public: 'k8s.io/ingress-nginx' }, controllers: { main: [] }, className: 'public' },
    'main',
  ],
  'by a class of somebody else, who need not be known or seen': [
    { classes: { ...NGINX, other: 'example.com/other' }, controllers: { main: [] }, className: 'other' },
    'class/other',
  ],
  'not by a class that does not exist, whatever its name': [
    { classes: {}, controllers: { main: [] }, className: 'nginx' },
    'unclaimed, certain',
  ],
  'by the old annotation, without any IngressClass': [{ controllers: { main: [] }, annotation: 'nginx' }, 'main'],
  'by the annotation that --ingress-class names': [
    { classes: TWO, controllers: { main: [], inner: INNER }, annotation: 'inner' },
    'inner',
  ],
  'not by an annotation nobody answers to': [
    { classes: NGINX, controllers: { main: [] }, annotation: 'traefik' },
    'unclaimed, certain',
  ],
  'the field counts, the annotation beside it does not': [
    { classes: TWO, controllers: { main: [], inner: INNER }, className: 'inner', annotation: 'nginx' },
    'inner',
  ],
  'a field that names no class is not mended by the annotation': [
    { classes: NGINX, controllers: { main: [] }, className: 'missing', annotation: 'nginx' },
    'unclaimed, certain',
  ],
  'without class, nobody': [{ classes: NGINX, controllers: { main: [] } }, 'no class, certain'],
  'without class, the controller told to watch those': [
    { classes: NGINX, controllers: { main: ['--watch-ingress-without-class=true'] } },
    'main',
  ],
  'without class, every controller told to': [
    {
      classes: TWO,
      controllers: { main: ['--watch-ingress-without-class'], inner: [...INNER, '--watch-ingress-without-class'] },
    },
    'inner + main',
  ],
  'a default class does nothing for an Ingress that is already there': [
    { classes: { nginx: '*k8s.io/ingress-nginx' }, controllers: { main: [] } },
    'no class, certain',
  ],
  'a manifest gets the default class when it is applied': [
    { classes: { nginx: '*k8s.io/ingress-nginx' }, controllers: { main: [] }, manifestsOnly: true },
    'main',
  ],
  'two instances share a class that both read': [
    { classes: NGINX, controllers: { main: [], copy: [] }, className: 'nginx' },
    'copy + main',
  ],
  'each of two instances has its own': [
    { classes: TWO, controllers: { main: [], inner: INNER }, className: 'nginx' },
    'main',
  ],
  'not out of the watched namespace': [
    { classes: NGINX, controllers: { main: ['--watch-namespace=elsewhere'] }, className: 'nginx' },
    'unclaimed, certain',
  ],
};

test.each(Object.entries(CASES))('%s', (_, [given, want]) => {
  const model = buildModel(given);
  const { controllers, orphans } = ownersOf(model);
  const owners = controllers
    .filter(({ ingresses }) => ingresses.length > 0)
    .map(({ controller }) => controller.workload?.split('/').at(-1) ?? controller.id);
  const orphan = orphans[0];
  const reason =
    orphan?.reason === 'no-class' ? 'no class' : orphan?.reason === 'class-unclaimed' ? 'unclaimed' : 'unknown';
  expect(orphan === undefined ? owners.join(' + ') : `${reason}, ${orphan.certainty}`).toBe(want);
});

function buildModel({ classes = {}, controllers, className, annotation, manifestsOnly = false }: Given): ClusterModel {
  const builder = new ModelBuilder();
  const annotations = annotation === undefined ? {} : { 'kubernetes.io/ingress.class': annotation };
  const backend = { service: { name: 'web', port: { number: 80 } } };
  const rules = [{ host: 'shop.example.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }];
  const objects: JsonObject[] = [
    ...Object.entries(classes).map(([name, controller]) => ingressClass(name, controller)),
    ...Object.entries(controllers).map(([name, flags]) => controllerPod(name, flags)),
    systemPod(),
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'shop', namespace: 'shop', annotations },
      spec: { ...(className === undefined ? {} : { ingressClassName: className }), rules },
    },
  ];
  for (const object of objects) builder.add(object, { file: 'cluster.yaml' });
  for (const kind of ['Pod', 'IngressClass', 'Ingress', 'Service', 'Namespace'])
    builder.cover({ kind, state: 'complete' });
  if (manifestsOnly) builder.snapshot({ manifestsOnly });
  return builder.build();
}

function ingressClass(name: string, controller: string): JsonObject {
  const annotations = controller.startsWith('*') ? { 'ingressclass.kubernetes.io/is-default-class': 'true' } : {};
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name, annotations },
    spec: { controller: controller.replace('*', '') },
  };
}

function controllerPod(name: string, flags: readonly string[]): JsonObject {
  const image = 'registry.k8s.io/ingress-nginx/controller:v1.11.0';
  const args = ['/nginx-ingress-controller', ...flags];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'edge', labels: { app: name } },
    spec: { containers: [{ name: 'controller', image, args }] },
    status: { phase: 'Running', podIP: '10.0.0.2' },
  };
}

/** Something of the cluster's own: the Pods were read, not only the gateway's. */
function systemPod(): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'kube-dns', namespace: 'kube-system' },
    spec: { containers: [] },
    status: { phase: 'Running' },
  };
}
