import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildGoProgram, goCacheFolder, NotHere, runGo } from '../../controlplane/go-programs.ts';

export interface ControllerBuild {
  readonly program: string;
  /** rootfs/etc/nginx of the same module: the template and the Lua code. */
  readonly files: string;
}

const MODULE = join(import.meta.dirname, 'controller');
const MODULE_PATH = 'k8s.io/ingress-nginx';

/** The pinned controller and its files, from the cache or built; throws NotHere without Go or its modules. */
export async function buildController(say: (text: string) => void): Promise<ControllerBuild> {
  const main = `${MODULE_PATH}/cmd/nginx`;
  const program = await buildGoProgram({ name: 'ingress-nginx', package: main, module: MODULE }, say);
  const files = join(goCacheFolder(MODULE), 'etc-nginx');
  if (!existsSync(files)) await fetchFiles(files);
  return { program, files };
}

async function fetchFiles(files: string): Promise<void> {
  const fetched = await runGo(['mod', 'download', '-json', MODULE_PATH], MODULE);
  if (fetched.status !== 0) throw new NotHere(`the module of ingress-nginx cannot be fetched: ${fetched.stderr}`);
  const { Dir } = JSON.parse(fetched.stdout) as { readonly Dir: string };
  const unfinished = `${files}.${process.pid}`;
  copyFolder(join(Dir, 'rootfs', 'etc', 'nginx'), unfinished);
  renameSync(unfinished, files);
}

/** File by file: the module cache is read-only, and copies need not be. */
export function copyFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyFolder(source, target);
    else writeFileSync(target, readFileSync(source));
  }
}
