import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Metafile } from 'esbuild';

export const PACKAGE = fileURLToPath(new URL('../../packages/hopwise', import.meta.url));
const TYPES_PROJECT = fileURLToPath(new URL('./tsconfig.types.json', import.meta.url));

const COMMON = {
  absWorkingDir: PACKAGE,
  bundle: true,
  platform: 'node',
  target: 'node22',
  // Not minified, so that a stack trace from a user can be read.
  minify: false,
  metafile: true,
  logLevel: 'warning',
} satisfies BuildOptions;

/** Writes dist/: the program and the library. */
export async function bundle(): Promise<void> {
  rmSync(join(PACKAGE, 'dist'), { recursive: true, force: true });
  await Promise.all([bundleProgram(), bundleLibrary()]);
}

/**
 * The program is one CommonJS file with its dependencies inside: measured, that starts a fifth quicker than ES modules in
 * chunks, because nothing has to be resolved and V8's code cache covers it in one piece. What commands import lazily stays
 * unevaluated inside it until then.
 */
async function bundleProgram(): Promise<void> {
  const { metafile } = await build({
    ...COMMON,
    entryPoints: ['src/cli/main.ts'],
    outfile: 'dist/cli.cjs',
    format: 'cjs',
  });
  writeFileSync(join(PACKAGE, 'dist', 'third-party-licenses.txt'), collectLicenses(metafile));
}

/** The library, and the report documents with their renderers for browsers. */
async function bundleLibrary(): Promise<void> {
  const { metafile } = await build({
    ...COMMON,
    entryPoints: ['src/index.ts', 'src/report.ts'],
    outdir: 'dist',
    format: 'esm',
    splitting: true,
    packages: 'external',
    chunkNames: 'chunks/[name]-[hash]',
  });
  const nodeOnly = findExternalImports(metafile, 'dist/report.js');
  if (nodeOnly.length > 0) throw new Error(`hopwise/report has to run in a browser but imports ${nodeOnly.join(', ')}`);
}

/** The licence texts of the packages whose code a bundle holds. */
function collectLicenses(metafile: Metafile): string {
  const folders = Object.keys(metafile.inputs).flatMap(
    (path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [],
  );
  const texts = [...new Set(folders)].sort().map((folder) => {
    const home = join(PACKAGE, folder);
    const file = readdirSync(home).find((name) => /^licen[cs]e/i.test(name));
    if (file === undefined) throw new Error(`${folder} has no licence file to ship`);
    const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
    return `${name}\n${'='.repeat(name.length)}\n\n${readFileSync(join(home, file), 'utf8').trim()}\n`;
  });
  return texts.join('\n\n');
}

/** Declarations of everything the entries export. */
export function emitTypes(): void {
  const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
  const done = spawnSync(process.execPath, [tsc, '-p', TYPES_PROJECT], { stdio: 'inherit' });
  if (done.status !== 0) throw new Error('the declarations could not be written');
}

/** Is the bundle there and no source file newer than it? */
export function isBundleFresh(): boolean {
  const output = join(PACKAGE, 'dist', 'cli.cjs');
  if (!existsSync(output)) return false;
  const builtAt = statSync(output).mtimeMs;
  const sources = readdirSync(join(PACKAGE, 'src'), { recursive: true, encoding: 'utf8' });
  return sources.every((name) => statSync(join(PACKAGE, 'src', name)).mtimeMs <= builtAt);
}

function findExternalImports(metafile: Metafile, entry: string): string[] {
  const seen = new Set<string>();
  const found = new Set<string>();
  const visit = (output: string): void => {
    if (seen.has(output)) return;
    seen.add(output);
    for (const { path, external } of metafile.outputs[output]?.imports ?? []) {
      if (external === true) found.add(path);
      else visit(path);
    }
  };
  visit(entry);
  return [...found];
}
