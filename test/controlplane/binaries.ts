import { spawnSync } from 'node:child_process';
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
import { delimiter, join } from 'node:path';
import { buildGoProgram, goCacheFolder, NotHere, runGo, whyNoGo } from './go-programs.ts';
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
export class NoControlPlane extends NotHere {}

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
    const found = findInstalled(name, goProblem !== undefined) ?? (await build(name, say));
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

async function build(name: Program, say: (text: string) => void): Promise<string> {
  const { module, package: main } = SOURCES[name];
  try {
    const program = { name, package: main, module: join(MODULES, module), linkerFlags: linkerFlags(module) };
    return await buildGoProgram(program, say);
  } catch (error) {
    if (!(error instanceof NotHere)) throw error;
    throw new NoControlPlane(`${error.message} (nor is it in PATH or KUBEBUILDER_ASSETS)`);
  }
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
  const module = join(MODULES, 'gateway-api');
  const folder = goCacheFolder(module);
  const target = join(folder, 'crds');
  if (existsSync(target)) return target;
  return withLock(join(folder, '.lock'), async () => {
    if (existsSync(target)) return target;
    const fetched = await runGo(['mod', 'download', '-json', 'sigs.k8s.io/gateway-api'], module);
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

function readModule(module: string, file: string): string {
  return readFileSync(join(MODULES, module, file), 'utf8');
}
