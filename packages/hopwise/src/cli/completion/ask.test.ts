import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCli } from '../testing/fake-io.ts';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { zshCompletion } from './zsh.ts';

vi.setConfig({ testTimeout: 60_000 });

let folder = '';
let kubeconfig = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hopwise-complete-'));
  kubeconfig = join(folder, 'kubeconfig');
  const contexts = ['prod', 'staging', 'arn:aws:eks:eu-west-1:1:cluster/prod'];
  writeFileSync(
    kubeconfig,
    JSON.stringify({ contexts: contexts.map((name) => ({ name, context: { cluster: 'c' } })) }),
  );
  // Stands for the program where a shell is tested: says what it was asked, then offers as the program would.
  const program = join(folder, 'hopwise');
  writeFileSync(
    program,
    `#!/bin/sh
printf '%s\\n' "$*" >>'${folder}/asked'
case "$*" in
  *--context=*) echo --context=staging ;;
  *--context\\ *) echo staging ;;
  *https:*) echo https://shop.example.com/ ;;
  *) echo shop.example.com/; echo ingress/shop/web ;;
esac
echo :4
`,
  );
  chmodSync(program, 0o755);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the hidden command', () => {
  const complete = async (...words: readonly string[]) =>
    (await runCli(['__complete', ...words], { env: { KUBECONFIG: kubeconfig } })).out.trim().split('\n');

  it('offers contexts without asking the cluster', async () => {
    expect(await complete('diagnose', 'https://a/', '--context', '')).toEqual([
      'arn:aws:eks:eu-west-1:1:cluster/prod',
      'prod',
      'staging',
      ':4',
    ]);
    expect(await complete('trace', '--context=st')).toEqual(['--context=staging', ':4']);
    expect(await complete('scan', '--kubeconfig', join(folder, 'missing'), '--context', '')).toEqual([':4']);
  });

  it('knows commands, flags, their values, causes and files', async () => {
    expect(await complete('diag')).toEqual(['diagnose', ':4']);
    expect(await complete('--color', 'never', 'expl')).toEqual(['explain', ':4']);
    expect(await complete('diagnose', 'https://a/', '--checkl')).toEqual(['--checklist', ':4']);
    expect(await complete('scan', '-o', 's')).toEqual(['sarif', ':4']);
    expect(await complete('explain', 'oom')).toEqual(['oom-killed', ':4']);
    expect(await complete('scan', '--from', '')).toEqual([':0']);
    expect(await complete('version', 'x', 'y')).toEqual([':4']);
  });

  it('has nothing to say where there is no cluster, and says so quietly', async () => {
    for (const words of [
      ['diagnose', 'sh'],
      ['scan', '-n', ''],
      ['diagnose', 'a', '--impersonate-group', 'g', '-n', ''],
    ])
      expect(await runCli(['__complete', ...words])).toMatchObject({ out: ':4\n', err: '', code: 0 });
  });
});

describe('bash', () => {
  /** As readline would: the line split at blanks, : and =. */
  const complete = (line: string): string[] => {
    const script = `${bashCompletion()}
COMP_LINE="$1" COMP_POINT=\${#1}; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _hopwise; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const words = line.split(/ +|(?<=[:=])|(?=[:=])/);
    const output = run('bash', ['--norc', '-c', script, 'bash', line, ...words]);
    return output.split('\n').filter((word) => word !== '');
  };

  it('asks the program, and offers what is left of a word that it has split', () => {
    expect(complete('hopwise diagnose sh')).toEqual(['shop.example.com/', 'ingress/shop/web']);
    expect(complete('hopwise diagnose https://sh')).toEqual(['//shop.example.com/']);
    expect(complete('hopwise diagnose https://a/ --context ')).toEqual(['staging']);
    expect(complete('hopwise diagnose https://a/ --context=st')).toEqual(['staging']);
  });
});

describe('fish', () => {
  it('asks the program', (context) => {
    if (!isInstalled('fish')) return context.skip('fish is not installed');
    const complete = (line: string): string[] =>
      run('fish', ['--no-config', '-c', `${fishCompletion()}\ncomplete -C '${line}'`])
        .split('\n')
        .map((each) => each.split('\t')[0] ?? '');
    expect(complete('hopwise diagnose sh')).toContain('shop.example.com/');
    expect(complete('hopwise diagnose https://a/ --context ')).toContain('staging');
    expect(complete('hopwise diagnose https://a/ --context=')).toContain('--context=staging');
  });
});

describe('zsh', () => {
  it('asks the program', (context) => {
    if (!isInstalled('zsh')) return context.skip('zsh is not installed');
    writeFileSync(join(folder, '_hopwise'), zshCompletion());
    // A shell of its own on a pseudo-terminal, which is where completion happens: ^T completes and writes down the line.
    const script = `zmodload zsh/zpty
zpty shell zsh -f -i
wait_for() { until [[ -s $1 ]]; do sleep 0.05; done; }
zpty -w shell 'fpath=(${folder} $fpath); autoload -Uz compinit; compinit -u -D
write_down() { zle expand-or-complete; print -r -- "$BUFFER" >>"$OUT"; BUFFER=; }
zle -N write_down; bindkey "^T" write_down; print >${folder}/ready'
wait_for ${folder}/ready
for line in "$@"; do
  zpty -w shell "OUT=${folder}/line-$((++n))"
  zpty -w -n shell "$line"$'\\x14'
  wait_for ${folder}/line-$n
  cat ${folder}/line-$n
done`;
    const output = run('zsh', ['-f', '-c', script, 'zsh', 'hopwise diagnose https://sh', 'hopwise trace x --context ']);
    expect(output).toContain('https://shop.example.com/');
    expect(output).toContain('--context staging');
  });
});

function run(shell: string, args: readonly string[]): string {
  const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH ?? ''}`, HOME: folder, TERM: 'dumb' };
  return execFileSync(shell, args, { encoding: 'utf8', env, timeout: 30_000, stdio: ['ignore', 'pipe', 'pipe'] });
}

function isInstalled(shell: string): boolean {
  try {
    execFileSync(shell, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
