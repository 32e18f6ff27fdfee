import { execFileSync } from 'node:child_process';
import { describe, expect, it, vi } from 'vitest';
import { COMMANDS } from '../commands.ts';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { zshCompletion } from './zsh.ts';

// Many cases, and a machine that may be busy with other suites.
vi.setConfig({ testTimeout: 30_000 });

/** What bash offers for a line whose last word is being typed. */
function complete(...words: readonly string[]): string[] {
  const script = `${bashCompletion()}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _hopwise; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const output = execFileSync('bash', ['--norc', '-c', script, 'bash', 'hopwise', ...words], { encoding: 'utf8' });
  return output.split('\n').filter((word) => word !== '');
}

describe('bash completion', () => {
  it('offers commands, the flags of the command, their values, and cause ids', () => {
    expect(complete('')).toEqual(COMMANDS.map(({ name }) => name));
    expect(complete('di')).toEqual(['diagnose', 'diff']);
    expect(complete('diagnose', 'https://a/', '--che')).toEqual(['--checklist']);
    expect(complete('trace', '--che')).toEqual([]);
    expect(complete('scan', '-o', '')).toEqual([
      'text',
      'json',
      'yaml',
      'markdown',
      'html',
      'sarif',
      'junit',
      'github',
    ]);
    expect(complete('trace', '--output', 'j')).toEqual(['json']);
    expect(complete('explain', 'oom')).toEqual(['oom-killed']);
    expect(complete('--color', 'never', 'completion', 'z')).toEqual(['zsh']);
  });
});

describe.each([
  ['zsh', zshCompletion],
  ['fish', fishCompletion],
])('%s completion', (shell, script) => {
  it('knows every command and flag', () => {
    const text = script();
    for (const { name, flags } of COMMANDS) {
      expect(text).toContain(name);
      for (const flag of flags) expect(text).toMatch(shell === 'fish' ? `-l ${flag} ` : `--${flag}[`);
    }
  });

  it('parses where the shell is installed', (context) => {
    try {
      execFileSync(shell, ['--version'], { stdio: 'ignore' });
    } catch {
      context.skip(`${shell} is not installed`);
    }
    execFileSync('sh', ['-c', `cat | ${shell} -n /dev/stdin`], { input: script(), stdio: ['pipe', 'ignore', 'pipe'] });
  });
});
