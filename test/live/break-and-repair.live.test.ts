import { beforeAll, expect, it, vi } from 'vitest';
import { describeLive } from './describe-live.ts';
import { diagnose } from './hopwise.ts';
import { applyShop, deployShop, SHOP_URL, waitUntilServing } from './shop.ts';

/** What somebody does to the app with kubectl, what shows that the cluster has got there, and what hopwise must say then. */
interface Fault {
  readonly name: string;
  readonly breakIt: readonly (readonly string[])[];
  readonly shows: { readonly of: readonly string[]; readonly at: string; readonly text: RegExp };
  /** Beside applying the manifests again, which mends everything that they say. */
  readonly repair?: readonly (readonly string[])[];
  readonly cause: string;
  readonly object: string;
}

const SLICES = ['endpointslices', '-l', 'kubernetes.io/service-name=cart'];
const NO_ADDRESSES = { of: SLICES, at: '{.items[*].endpoints[*].addresses}', text: /^$/ };

const FAULTS: readonly Fault[] = [
  {
    name: 'a bad image',
    breakIt: [['set', 'image', 'deployment/cart', 'cart=unreachable.invalid/cart:2']],
    shows: {
      of: ['pods'],
      at: '{.items[*].status.containerStatuses[0].state.waiting.reason}',
      text: /^ErrImagePull ErrImagePull$/,
    },
    cause: 'image-pull-failed',
    object: 'Deployment/shop/cart',
  },
  {
    name: 'a bad selector',
    breakIt: [patch('service', { selector: { app: 'carts' } })],
    shows: NO_ADDRESSES,
    cause: 'selector-matches-no-pods',
    object: 'Service/shop/cart',
  },
  {
    name: 'a port on which nothing listens',
    breakIt: [patch('service', { ports: [{ name: 'http', port: 80, targetPort: 9090 }] })],
    shows: { of: SLICES, at: '{.items[*].ports[*].port}', text: /^9090$/ },
    cause: 'target-port-mismatch',
    object: 'Service/shop/cart',
  },
  {
    name: 'a port name that no container has',
    breakIt: [patch('service', { ports: [{ name: 'http', port: 80, targetPort: 'web' }] })],
    shows: { of: SLICES, at: '{.items[*].ports[*].port}', text: /^$/ },
    cause: 'named-port-not-found',
    object: 'Service/shop/cart',
  },
  {
    name: 'a quota',
    breakIt: [
      ['create', 'quota', 'none', '--hard=pods=0'],
      ['rollout', 'restart', 'deployment/cart'],
    ],
    shows: {
      of: ['deployment', 'cart'],
      at: '{.status.conditions[?(@.type=="ReplicaFailure")].reason}',
      text: /^FailedCreate$/,
    },
    repair: [
      ['delete', 'quota', 'none'],
      ['rollout', 'restart', 'deployment/cart'],
    ],
    cause: 'pod-creation-blocked',
    object: 'ResourceQuota/shop/none',
  },
  {
    name: 'no replicas',
    breakIt: [['scale', 'deployment/cart', '--replicas=0']],
    shows: NO_ADDRESSES,
    cause: 'scaled-to-zero',
    object: 'Deployment/shop/cart',
  },
  {
    name: 'a readiness probe that fails',
    breakIt: [patch('deployment', { template: { metadata: { annotations: { 'hopwise.test/ready': 'false' } } } })],
    shows: { of: SLICES, at: '{.items[*].endpoints[*].conditions.ready}', text: /^false false$/ },
    repair: [['rollout', 'undo', 'deployment/cart']],
    cause: 'readiness-probe-failing',
    object: 'Deployment/shop/cart',
  },
  {
    name: 'an Ingress that names a port the Service lacks',
    breakIt: [patch('ingress', { rules: [ingressRule(8081)] })],
    shows: {
      of: ['ingress', 'cart'],
      at: '{.spec.rules[0].http.paths[0].backend.service.port.number}',
      text: /^8081$/,
    },
    cause: 'service-port-not-found',
    object: 'Ingress/shop/cart',
  },
  {
    name: 'a deleted Service',
    breakIt: [['delete', 'service', 'cart']],
    shows: { of: SLICES, at: '{.items[*].metadata.name}', text: /^$/ },
    cause: 'service-not-found',
    object: 'Ingress/shop/cart',
  },
];

describeLive('an app that is deployed, broken and repaired', { controllers: true }, (controlPlane) => {
  beforeAll(() => deployShop(controlPlane()));

  it('is healthy at first', async () => {
    const { verdict, causes, path } = await diagnose(controlPlane().admin.kubeconfig, [SHOP_URL]);
    expect({ status: verdict.status, causes }).toEqual({ status: 'healthy', causes: [] });
    expect(JSON.stringify(path)).toContain('Service shop/cart');
  });

  it('names the fault to somebody who may only read that namespace', async () => {
    const { createUser, kubectl } = controlPlane();
    const { kubeconfig } = await createUser('shop-developer');
    await kubectl(['create', 'rolebinding', 'developer', '--clusterrole=view', '--user=shop-developer', '-n', 'shop']);
    await kubectl([...patch('service', { selector: { app: 'carts' } }), '-n', 'shop']);
    const get = ['get', ...SLICES, '-n', 'shop', '-o', `jsonpath=${NO_ADDRESSES.at}`];
    await vi.waitFor(async () => expect(await kubectl(get, '', kubeconfig)).toBe(''), {
      timeout: 60_000,
      interval: 200,
    });
    const { causes, coverage } = await diagnose(kubeconfig, [SHOP_URL, '-n', 'shop']);
    expect({ cause: causes[0]?.id, object: causes[0]?.object }).toEqual({
      cause: 'selector-matches-no-pods',
      object: 'Service/shop/cart',
    });
    expect(coverage.find(({ kind }) => kind === 'IngressClass')?.state).toBe('forbidden');
    await applyShop(kubectl);
    await waitUntilServing(kubectl);
  });

  it.each(FAULTS)('$name is named, and the repair is seen', async ({ breakIt, shows, repair = [], cause, object }) => {
    const { admin, kubectl } = controlPlane();
    const inShop = (args: readonly string[]): Promise<string> => kubectl([...args, '-n', 'shop']);
    for (const command of breakIt) await inShop(command);
    const seen = async (): Promise<void> =>
      expect(await inShop(['get', ...shows.of, '-o', `jsonpath=${shows.at}`])).toMatch(shows.text);
    await vi.waitFor(seen, { timeout: 60_000, interval: 200 });

    const broken = await diagnose(admin.kubeconfig, [SHOP_URL]);
    expect(broken.verdict.status).toBe('failing');
    expect({ cause: broken.causes[0]?.id, object: broken.causes[0]?.object }).toEqual({ cause, object });

    for (const command of repair) await inShop(command);
    await applyShop(kubectl);
    await waitUntilServing(kubectl);
    const repaired = await diagnose(admin.kubeconfig, [SHOP_URL]);
    expect({ status: repaired.verdict.status, causes: repaired.causes.map(({ id }) => id) }).toEqual({
      status: 'healthy',
      causes: [],
    });
  });
});

function patch(kind: string, spec: unknown): readonly string[] {
  return ['patch', kind, 'cart', '-p', JSON.stringify({ spec })];
}

function ingressRule(port: number): unknown {
  const path = { path: '/cart', pathType: 'Prefix', backend: { service: { name: 'cart', port: { number: port } } } };
  return { host: 'shop.example.com', http: { paths: [path] } };
}
