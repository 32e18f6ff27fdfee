import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { findCaseFolders, SHARED_FOLDER } from '../../tools/incidents/case.ts';
import { type CapturedObject, nameObject } from '../controlplane/capture-objects.ts';
import { discoverKinds } from '../controlplane/discovery.ts';
import { type LoadedObjects, loadObjects, storeObjects } from '../controlplane/load-objects.ts';
import { describeLive } from './describe-live.ts';
import { listLost } from './list-lost.ts';

const CASES = findCaseFolders([join(SHARED_FOLDER, 'incidents'), join(SHARED_FOLDER, 'healthy')]);

describeLive('the control plane', {}, (controlPlane) => {
  it('answers kubectl, with a certificate and with a token', async () => {
    const { admin, kubectl } = controlPlane();
    for (const kubeconfig of [admin.kubeconfig, admin.tokenKubeconfig])
      expect(await kubectl(['get', 'namespaces', '-o', 'name'], '', kubeconfig)).toContain('namespace/kube-system');
    const { serverVersion } = JSON.parse(await kubectl(['version', '-o', 'json']));
    expect(serverVersion.gitVersion).toMatch(/^v1\.\d+\.\d+/);
  });

  it('lets a user see what RBAC grants and nothing else', async () => {
    const { createUser, kubectl, tryKubectl } = controlPlane();
    const eve = await createUser('eve', ['team/blue']);
    await kubectl(['create', 'namespace', 'blue']);
    for (const kubeconfig of [eve.kubeconfig, eve.tokenKubeconfig])
      expect((await tryKubectl(['get', 'pods', '-n', 'blue'], '', kubeconfig)).stderr).toContain(
        'User "eve" cannot list',
      );
    await kubectl(['create', 'role', 'see', '--verb=list', '--resource=pods', '-n', 'blue']);
    await kubectl(['create', 'rolebinding', 'see', '--role=see', '--group=team/blue', '-n', 'blue']);
    for (const kubeconfig of [eve.kubeconfig, eve.tokenKubeconfig]) {
      expect((await tryKubectl(['get', 'pods', '-n', 'blue'], '', kubeconfig)).status).toBe(0);
      expect((await tryKubectl(['get', 'pods', '-A'], '', kubeconfig)).stderr).toContain('forbidden');
    }
  });

  it('breaks off when its API server is killed and goes on with the same objects', async () => {
    const { api, killApiServer, kubectl, startApiServer } = controlPlane();
    await kubectl(['create', 'namespace', 'survivor']);
    await killApiServer();
    await expect(api.send('GET', '/readyz')).rejects.toThrow('ECONNREFUSED');
    await startApiServer();
    expect(await kubectl(['get', 'namespace', 'survivor', '-o', 'name'])).toBe('namespace/survivor\n');
  });

  it('leaves nothing behind when its process is killed', async () => {
    const script = join(import.meta.dirname, '..', 'controlplane', 'run.ts');
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const kubeconfig = line.replace('export KUBECONFIG=', '');
    expect(await controlPlane().kubectl(['get', 'namespaces', '-o', 'name'], '', kubeconfig)).toContain('default');
    child.kill('SIGKILL');
    await vi.waitFor(() => expect(existsSync(dirname(kubeconfig))).toBe(false), { timeout: 30_000 });
    if (!existsSync('/proc')) return;
    const running = readdirSync('/proc').filter(
      (name) => /^\d+$/.test(name) && commandOf(name).includes(dirname(kubeconfig)),
    );
    expect(running.map(commandOf)).toEqual([]);
  });

  it('names an object it cannot hold, and keeps the rest of its kind readable', async () => {
    const good = configMap('good', { key: 'value' });
    const loaded = await storeObjects(controlPlane(), [
      good,
      configMap('bad', 'no map'),
      { apiVersion: 'v1', kind: 'Nonsense', metadata: { name: 'odd' } },
    ]);
    expect(loaded.objects).toEqual([good]);
    expect(loaded.refused.map(({ object }) => object)).toEqual(['ConfigMap default/bad', 'Nonsense odd']);
    expect(loaded.refused[0]?.message).toContain('cannot unmarshal string');
    expect(await controlPlane().kubectl(['get', 'configmaps', '-o', 'name'])).toBe('configmap/good\n');
    await loaded.unload();
    expect(await controlPlane().kubectl(['get', 'configmaps', '-o', 'name'])).toBe('');
  });

  for (const folder of CASES)
    it(`${folder.split('/').at(-1)} is served as it was captured`, async () => {
      const loaded = await loadObjects(controlPlane(), folder);
      expect(loaded.refused).toEqual([]);
      expect(await findLost(loaded)).toEqual([]);
      await loaded.unload();
    });

  /** What the API server does not give back, of every object: kind by kind, as a client would list them. */
  async function findLost(loaded: LoadedObjects): Promise<readonly string[]> {
    const { api } = controlPlane();
    const kinds = await discoverKinds(api);
    const served = new Map<string, unknown>();
    const lost: string[] = [];
    for (const kind of new Set(loaded.objects.map((object) => `${object.apiVersion}/${object.kind}`))) {
      const { items } = await api.get<{ items: CapturedObject[] }>(kinds.get(kind)?.listPath ?? kind);
      for (const item of items) served.set(`${kind} ${item.metadata.namespace}/${item.metadata.name}`, item);
    }
    for (const object of loaded.objects) {
      const { namespace, name } = object.metadata;
      const back = served.get(`${object.apiVersion}/${object.kind} ${namespace}/${name}`);
      const { apiVersion, kind, ...captured } = object;
      lost.push(...listLost(captured, back).map((what) => `${nameObject(object)}: ${what}`));
    }
    return lost;
  }
});

describeLive('logs', {}, (controlPlane) => {
  const folder = mkdtempSync(join(tmpdir(), 'hopwise-logs-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  beforeAll(async () => {
    mkdirSync(join(folder, 'shop', 'web-0'), { recursive: true });
    writeFileSync(join(folder, 'shop', 'web-0', 'web.log'), 'one\ntwo\n2026-05-12T10:00:00Z three\n');
    writeFileSync(join(folder, 'shop', 'web-0', 'web.previous.log'), 'fatal: out of cheese\n');
    const containers = [
      { name: 'web', image: 'web' },
      { name: 'sidecar', image: 'sidecar' },
    ];
    const addresses = [{ type: 'InternalIP', address: '172.18.0.7' }];
    await storeObjects(controlPlane(), [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
      { apiVersion: 'v1', kind: 'Node', metadata: { name: 'worker' }, status: { addresses } },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'web-0', namespace: 'shop' },
        spec: { nodeName: 'worker', containers },
      },
    ]);
    controlPlane().kubelet.serveLogs(folder);
  });

  it.each([
    [[], 'one\ntwo\n2026-05-12T10:00:00Z three\n'],
    [['--tail=1'], '2026-05-12T10:00:00Z three\n'],
    [['--previous'], 'fatal: out of cheese\n'],
    [['--limit-bytes=5'], 'one\nt'],
    [['--since-time=2026-05-12T10:00:01Z'], 'one\ntwo\n2026-05-12T10:00:00Z three\n'],
  ])('kubectl logs %j', async (options, text) => {
    expect(await controlPlane().kubectl(['logs', '-n', 'shop', 'web-0', '-c', 'web', ...options])).toBe(text);
  });

  it('says when a container has none', async () => {
    const answer = await controlPlane().tryKubectl(['logs', '-n', 'shop', 'web-0', '-c', 'sidecar']);
    expect(answer.stderr).toContain('container "sidecar" in pod "web-0" not found');
    expect(controlPlane().network.asked).toContain('172.18.0.7:10250');
  });
});

function configMap(name: string, data: unknown): CapturedObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data };
}

/** The command line of a process; nothing for one that has just ended, and where there is no /proc. */
function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
