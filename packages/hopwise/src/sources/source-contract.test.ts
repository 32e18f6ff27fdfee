import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump, loadAll } from 'js-yaml';
import { afterAll, describe, expect, it } from 'vitest';
import type { JsonObject, Source } from './contract.ts';
import { openSource } from './open.ts';
import { inPieces, packFiles, removeFolders, writeFolder } from './testing/input-folders.ts';
import { idsOf, objectOf, recordRead } from './testing/record-read.ts';

/*
 * One suite for every kind of input: the same small cluster, written the way each tool writes it, must arrive as the same
 * objects and logs.
 */

const CAPTURE = join(import.meta.dirname, 'fixtures', 'capture');
afterAll(removeFolders);

interface Variant {
  readonly name: string;
  readonly kind: string;
  /** What this layout holds of the cluster; all of it unless said. */
  readonly without?: readonly string[];
  /** What it holds besides. */
  readonly also?: readonly string[];
  readonly logs: number;
  open(): Promise<Source>;
}

const CONTENT = readCapture();
const OBJECTS = readObjects();
const LOG = CONTENT['logs/shop/cart-6f7d8b9c5d-q8w2z/cart.log'] ?? '';
const PREVIOUS = CONTENT['logs/shop/cart-6f7d8b9c5d-q8w2z/cart.previous.log'] ?? '';
const ALL_IDS = [
  'ConfigMap/shop/cart-settings',
  'Ingress/shop/shop',
  'Namespace//shop',
  'Node//worker-1',
  'Pod/shop/cart-6f7d8b9c5d-q8w2z',
  'Secret/shop/shop-tls',
  'Service/shop/cart',
];

const VARIANTS: readonly Variant[] = [
  { name: 'capture folder', kind: 'capture folder', logs: 3, open: () => openSource(CAPTURE) },
  {
    name: 'capture archive',
    kind: 'capture archive',
    logs: 3,
    open: async () =>
      openSource(join(writeFolder({ 'incident.tgz': await packFiles(CONTENT, 'incident/') }), 'incident.tgz')),
  },
  {
    name: 'capture archive on standard input',
    kind: 'capture archive',
    logs: 3,
    open: async () => openSource('-', { stdin: inPieces(await packFiles(CONTENT), 1000) }),
  },
  {
    name: 'folder of manifests',
    kind: 'manifests folder',
    logs: 0,
    open: async () =>
      openSource(writeFolder(Object.fromEntries(OBJECTS.map((raw, n) => [`app/${n}.yaml`, yaml(raw)])))),
  },
  {
    name: 'kubectl get -o json on standard input',
    kind: 'standard input',
    logs: 0,
    open: async () => openSource('-', { stdin: inPieces(JSON.stringify(list(OBJECTS), null, 4), 700) }),
  },
  {
    name: 'objects one per line',
    kind: 'file',
    logs: 0,
    open: async () =>
      openSource(
        join(writeFolder({ 'all.jsonl': OBJECTS.map((o) => `${JSON.stringify(o)}\n`).join('') }), 'all.jsonl'),
      ),
  },
  {
    name: 'cluster-info dump folder',
    kind: 'cluster-info dump folder',
    without: ['ConfigMap', 'Ingress', 'Namespace', 'Secret'],
    logs: 1,
    open: async () => openSource(writeFolder(dumpFiles())),
  },
  {
    name: 'cluster-info dump stream',
    kind: 'standard input',
    without: ['ConfigMap', 'Ingress', 'Namespace', 'Secret'],
    logs: 1,
    open: async () => openSource('-', { stdin: inPieces(Object.values(dumpFiles()).join(''), 333) }),
  },
  {
    name: 'cluster-info dump stream in YAML',
    kind: 'standard input',
    without: ['ConfigMap', 'Ingress', 'Namespace', 'Secret'],
    logs: 1,
    open: async () => openSource('-', { stdin: inPieces(dumpAsYaml(), 333) }),
  },
  {
    name: 'support bundle archive',
    kind: 'support bundle archive',
    without: ['Secret'],
    also: ['CustomResourceDefinition//httproutes.gateway.networking.k8s.io'],
    logs: 2,
    open: async () =>
      openSource(
        join(
          writeFolder({ 'b.tar.gz': await packFiles(bundleFiles(), 'support-bundle-2026-05-12T10_15_00/') }),
          'b.tar.gz',
        ),
      ),
  },
  {
    name: 'must-gather folder',
    kind: 'must-gather folder',
    logs: 2,
    open: async () => openSource(writeFolder(gatherFiles())),
  },
];

describe.each(VARIANTS)('$name', ({ kind, without = [], also = [], logs, open }) => {
  it('delivers the same objects, in the same order each time', async () => {
    const first = await recordRead(await open());
    const expected = ALL_IDS.filter((id) => !without.includes(id.split('/')[0] ?? ''));
    expect(idsOf(first)).toEqual([...expected, ...also].sort());
    expect(first.summary.kind).toBe(kind);
    expect(first.summary.description).toContain(`${first.objects.length} objects`);
    const second = await recordRead(await open());
    expect(second.objects.map(({ raw }) => raw)).toEqual(first.objects.map(({ raw }) => raw));
    expect(second.logs).toEqual(first.logs);
  });

  it('delivers objects as they were written', async () => {
    const service = objectOf(await recordRead(await open()), 'Service/shop/cart').raw;
    expect(service.apiVersion).toBe('v1');
    expect(service.spec).toEqual({
      ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 8080 }],
      selector: { app: 'cart' },
    });
  });

  it('lets no bookkeeping and no Secret value out', async () => {
    const recorded = await recordRead(await open());
    const everything = JSON.stringify(recorded.objects.map(({ raw }) => raw));
    expect(everything).not.toMatch(/managedFields|last-applied-configuration|aHVudGVyMg|UkVEQUNURUQ|hunter2/);
  });

  it('delivers logs of the right container', async () => {
    const recorded = await recordRead(await open());
    expect(recorded.logs).toHaveLength(logs);
    if (logs === 0) return;
    const own = recorded.logs.filter(({ pod }) => pod === 'cart-6f7d8b9c5d-q8w2z');
    const current = own.find(({ previous }) => !previous);
    expect(current).toMatchObject({ namespace: 'shop', container: 'cart', truncated: false });
    expect(current?.text).toContain(LOG.trim());
    if (logs > 1) expect(own.find(({ previous }) => previous)?.text).toContain(PREVIOUS.trim());
  });

  it('knows where an object and its fields stand', async () => {
    const { origin } = objectOf(await recordRead(await open()), 'Service/shop/cart');
    expect(origin.file).not.toBe('');
    expect(origin.line).toBeGreaterThan(0);
    expect(origin.lineOf?.('spec.no.such[0].field')).toBeUndefined();
    const line = origin.lineOf?.('spec.ports[0].targetPort');
    if (line !== undefined) expect(line).toBeGreaterThan(origin.line ?? 0);
  });

  it('stops when it is told to', async () => {
    const source = await open();
    await expect(recordRead(source, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});

describe('what a layout says of its completeness', () => {
  it('passes on capture.yaml', async () => {
    const recorded = await recordRead(await openSource(CAPTURE));
    expect(recorded.facts).toEqual([
      { time: Date.parse('2026-05-12T10:15:00Z'), serverVersion: 'v1.34.2', scope: 'namespaces shop, ingress-nginx' },
    ]);
    expect(recorded.coverage).toEqual([
      { kind: 'NetworkPolicy', state: 'complete' },
      { kind: 'Node', state: 'forbidden', reason: 'nodes is forbidden at the cluster scope' },
      { kind: 'Service', state: 'partial', namespaces: ['shop'] },
    ]);
    expect(recorded.problems.map(({ message }) => message)).toEqual([
      'has a coverage[3] without a kind or with an unknown state',
    ]);
    expect(recorded.responses).toEqual([{ file: 'response.txt', text: CONTENT['response.txt'] }]);
  });

  it('tells what a cluster-info dump was taken of', async () => {
    const { coverage } = await recordRead(await openSource(writeFolder(dumpFiles())));
    expect(coverage).toContainEqual({ kind: 'Node', state: 'complete' });
    expect(coverage).toContainEqual({ kind: 'Pod', state: 'partial', reason: 'dumped for shop', namespaces: ['shop'] });
    expect(coverage.map(({ kind }) => kind)).not.toContain('EndpointSlice');
  });

  it('tells complete, forbidden and not installed kinds of a support bundle apart', async () => {
    const { coverage, facts } = await recordRead(await openSource(writeFolder(bundleFiles())));
    const states = new Map(coverage.map(({ kind, state }) => [kind, state]));
    expect(states.get('Pod')).toBe('complete');
    expect(states.get('NetworkPolicy')).toBe('forbidden');
    expect(states.get('EndpointSlice')).toBe('partial');
    expect(states.get('HTTPRoute')).toBe('complete');
    expect(states.get('AdminNetworkPolicy')).toBe('not-installed');
    expect(states.has('ResourceQuota')).toBe(false);
    expect(facts).toContainEqual({ serverVersion: 'v1.34.2' });
  });

  it('takes the time of a must-gather from its timestamp', async () => {
    const { facts, coverage } = await recordRead(await openSource(writeFolder(gatherFiles())));
    expect(facts).toContainEqual({ time: Date.parse('2026-05-12T10:20:31Z') });
    expect(coverage).toContainEqual({
      kind: 'Service',
      state: 'partial',
      reason: 'gathered in shop',
      namespaces: ['shop'],
    });
  });

  it('says of manifests that nothing in them ever ran', async () => {
    const plain = yaml({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'cart' },
      spec: { ports: [{ port: 80 }] },
    });
    expect((await recordRead(await openSource(writeFolder({ 'a.yaml': plain })))).facts).toEqual([
      { manifestsOnly: true },
    ]);
    const stdin = inPieces(JSON.stringify(list(OBJECTS)));
    expect((await recordRead(await openSource('-', { stdin }))).facts).toEqual([]);
  });
});

function readCapture(): Record<string, string> {
  const paths = readdirSync(CAPTURE, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    paths.map((entry) => {
      const full = join(entry.parentPath, entry.name);
      return [full.slice(CAPTURE.length + 1).replaceAll('\\', '/'), readFileSync(full, 'utf8')];
    }),
  );
}

/** The objects of the capture as they stand in it, with the fields that must not get out. */
function readObjects(): JsonObject[] {
  const documents = ['cluster.yaml', 'ingress.yml', 'node.json'].flatMap((file) => loadAll(CONTENT[file] ?? ''));
  return documents.flatMap((document) => {
    if (document === null) return [];
    const object = document as JsonObject;
    return Array.isArray(object.items) ? (object.items as JsonObject[]) : [object];
  });
}

function yaml(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function list(items: readonly JsonObject[]): JsonObject {
  return { apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } };
}

function ofKind(kind: string): JsonObject[] {
  return OBJECTS.filter((object) => object.kind === kind);
}

/** A list as the Go client prints it: the kind first, the items without one. */
function typedList(kind: string, apiVersion = 'v1'): string {
  const items = ofKind(kind).map(({ apiVersion: _, kind: __, ...rest }) => rest);
  return `${JSON.stringify({ kind: `${kind}List`, apiVersion, metadata: {}, items }, null, 4)}\n`;
}

function dumpFiles(): Record<string, string> {
  const pod = 'shop/cart-6f7d8b9c5d-q8w2z';
  const refused = 'Request log error: container "init" in pod "cart-6f7d8b9c5d-q8w2z" is waiting to start\n';
  return {
    'nodes.json': typedList('Node'),
    'shop/events.json': typedList('Event').replace('"items": []', '"items": null'),
    'shop/services.json': typedList('Service'),
    'shop/deployments.json': typedList('Deployment', 'apps/v1'),
    'shop/pods.json': typedList('Pod'),
    'shop/cart-6f7d8b9c5d-q8w2z/logs.txt':
      `==== START logs for container init of pod ${pod} ====\n${refused}==== END logs for container init of pod ${pod} ====\n` +
      `==== START logs for container cart of pod ${pod} ====\n${LOG.trimEnd()}==== END logs for container cart of pod ${pod} ====\n`,
  };
}

/** As `kubectl cluster-info dump -o yaml` prints it: markers between the lists, keys in alphabetical order. */
function dumpAsYaml(): string {
  return Object.entries(dumpFiles())
    .map(([path, content], index) => {
      if (path.endsWith('.txt')) return content;
      const { apiVersion, items, kind, metadata } = JSON.parse(content) as JsonObject;
      return `${index === 0 ? '' : '---\n'}${dump({ apiVersion, items, kind, metadata })}`;
    })
    .join('');
}

function bundleFiles(): Record<string, string> {
  const root = 'cluster-resources';
  const full = (kind: string, apiVersion = 'v1') =>
    JSON.stringify({ kind: `${kind}List`, apiVersion, metadata: {}, items: ofKind(kind) }, null, 2);
  const bare = ofKind('Service').map(({ apiVersion: _, kind: __, ...rest }) => rest);
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'httproutes.gateway.networking.k8s.io' },
    spec: { group: 'gateway.networking.k8s.io', names: { kind: 'HTTPRoute', plural: 'httproutes' } },
  };
  return {
    'version.yaml': 'apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\nspec:\n  versionNumber: 0.119.0\n',
    'cluster-info/cluster_version.json': '{"info": {"gitVersion": "v1.34.2"}, "string": "v1.34.2"}',
    [`${root}/namespaces.json`]: full('Namespace'),
    [`${root}/nodes.json`]: full('Node'),
    [`${root}/pods/shop.json`]: full('Pod'),
    // Older collectors wrote the items alone.
    [`${root}/services/shop.json`]: JSON.stringify(bare, null, 2),
    [`${root}/configmaps/shop.json`]: full('ConfigMap'),
    [`${root}/ingress/shop.json`]: full('Ingress', 'networking.k8s.io/v1'),
    [`${root}/network-policy-errors.json`]:
      '{"shop": "networkpolicies.networking.k8s.io is forbidden: User cannot list"}',
    [`${root}/endpointslices/shop.json`]: full('EndpointSlice', 'discovery.k8s.io/v1'),
    [`${root}/endpointslices-errors.json`]: '{"other": "endpointslices is forbidden"}',
    [`${root}/auth-cani-list/shop.json`]: '[{"verbs": ["*"]}]',
    [`${root}/image-pull-secrets/shop/pull.json`]: '{"auths": {"registry.example.com": {"password": "hunter2"}}}',
    [`${root}/custom-resource-definitions.json`]: JSON.stringify({
      kind: 'CustomResourceDefinitionList',
      apiVersion: 'apiextensions.k8s.io/v1',
      items: [definition],
    }),
    [`${root}/pods/logs/shop/cart-6f7d8b9c5d-q8w2z/cart.log`]: LOG,
    [`${root}/pods/logs/shop/cart-6f7d8b9c5d-q8w2z/cart-previous.log`]: PREVIOUS,
    [`${root}/pods/logs/shop/cart-6f7d8b9c5d-q8w2z/init-logs-errors.log`]: 'container not found',
  };
}

function gatherFiles(): Record<string, string> {
  const root = 'must-gather.local.4823/quay-io-openshift-release-dev-ocp-v4-0-art-dev-sha256-1f2e';
  const pod = `${root}/namespaces/shop/pods/cart-6f7d8b9c5d-q8w2z`;
  const single = (kind: string) => `---\n${JSON.stringify(ofKind(kind)[0], null, 2)}\n`;
  const many = (kind: string) => `---\n${JSON.stringify(list(ofKind(kind)), null, 2)}\n`;
  return {
    'must-gather.local.4823/event-filter.html': '<html></html>',
    [`${root}/timestamp`]: '2026-05-12 10:15:02.104 +0000 UTC m=+0.4\n2026-05-12 10:20:31.991 +0000 UTC m=+330.2\n',
    [`${root}/namespaces/shop/shop.yaml`]: single('Namespace'),
    [`${root}/namespaces/shop/core/pods.yaml`]: many('Pod'),
    [`${root}/namespaces/shop/core/services.yaml`]: many('Service'),
    [`${root}/namespaces/shop/core/configmaps.yaml`]: many('ConfigMap'),
    [`${root}/namespaces/shop/core/secrets.yaml`]: many('Secret'),
    [`${root}/namespaces/shop/networking.k8s.io/ingresses.yaml`]: many('Ingress'),
    [`${root}/cluster-scoped-resources/core/nodes/worker-1.yaml`]: single('Node'),
    [`${root}/cluster-scoped-resources/core/namespaces/shop.yaml`]: single('Namespace'),
    [`${pod}/cart-6f7d8b9c5d-q8w2z.yaml`]: single('Pod'),
    [`${pod}/cart/cart/logs/current.log`]: `2026-05-12T10:14:55.104822113Z ${LOG}`,
    [`${pod}/cart/cart/logs/previous.log`]: `2026-05-12T10:12:41.000000001Z ${PREVIOUS}`,
    [`${pod}/cart/cart/logs/previous.insecure.log`]: '',
  };
}
