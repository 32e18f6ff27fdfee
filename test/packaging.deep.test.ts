import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
