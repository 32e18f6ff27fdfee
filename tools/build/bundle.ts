import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';

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

/** What reads kubeconfigs: half as big as the rest of the program, and only of use at a live cluster. */
const KUBECONFIG = '@kubernetes/client-node/dist/config.js';
const APART: Plugin = {
  name: 'kubeconfig-apart',
  setup({ onResolve }) {
    onResolve({ filter: /^@kubernetes\/client-node\/dist\/config\.js$/ }, () => ({
      path: './kubeconfig.cjs',
      external: true,
    }));
  },
};

/**
 * The program is one CommonJS file with its dependencies inside: measured, that starts a fifth quicker than ES modules in
 * chunks, because nothing has to be resolved and V8's code cache covers it in one piece. What commands import lazily stays
 * unevaluated inside it until then; what few runs need is a file of its own, which they load.
 */
async function bundleProgram(): Promise<void> {
  // A script that is run from its code cache has no loader for `import()`: it becomes a `require` at the same moment.
  const supported = { 'dynamic-import': false };
  const common = { ...COMMON, format: 'cjs', write: false, supported } satisfies BuildOptions;
  const built = await Promise.all([
    build({ ...common, entryPoints: ['src/cli/main.ts'], outfile: 'dist/cli.cjs', plugins: [APART] }),
    build({
      ...common,
      stdin: { contents: `export * from '${KUBECONFIG}';`, resolveDir: PACKAGE },
      outfile: 'dist/kubeconfig.cjs',
    }),
  ]);
  mkdirSync(join(PACKAGE, 'dist'), { recursive: true });
  for (const { outputFiles } of built)
    for (const { path, text } of outputFiles) writeFileSync(path, escapeNonAscii(text), 'latin1');
  const inputs = Object.assign({}, ...built.map(({ metafile }) => metafile.inputs)) as Metafile['inputs'];
  writeFileSync(join(PACKAGE, 'dist', 'third-party-licenses.txt'), collectLicenses(inputs));
}

/**
 * A single character above U+00FF makes V8 keep the whole source with two bytes a character. esbuild leaves such characters
 * in regular expressions and comments only, where an escape means the same.
 */
function escapeNonAscii(text: string): string {
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
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
function collectLicenses(inputs: Metafile['inputs']): string {
  const folders = Object.keys(inputs).flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
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
