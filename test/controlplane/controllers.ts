import { join } from 'node:path';
import type { ApiClient } from './api-client.ts';
import type { Program } from './binaries.ts';
import type { Authority } from './certificates.ts';

/** What makes objects come alive: the real controllers and scheduler, and KWOK in place of kubelets. */
export function controllerPrograms(
  kubeconfig: string,
  authority: Authority,
  serviceAccountKey: string,
): readonly (readonly [program: Program, args: readonly string[]])[] {
  const alone = [`--kubeconfig=${kubeconfig}`, '--leader-elect=false', '--secure-port=0', '--profiling=false'];
  return [
    [
      'kube-controller-manager',
      [
        ...alone,
        `--root-ca-file=${authority.certFile}`,
        `--service-account-private-key-file=${serviceAccountKey}`,
        // Nodes are played: a machine under load must not make them look dead.
        '--node-monitor-grace-period=24h',
        '--kube-api-qps=500',
        '--kube-api-burst=1000',
      ],
    ],
    ['kube-scheduler', [...alone, '--kube-api-qps=500', '--kube-api-burst=1000']],
    [
      'kwok',
      [
        `--kubeconfig=${kubeconfig}`,
        `--config=${join(import.meta.dirname, 'kwok-stages.yaml')}`,
        '--manage-all-nodes=true',
        // A documentation address (RFC 5737): the API server reaches it through the test network only.
        '--node-ip=192.0.2.1',
        '--cidr=10.244.0.0/16',
        '--node-lease-duration-seconds=0',
      ],
    ],
  ];
}

export async function createNodes(api: ApiClient, count: number): Promise<void> {
  for (let index = 1; index <= count; index += 1) {
    const name = `node-${index}`;
    const labels = { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' };
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec: {} };
    const answer = await api.send('POST', '/api/v1/nodes', node);
    if (answer.status >= 300) throw new Error(`${name} was refused: ${answer.body}`);
  }
}
