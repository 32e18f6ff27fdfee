import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { connectCluster } from '../../packages/hopwise/src/sources/cluster/connection/connect.ts';
import type { ConnectionOptions } from '../../packages/hopwise/src/sources/cluster/connection/connection-options.ts';
import { describeLive } from './describe-live.ts';

describeLive('credentials, as the API server sees them', {}, (controlPlane) => {
  it('a client certificate in the kubeconfig', async () => {
    const user = await controlPlane().createUser('cert-user', ['blue']);
    expect(await whoAmI({ kubeconfig: user.kubeconfig })).toMatchObject({
      username: 'cert-user',
      groups: ['blue', 'system:authenticated'],
    });
  });

  it('a bearer token in the kubeconfig', async () => {
    const user = await controlPlane().createUser('token-user', ['green']);
    expect(await whoAmI({ kubeconfig: user.tokenKubeconfig })).toMatchObject({ username: 'token-user' });
  });

  it('files that the kubeconfig names relative to itself', async () => {
    const { folder, server } = controlPlane();
    writeFileSync(join(folder, 'relative.token'), (await controlPlane().createUser('file-user')).token);
    const kubeconfig = write(
      'relative.kubeconfig',
      { server, 'certificate-authority': 'ca.crt' },
      { tokenFile: 'relative.token' },
    );
    expect(await whoAmI({ kubeconfig })).toMatchObject({ username: 'file-user' });
  });

  it('an exec plugin that prints a token', async () => {
    const { token } = await controlPlane().createUser('exec-user');
    expect(await whoAmI({ kubeconfig: withPlugin('exec-token', { token }) })).toMatchObject({ username: 'exec-user' });
  });

  it('an exec plugin that prints a client certificate', async () => {
    const user = await controlPlane().createUser('exec-cert-user');
    const { users } = JSON.parse(readFileSync(user.kubeconfig, 'utf8'));
    const status = {
      clientCertificateData: decode(users[0].user['client-certificate-data']),
      clientKeyData: decode(users[0].user['client-key-data']),
    };
    expect(await whoAmI({ kubeconfig: withPlugin('exec-cert', status) })).toMatchObject({ username: 'exec-cert-user' });
  });

  it('flags over the kubeconfig: a token, another user by impersonation', async () => {
    const { admin } = controlPlane();
    const { token } = await controlPlane().createUser('flag-user');
    const plain = await controlPlane().createUser('plain');
    expect(await whoAmI({ kubeconfig: plain.tokenKubeconfig, token })).toMatchObject({ username: 'flag-user' });
    const impersonate = { impersonate: 'alice', impersonateGroups: ['red'] };
    expect(await whoAmI({ kubeconfig: admin.kubeconfig, ...impersonate })).toMatchObject({
      username: 'alice',
      groups: ['red', 'system:authenticated'],
    });
  });

  it('a token that nobody knows is refused as such', async () => {
    await expect(whoAmI({ kubeconfig: controlPlane().admin.tokenKubeconfig, token: 'stolen' })).rejects.toThrow(/401/);
  });

  /** The API server's word on who asks (authentication.k8s.io/v1 SelfSubjectReview). */
  async function whoAmI(options: ConnectionOptions): Promise<unknown> {
    const client = await connectCluster(options, process.env);
    try {
      const response = await client.request({
        path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }),
        signal: new AbortController().signal,
      });
      const body = response.body.toString('utf8');
      if (response.status !== 201) throw new Error(`${response.status} ${body}`);
      return JSON.parse(body).status.userInfo;
    } finally {
      client.close();
    }
  }

  function withPlugin(name: string, status: Readonly<Record<string, string>>): string {
    const credential = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status };
    const file = join(controlPlane().folder, `${name}.json`);
    writeFileSync(file, JSON.stringify(credential));
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'cat',
      args: [file],
      interactiveMode: 'Never',
    };
    const { server, ca } = controlPlane();
    return write(
      `${name}.kubeconfig`,
      { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') },
      { exec },
    );
  }

  function write(file: string, cluster: unknown, user: unknown): string {
    const path = join(controlPlane().folder, file);
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster }],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    };
    writeFileSync(path, JSON.stringify(config));
    return path;
  }
});

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}
