import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectCluster } from './connect.ts';
import { readKubeconfig } from './kubeconfig.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hopwise-kubeconfig-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FIRST = `
current-context: shop
contexts:
  - { name: shop, context: { cluster: east, user: eve, namespace: shop } }
clusters:
  - { name: east, cluster: { server: "https://east:6443", certificate-authority: pki/ca.crt } }
users:
  - { name: eve, user: { exec: { command: ./login, apiVersion: client.authentication.k8s.io/v1 } } }
`;
const SECOND = `
current-context: other
contexts:
  - { name: other, context: { cluster: west, user: eve } }
  - { name: shop, context: { cluster: west, user: eve } }
clusters:
  - { name: west, cluster: { server: "https://west:6443" } }
`;

it('merges the files of $KUBECONFIG as kubectl does: the first to say a thing wins, missing files are left out', async () => {
  const [first, second] = [write('first', FIRST), write('second', SECOND)];
  const env = { KUBECONFIG: [first, join(folder, 'nowhere'), second].join(delimiter) };
  const config = await readKubeconfig(undefined, env);
  expect(config?.currentContext).toBe('shop');
  expect(config?.files).toEqual([first, second]);
  expect(config?.contexts.get('shop')).toMatchObject({ cluster: 'east' });
  expect([...(config?.clusters.keys() ?? [])]).toEqual(['east', 'west']);
});

it('takes file names relative to the kubeconfig that has them', async () => {
  const config = await readKubeconfig(write('relative', FIRST), {});
  expect(config?.clusters.get('east')).toMatchObject({ 'certificate-authority': join(folder, 'pki/ca.crt') });
  expect(config?.users.get('eve')).toMatchObject({ exec: { command: join(folder, 'login') } });
});

it('chooses cluster, user and namespace by context and flags', async () => {
  const kubeconfig = write('both', `${FIRST}`);
  expect(await connectCluster({ kubeconfig }, {})).toMatchObject({
    server: 'https://east:6443',
    context: 'shop',
    namespace: 'shop',
  });
  expect(await connectCluster({ kubeconfig, namespace: 'pay', server: 'https://third' }, {})).toMatchObject({
    server: 'https://third',
    namespace: 'pay',
  });
});

it.each([
  ['a file that is named and missing', { kubeconfig: 'nowhere.yaml' }, /nowhere\.yaml does not exist/],
  ['a file that is no YAML', { kubeconfig: 'broken' }, /broken/],
  ['a list', { kubeconfig: 'list' }, /is no kubeconfig/],
  ['an unknown context', { kubeconfig: 'good', context: 'shpo' }, /has no context shpo/],
  ['an unknown user', { kubeconfig: 'good', user: 'mallory' }, /has no user mallory/],
  ['a kubeconfig without a cluster', { kubeconfig: 'empty' }, /names no cluster/],
])('says what is wrong with %s', async (_, options, message) => {
  write('broken', 'clusters: [');
  write('list', '- a\n');
  write('good', FIRST);
  write('empty', '');
  const kubeconfig = join(folder, options.kubeconfig);
  await expect(connectCluster({ ...options, kubeconfig }, {})).rejects.toThrow(message);
});

it('without any kubeconfig it is the Pod it runs in, or nothing', async () => {
  const env = { HOME: folder };
  await expect(connectCluster({}, env)).rejects.toThrow('no kubeconfig was found');
  const pod = { ...env, KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
  expect(await connectCluster({}, pod)).toMatchObject({ server: 'https://[fd00::1]:443' });
});

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
