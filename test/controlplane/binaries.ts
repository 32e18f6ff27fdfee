import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, setPriority } from 'node:os';
import { delimiter, join } from 'node:path';
import { withLock } from './lock.ts';

/** The programs of a control plane, by name, and where the Gateway API's CRDs lie (undefined without Go). */
export interface Binaries {
  readonly etcd: string;
  readonly 'kube-apiserver': string;
  readonly 'kube-controller-manager': string;
  readonly 'kube-scheduler': string;
  readonly kubectl: string;
  readonly kwok: string;
  readonly gatewayApiCrds: string | undefined;
}
export type Program = Exclude<keyof Binaries, 'gatewayApiCrds'>;

/** Why there can be no control plane on this machine: an honest skip, unlike a build that fails. */
export class NoControlPlane extends Error {}

const MODULES = join(import.meta.dirname, 'modules');
const KUBERNETES_VERSION = /k8s\.io\/kubernetes v(?<version>\S+)/.exec(readModule('kubernetes', 'go.mod'))?.groups
  ?.version;
/** Minor versions that differ by more than one are outside kubectl's supported skew. */
const KUBECTL_SKEW = 1;

interface ProgramSource {
  readonly module: 'kubernetes' | 'etcd' | 'kwok';
  readonly package: string;
  /** Arguments that print the version, for programs where an old one would not do. */
  readonly versionArgs?: readonly string[];
}
const SOURCES: Readonly<Record<Program, ProgramSource>> = {
  etcd: { module: 'etcd', package: 'go.etcd.io/etcd/server/v3' },
  'kube-apiserver': kubernetes('kube-apiserver', ['--version']),
  kubectl: kubernetes('kubectl', ['version', '--client']),
  'kube-controller-manager': kubernetes('kube-controller-manager', ['--version']),
  'kube-scheduler': kubernetes('kube-scheduler', ['--version']),
  kwok: { module: 'kwok', package: 'sigs.k8s.io/kwok/cmd/kwok' },
};

function kubernetes(name: string, versionArgs: readonly string[]): ProgramSource {
  return { module: 'kubernetes', package: `k8s.io/kubernetes/cmd/${name}`, versionArgs };
}

/**
 * Finds every program in KUBEBUILDER_ASSETS or PATH, and builds the others from their pinned Go modules into a cache outside
 * the tree, once per machine and version. `say` is told about builds, which take minutes.
 * Throws NoControlPlane when a program is neither there nor can be built; a build that breaks throws an ordinary Error.
 */
export async function findOrBuildBinaries(say: (text: string) => void = () => {}): Promise<Binaries> {
  const goProblem = whyNoGo();
  const paths = new Map<Program, string>();
  for (const name of Object.keys(SOURCES) as Program[]) {
    const found = findInstalled(name, goProblem !== undefined) ?? (await build(name, goProblem, say));
    paths.set(name, found);
  }
  const path = (name: Program): string => paths.get(name) ?? '';
  return {
    etcd: path('etcd'),
    'kube-apiserver': path('kube-apiserver'),
    'kube-controller-manager': path('kube-controller-manager'),
    'kube-scheduler': path('kube-scheduler'),
    kubectl: path('kubectl'),
    kwok: path('kwok'),
    gatewayApiCrds: goProblem === undefined ? await fetchGatewayApiCrds() : undefined,
  };
}

/** An installed program that will do. `lenient`: nothing better can be built, so that any kubectl is taken. */
function findInstalled(name: Program, lenient: boolean): string | undefined {
  const folders = [process.env.KUBEBUILDER_ASSETS ?? '', ...(process.env.PATH ?? '').split(delimiter)];
  const path = folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable);
  if (path === undefined) return undefined;
  const { versionArgs } = SOURCES[name];
  if (versionArgs === undefined || (lenient && name === 'kubectl')) return path;
  const minor = /v1\.(?<minor>\d+)\./.exec(spawnSync(path, versionArgs, { encoding: 'utf8' }).stdout ?? '')?.groups
    ?.minor;
  const wanted = Number(KUBERNETES_VERSION?.split('.')[1]);
  return minor !== undefined && Math.abs(Number(minor) - wanted) <= KUBECTL_SKEW ? path : undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Go 1.26 is what Kubernetes 1.37 asks for; the reason why it cannot be used, when it cannot. */
function whyNoGo(): string | undefined {
  const asked = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' });
  if (asked.status !== 0) return 'Go is not installed';
  const [major = 0, minor = 0] = asked.stdout.trim().replace(/^go/, '').split('.').map(Number);
  return major > 1 || minor >= 26 ? undefined : `Go is ${asked.stdout.trim()}, and Kubernetes asks for 1.26`;
}

async function build(name: Program, goProblem: string | undefined, say: (text: string) => void): Promise<string> {
  const { module, package: main } = SOURCES[name];
  const folder = cacheFolder(module);
  const target = join(folder, name);
  if (existsSync(target)) return target;
  if (goProblem !== undefined)
    throw new NoControlPlane(`${name} is neither in PATH nor in KUBEBUILDER_ASSETS, and ${goProblem}`);
  return withLock(join(folder, '.lock'), async () => {
    if (existsSync(target)) return target;
    // Fetching is a step of its own: without a module proxy there is nothing to build, which is no fault of the project.
    const fetched = await runGo(['list', '-deps', '-f', '{{.Name}}', main], module);
    if (fetched.status !== 0)
      throw new NoControlPlane(`${name} is not installed, and its Go modules cannot be fetched: ${fetched.stderr}`);
    say(`building ${name} (${main}) …`);
    const started = Date.now();
    const unfinished = join(folder, `.${name}.${process.pid}`);
    const built = await runGo(['build', '-trimpath', '-ldflags', linkerFlags(module), '-o', unfinished, main], module);
    if (built.status !== 0) throw new Error(`${name} could not be built: ${built.stderr}`);
    renameSync(unfinished, target);
    say(`built ${name} in ${Math.round((Date.now() - started) / 1000)} s`);
    return target;
  });
}

/** Without the stamp the API server calls itself v0.0.0-master+$Format:%H$, and clients cannot parse that. */
function linkerFlags(module: ProgramSource['module']): string {
  if (module !== 'kubernetes') return '-s -w';
  const [major, minor] = (KUBERNETES_VERSION ?? '').split('.');
  const stamps = { gitVersion: `v${KUBERNETES_VERSION}`, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
  const flags = Object.entries(stamps).map(([key, value]) => `-X k8s.io/component-base/version.${key}=${value}`);
  return ['-s', '-w', ...flags].join(' ');
}

async function fetchGatewayApiCrds(): Promise<string | undefined> {
  const folder = cacheFolder('gateway-api');
  const target = join(folder, 'crds');
  if (existsSync(target)) return target;
  return withLock(join(folder, '.lock'), async () => {
    if (existsSync(target)) return target;
    const fetched = await runGo(['mod', 'download', '-json', 'sigs.k8s.io/gateway-api'], 'gateway-api');
    if (fetched.status !== 0) return undefined;
    const { Dir } = JSON.parse(fetched.stdout) as { readonly Dir: string };
    const unfinished = join(folder, `.crds.${process.pid}`);
    rmSync(unfinished, { recursive: true, force: true });
    copyCrds(join(Dir, 'config', 'crd'), unfinished);
    renameSync(unfinished, target);
    return target;
  });
}

/** File by file: the module cache is read-only, and a copy that keeps its modes could be neither filled nor removed. */
function copyCrds(from: string, to: string): void {
  for (const channel of ['standard', 'experimental']) {
    mkdirSync(join(to, channel), { recursive: true });
    for (const name of readdirSync(join(from, channel)).filter((file) => file.startsWith('gateway.')))
      writeFileSync(join(to, channel, name), readFileSync(join(from, channel, name)));
  }
}

/** One folder per pinned module, so that a new KWOK does not build Kubernetes again. */
function cacheFolder(module: string): string {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const pins = createHash('sha256').update(readModule(module, 'go.mod')).update(readModule(module, 'go.sum'));
  const key = pins.update(`${process.platform}-${process.arch}`).digest('hex').slice(0, 12);
  const folder = join(base, 'hopwise-test', `${module}-${key}`);
  mkdirSync(folder, { recursive: true });
  return folder;
}

function readModule(module: string, file: string): string {
  return readFileSync(join(MODULES, module, file), 'utf8');
}

/** Runs Go in a module's folder with what the machine has: no cgo, no other toolchain, at low priority. */
function runGo(
  args: readonly string[],
  module: string,
): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }> {
  const env = { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOWORK: 'off' };
  const child = spawn('go', args, { cwd: join(MODULES, module), env, stdio: ['ignore', 'pipe', 'pipe'] });
  if (child.pid !== undefined) setPriority(child.pid, 10);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-4000)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr: stderr.trim() }));
  });
}
