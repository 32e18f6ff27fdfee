import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';

const CACHE = join(import.meta.dirname, '..', '..', 'bin', 'code-cache.cjs');
const folders: string[] = [];

/** A program that says how it runs, and a function to run it with a cache of its own. */
function makeProgram() {
  const folder = mkdtempSync(join(tmpdir(), 'hopwise-code-'));
  folders.push(folder);
  const program = join(folder, 'program.cjs');
  writeFileSync(
    program,
    "exports.run = () => { const late = () => require('node:path').basename(__filename); console.log(late() + ' ' + typeof module); };",
  );
  const launcher = join(folder, 'launcher.cjs');
  writeFileSync(launcher, `require(${JSON.stringify(CACHE)}).loadWithCode(${JSON.stringify(program)}, 'test').run();`);
  const run = (env: Readonly<Record<string, string>> = {}) => {
    const done = spawnSync(process.execPath, [launcher], {
      encoding: 'utf8',
      env: { ...process.env, NODE_COMPILE_CACHE: join(folder, 'cache'), ...env },
    });
    return `${done.stdout}${done.stderr}`;
  };
  const kept = () =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /hopwise-[^/]+$/.test(name))
      .map((name) => join(folder, name));
  return { run, kept };
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe('the code cache', () => {
  it('is written once, for its owner alone, and makes no difference to what runs', () => {
    const { run, kept } = makeProgram();
    expect(run()).toBe('program.cjs object\n');
    const [file = '', ...others] = kept();
    expect(others).toEqual([]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const written = statSync(file).ino;
    expect(run()).toBe('program.cjs object\n');
    expect(statSync(file).ino).toBe(written);
  });

  it('is made anew when V8 refuses it, or when somebody else may have written it', () => {
    const { run, kept } = makeProgram();
    run();
    const [file = ''] = kept();
    for (const spoil of [() => writeFileSync(file, 'not code'), () => chmodSync(file, 0o666)]) {
      spoil();
      expect(run()).toBe('program.cjs object\n');
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(statSync(file).size).toBeGreaterThan(100);
    }
    expect(kept()).toEqual([file]);
  });

  it('is left alone where Node is told to keep none', () => {
    const { run, kept } = makeProgram();
    expect(run({ NODE_DISABLE_COMPILE_CACHE: '1' })).toBe('program.cjs object\n');
    expect(kept()).toEqual([]);
  });
});
