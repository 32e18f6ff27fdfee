import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { REPOSITORY } from '../../tools/generate/generated-file.ts';
import { loadObjects } from '../controlplane/load-objects.ts';
import { describeLive } from './describe-live.ts';
import { hopwise } from './hopwise.ts';

// The bundled capture in a real API server: an object in place of a URL.

describeLive('names in place of URLs', {}, (controlPlane) => {
  let tenant = '';

  beforeAll(async () => {
    await loadObjects(controlPlane(), join(REPOSITORY, 'packages/hopwise/demo/bookshop'));
    const { createUser, kubectl } = controlPlane();
    tenant = (await createUser('tenant', [])).kubeconfig;
    const resources = 'ingresses.networking.k8s.io,services,pods,endpointslices.discovery.k8s.io';
    const role = ['create', 'role', 'read', '-n', 'bookshop', '--verb=get,list', `--resource=${resources}`];
    await kubectl(role);
    await kubectl(['create', 'rolebinding', 'read', '-n', 'bookshop', '--role=read', '--user=tenant']);
  });

  it('diagnoses what an Ingress serves, and says what it asked for', async () => {
    const { stdout, stderr } = await hopwise(controlPlane().admin.kubeconfig, [
      'trace',
      'ingress/bookshop/bookshop',
      '-o',
      'json',
    ]);
    expect(stderr).toContain('note: ingress/bookshop/bookshop: asking for https://books.example.net/');
    expect(JSON.parse(stdout)).toMatchObject({ decision: { rule: { object: 'Ingress/bookshop/bookshop' } } });
  });

  it('finds the object for a user of one namespace, named by the argument or by -n', async () => {
    for (const args of [['service/bookshop/catalog:8080'], ['svc/catalog', '-n', 'bookshop']]) {
      const { stdout } = await hopwise(tenant, ['trace', ...args, '-o', 'json']);
      expect(JSON.parse(stdout)).toMatchObject({ request: { url: expect.stringContaining('://') } });
    }
    expect((await hopwise(tenant, ['trace', 'ingress/bookshop/none'])).stderr).toContain(
      'there is no Ingress bookshop/none',
    );
    expect((await hopwise(tenant, ['trace', 'ingress/kube-system/x'])).stderr).toContain(
      'nobody can tell what Ingress kube-system/x serves',
    );
  });
});
