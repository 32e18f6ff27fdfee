import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

export interface ProgramRun {
  readonly seconds: number;
  /** The most memory that was ever resident. */
  readonly residentMiB: number;
  readonly stdout: string;
}

const POLL_MS = 20;

/** Runs a program to its end. Exit code 1 is an answer of hopwise; anything higher throws. `drop`: its output is not kept. */
export async function runProgram(
  file: string,
  args: readonly string[],
  { env = {}, drop = false }: { readonly env?: Readonly<Record<string, string>>; readonly drop?: boolean } = {},
): Promise<ProgramRun> {
  const start = performance.now();
  const child = spawn(file, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', drop ? 'ignore' : 'pipe', 'pipe'],
  });
  let residentMiB = 0;
  const timer = setInterval(() => {
    residentMiB = Math.max(residentMiB, peakOf(child.pid));
  }, POLL_MS);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const seconds = (performance.now() - start) / 1000;
  clearInterval(timer);
  if (status === null || status > 1) {
    throw new Error(`${file} ${args.join(' ')} ended with ${status}: ${Buffer.concat(stderr).toString().slice(-2000)}`);
  }
  return { seconds, residentMiB, stdout: Buffer.concat(stdout).toString('utf8') };
}

/** VmHWM of proc(5): the kernel keeps the peak, so that looking now and then misses nothing but the last moment. */
function peakOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
