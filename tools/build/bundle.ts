import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';

export const PACKAGE = fileURLToPath(new URL('../../packages/hopwise', import.meta.url));
const TYPES_PROJECT = fileURLToPath(new URL('./tsconfig.types.json', import.meta.url));

/** What the package offers: the program, the library, and the report documents with their renderers for browsers. */
const ENTRIES = { cli: 'src/cli/main.ts', index: 'src/index.ts', report: 'src/report.ts' };

/**
 * Bundles the package into dist/: few files instead of several hundred make a cold start quick, and splitting keeps what is
 * imported lazily out of the way of those who do not use it. Not minified, so that a stack trace can be read.
 */
export async function bundle(): Promise<void> {
  rmSync(join(PACKAGE, 'dist'), { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: PACKAGE,
    entryPoints: ENTRIES,
    outdir: 'dist',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    packages: 'external',
    chunkNames: 'chunks/[name]-[hash]',
    metafile: true,
    logLevel: 'warning',
  });
  const nodeOnly = findNodeImports(metafile, 'dist/report.js');
  if (nodeOnly.length > 0) throw new Error(`hopwise/report has to run in a browser but imports ${nodeOnly.join(', ')}`);
}

/** Declarations of everything the entries export. */
export function emitTypes(): void {
  const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
  const done = spawnSync(process.execPath, [tsc, '-p', TYPES_PROJECT], { stdio: 'inherit' });
  if (done.status !== 0) throw new Error('the declarations could not be written');
}

/** Is the bundle there and no source file newer than it? */
export function isBundleFresh(): boolean {
  const output = join(PACKAGE, 'dist', 'cli.js');
  if (!existsSync(output)) return false;
  const builtAt = statSync(output).mtimeMs;
  const sources = readdirSync(join(PACKAGE, 'src'), { recursive: true, encoding: 'utf8' });
  return sources.every((name) => statSync(join(PACKAGE, 'src', name)).mtimeMs <= builtAt);
}

function findNodeImports(metafile: Metafile, entry: string): string[] {
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
