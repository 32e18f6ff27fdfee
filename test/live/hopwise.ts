import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { DiagnosisDocument } from '../../packages/hopwise/src/report/diagnosis.ts';

export interface HopwiseAnswer {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

/** Runs hopwise as a user would, with that kubeconfig and nothing else of this machine's clusters. */
export function hopwise(kubeconfig: string, args: readonly string[]): Promise<HopwiseAnswer> {
  const env = { ...process.env, KUBECONFIG: kubeconfig, NO_COLOR: '1' };
  const child = spawn(process.execPath, [join(import.meta.dirname, 'run-hopwise.ts'), ...args], { env });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.end();
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ stdout, stderr, status }));
  });
}

/** `hopwise diagnose … --probe=off -o json`, parsed: the hosts of these tests are nobody's; throws with what it said instead when that is no answer. */
export async function diagnose(kubeconfig: string, args: readonly string[]): Promise<DiagnosisDocument> {
  const { stdout, stderr } = await hopwise(kubeconfig, ['diagnose', ...args, '--probe=off', '-o', 'json']);
  try {
    return JSON.parse(stdout) as DiagnosisDocument;
  } catch {
    throw new Error(`hopwise diagnose ${args.join(' ')} answered ${stdout || 'nothing'}\n${stderr}`);
  }
}
