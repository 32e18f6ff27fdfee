import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { homedir, setPriority } from 'node:os';
import { basename, join } from 'node:path';
import { withLock } from './lock.ts';

/** Why a program cannot be had on this machine: an honest skip, unlike a build that fails. */
export class NotHere extends Error {}

export interface GoProgram {
  /** What the binary is called. */
  readonly name: string;
  /** Its main package. */
  readonly package: string;
  /** The folder with the go.mod and go.sum that pin it. */
  readonly module: string;
  readonly linkerFlags?: string;
}

/** Go 1.26 is what Kubernetes 1.37 asks for; the reason why it cannot be used, when it cannot. */
export function whyNoGo(): string | undefined {
  const asked = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' });
  if (asked.status !== 0) return 'Go is not installed';
  const [major = 0, minor = 0] = asked.stdout.trim().replace(/^go/, '').split('.').map(Number);
  return major > 1 || minor >= 26 ? undefined : `Go is ${asked.stdout.trim()}, and Kubernetes asks for 1.26`;
}

/**
 * Builds a program into a cache outside the tree, once per machine and pinned version, and says where it is. Throws NotHere
 * without Go or without its modules; a build that breaks throws an ordinary Error.
 */
export async function buildGoProgram(program: GoProgram, say: (text: string) => void = () => {}): Promise<string> {
  const { name, module, package: main, linkerFlags = '-s -w' } = program;
  const folder = goCacheFolder(module);
  const target = join(folder, name);
  if (existsSync(target)) return target;
  const goProblem = whyNoGo();
  if (goProblem !== undefined) throw new NotHere(`${name} is not there, and ${goProblem}`);
  return withLock(join(folder, '.lock'), async () => {
    if (existsSync(target)) return target;
    // Fetching is a step of its own: without a module proxy there is nothing to build, which is no fault of the project.
    const fetched = await runGo(['list', '-deps', '-f', '{{.Name}}', main], module);
    if (fetched.status !== 0) throw new NotHere(`${name}: its Go modules cannot be fetched: ${fetched.stderr}`);
    say(`building ${name} (${main}) …`);
    const started = Date.now();
    const unfinished = join(folder, `.${name}.${process.pid}`);
    const built = await runGo(['build', '-trimpath', '-ldflags', linkerFlags, '-o', unfinished, main], module);
    if (built.status !== 0) throw new Error(`${name} could not be built: ${built.stderr}`);
    renameSync(unfinished, target);
    say(`built ${name} in ${Math.round((Date.now() - started) / 1000)} s`);
    return target;
  });
}

/** One folder per pinned module, so that a new version of one builds none of the others again. */
export function goCacheFolder(module: string): string {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const pins = createHash('sha256')
    .update(readFileSync(join(module, 'go.mod')))
    .update(readFileSync(join(module, 'go.sum')));
  const key = pins.update(`${process.platform}-${process.arch}`).digest('hex').slice(0, 12);
  const folder = join(base, 'hopwise-test', `${basename(module)}-${key}`);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Runs Go in a module's folder with what the machine has: no cgo, no other toolchain, at low priority. */
export function runGo(
  args: readonly string[],
  module: string,
): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }> {
  const env = { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOWORK: 'off' };
  const child = spawn('go', args, { cwd: module, env, stdio: ['ignore', 'pipe', 'pipe'] });
  if (child.pid !== undefined) setPriority(child.pid, 10);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-4000);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr: stderr.trim() }));
  });
}
