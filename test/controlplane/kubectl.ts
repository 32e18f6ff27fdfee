import { spawn } from 'node:child_process';

export interface KubectlAnswer {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

/**
 * Runs kubectl to its end with its caches in `home`. Not synchronously: tokens and logs are answered by this very process,
 * which therefore must not wait for kubectl with spawnSync.
 */
export function runKubectl(
  file: string,
  home: string,
  kubeconfig: string,
  args: readonly string[],
  input = '',
): Promise<KubectlAnswer> {
  const env = { ...process.env, KUBECONFIG: kubeconfig, HOME: home };
  const child = spawn(file, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => {
      resolve({ status, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() });
    });
  });
}
