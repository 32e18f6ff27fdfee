import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillManifest } from '../tools/krew.ts';
import { REPOSITORY } from './reading/source-code.ts';

// What users get: the tarball of `npm pack`, installed into an empty folder, run as they would.

const URL_OF_DEMO = 'https://books.example.net/catalog/search?q=lamp';
const OLDEST_NODE = '22';

let folder = '';
let tarball = '';
let files: string[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hopwise-pack-'));
  const packed = npm(join(REPOSITORY, 'packages/hopwise'), 'pack', '--json', '--pack-destination', folder);
  // The prepack script may print before the JSON.
  const report: unknown = JSON.parse(packed.slice(packed.search(/^[[{]/m)));
  const [entry] = Array.isArray(report) ? report : Object.values(report as object);
  tarball = join(folder, entry.filename);
  files = entry.files.map((file: { path: string }) => file.path);
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}');
  npm(folder, 'install', tarball);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the tarball', () => {
  it('holds the program, its demonstration, schemas and papers, and nothing of the workshop', () => {
    const expected =
      /^(?:bin\/(?:hopwise|code-cache|kubectl_complete-hopwise)\.cjs|dist\/.+\.(?:c?js|d\.ts)|dist\/third-party-licenses\.txt|demo\/.+|schema\/[a-z]+\.schema\.json|package\.json|README\.md|LICENSE)$/;
    expect(files.filter((path) => !expected.test(path) || /\.test\.|testing\/|fixtures\//.test(path))).toEqual([]);
    expect(files).toEqual(
      expect.arrayContaining(['bin/hopwise.cjs', 'dist/cli.cjs', 'dist/index.js', 'README.md', 'LICENSE']),
    );
  });

  it('names no path of the machine that built it', () => {
    const installed = join(folder, 'node_modules/hopwise');
    const leaking = files.filter((path) => readFileSync(join(installed, path), 'utf8').includes(REPOSITORY));
    expect(leaking).toEqual([]);
  });
});

describe('installed', () => {
  it.each(['hopwise', 'kubectl-hopwise'])('%s diagnoses the bundled capture', (program) => {
    const done = run(join(folder, 'node_modules/.bin', program), demoArguments());
    expect(done.stderr).toBe('');
    expect(done.status).toBe(1);
    expect(JSON.parse(done.stdout)).toMatchObject({ kind: 'Diagnosis', verdict: { status: 'failing' } });
  });

  it('runs through npx, straight from the tarball', () => {
    const output = npm(
      folder,
      'exec',
      '--yes',
      `--package=${tarball}`,
      '--',
      'hopwise',
      'explain',
      'target-port-mismatch',
    );
    expect(output).toContain('target-port-mismatch');
  });

  it('is a library with types', () => {
    writeFileSync(join(folder, 'consumer.ts'), CONSUMER);
    const tsc = join(REPOSITORY, 'node_modules/typescript/bin/tsc');
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--types', 'node'];
    const roots = ['--typeRoots', join(REPOSITORY, 'node_modules/@types')];
    const checked = spawnSync(process.execPath, [tsc, ...options, ...roots, 'consumer.ts'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(checked.stdout + checked.stderr).toBe('');
    const done = run(process.execPath, ['consumer.ts']);
    expect(done.stderr).toBe('');
    expect(done.stdout).toContain('failing network-policy-denies-ingress');
    expect(done.stdout).toContain('<!doctype html>');
  });

  it(`runs on the oldest Node it promises, ${OLDEST_NODE}`, (context) => {
    const node = installOldNode();
    if (node === undefined) return context.skip(`node@${OLDEST_NODE} could not be fetched`);
    const version = execFileSync(node, ['--version'], { encoding: 'utf8' });
    expect(version).toMatch(new RegExp(`^v${OLDEST_NODE}\\.`));
    const done = run(node, [join(folder, 'node_modules/hopwise/bin/hopwise.cjs'), ...demoArguments()]);
    expect(done.stderr).toBe('');
    expect(JSON.parse(done.stdout)).toMatchObject({ verdict: { status: 'failing' } });
  });
});

describe('installed by krew', () => {
  interface Manifest {
    readonly spec: {
      readonly platforms: readonly {
        readonly sha256: string;
        readonly files: readonly { readonly from: string; readonly to: string }[];
        readonly bin: string;
      }[];
    };
  }

  it('answers real kubectl from the archive alone, under its own name', (context) => {
    if (run('kubectl', ['version', '--client']).status !== 0) return context.skip('kubectl is not installed');
    const manifest = load(fillManifest(tarball, 'https://example.com/hopwise.tgz', 'https://example.com/')) as Manifest;
    const [platform] = manifest.spec.platforms;
    expect(platform?.sha256).toBe(createHash('sha256').update(readFileSync(tarball)).digest('hex'));
    // As krew does: unpack, move what `files` says, link the program under its plugin's name.
    const home = join(folder, 'krew');
    const unpacked = join(home, 'unpacked');
    mkdirSync(unpacked, { recursive: true });
    execFileSync('tar', ['-xzf', tarball, '-C', unpacked]);
    for (const { from, to } of platform?.files ?? [])
      for (const path of globSync(from, { cwd: unpacked }))
        cpSync(join(unpacked, path), join(home, 'store', to, basename(path)), { recursive: true });
    rmSync(unpacked, { recursive: true });
    const bin = join(home, 'bin');
    mkdirSync(bin);
    symlinkSync(join(home, 'store', platform?.bin ?? ''), join(bin, 'kubectl-hopwise'));
    symlinkSync(join(home, 'store/bin/kubectl_complete-hopwise.cjs'), join(bin, 'kubectl_complete-hopwise'));

    const kubectl = (...args: readonly string[]) => {
      const environment = cleanEnvironment();
      const env = {
        ...environment,
        PATH: [bin, environment.PATH ?? ''].join(delimiter),
        KUBECONFIG: join(home, 'none'),
      };
      return spawnSync('kubectl', args, { cwd: home, encoding: 'utf8', env });
    };
    expect(kubectl('hopwise', 'version')).toMatchObject({ stdout: expect.stringMatching(/^hopwise \d/), status: 0 });
    expect(kubectl('hopwise', '--help').stdout).toContain('kubectl hopwise diagnose https://');
    expect(kubectl('hopwise', 'explain', 'oom-killed').stdout).toMatch(/^oom-killed\n/);
    expect(kubectl('hopwise', 'nonsense')).toMatchObject({
      stderr: expect.stringContaining("kubectl hopwise: unknown command 'nonsense'"),
      status: expect.any(Number),
    });
    expect(kubectl('hopwise', 'scan').stderr).toMatch(/^kubectl hopwise: /);
    expect(kubectl('__complete', 'hopwise', 'explain', 'oom').stdout).toContain('oom-killed\n');
  });
});

const CONSUMER = `
import { type DiagnosisDocument, diagnose, load, openSource } from 'hopwise';
import { PLAIN, RENDERERS } from 'hopwise/report';

const source = await openSource('node_modules/hopwise/demo/bookshop');
const snapshot = await load(source, AbortSignal.timeout(60_000));
const document: DiagnosisDocument = diagnose(snapshot, { url: '${URL_OF_DEMO}' });
console.log(document.verdict.status, document.causes[0]?.id);
const { renderer } = await RENDERERS.html();
console.log(renderer.diagnosis?.(document, PLAIN).toLowerCase());
`;

function demoArguments(): string[] {
  return ['diagnose', URL_OF_DEMO, '--from', join(folder, 'node_modules/hopwise/demo/bookshop'), '-o', 'json'];
}

function run(program: string, args: readonly string[]) {
  return spawnSync(program, args, { cwd: folder, encoding: 'utf8', env: cleanEnvironment() });
}

function npm(cwd: string, ...args: readonly string[]): string {
  const quiet = ['--loglevel=error', '--no-audit', '--no-fund'];
  return execFileSync('npm', [...args.slice(0, 1), ...quiet, ...args.slice(1)], {
    cwd,
    encoding: 'utf8',
    env: cleanEnvironment(),
  });
}

/** Without what the npm that runs these tests tells its children, which would make the inner npm work on this repository. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(?:npm_(?!config_cache|config_registry)|NODE_OPTIONS|VITEST)/i.test(name),
  );
  return { ...Object.fromEntries(kept), PATH: [dirname(process.execPath), process.env.PATH ?? ''].join(delimiter) };
}

/** The executable of an older Node from its npm package; undefined where that cannot be had. */
function installOldNode(): string | undefined {
  const home = join(folder, 'old-node');
  mkdirSync(home);
  writeFileSync(join(home, 'package.json'), '{"private":true,"allowScripts":{"node":true}}');
  try {
    npm(home, 'install', `node@${OLDEST_NODE}`);
    return join(home, 'node_modules/node/bin/node');
  } catch {
    return undefined;
  }
}
