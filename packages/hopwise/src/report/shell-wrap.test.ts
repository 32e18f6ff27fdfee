import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { shellQuote } from '../base/shell-quote.ts';
import { splitComment, wrapCommand } from './shell-wrap.ts';
import { displayWidth } from './width.ts';

// Many cases, and a machine that may be busy with other suites.
vi.setConfig({ testTimeout: 30_000 });

/** What bash passes on for each command, all in one process: the arguments of `show` end with NUL, commands with 0x01. */
function askBash(commands: readonly string[]): string[][] {
  const script = `show() { printf '%s\\0' "$@"; printf '\\1'; }\n${commands.join('\n')}\n`;
  const output = execFileSync('bash', ['--norc', '-s'], {
    input: script,
    encoding: 'utf8',
    env: { LC_ALL: 'C.UTF-8' },
    maxBuffer: 1 << 26,
  });
  return output
    .split('\x01')
    .slice(0, -1)
    .map((each) => each.split('\0').slice(0, -1));
}

/** Every way of quoting that a command may come with. */
function quoteForTest(word: string, index: number): string {
  if (index % 3 === 1) return `"${word.replace(/[\\"$`]/g, '\\$&')}"`;
  if (index % 3 === 2) return `$'${word.replace(/[\\']/g, '\\$&')}'`;
  return shellQuote(word);
}

// NUL cannot be an argument, U+0001 separates answers above, and bash has no notation for half a surrogate pair.
const shellWord = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.stringMatching(/^[-=~a-z'"$`\\;|&<>(){}*?[\]#! \n\t]{0,90}$/),
    fc.constant('x'.repeat(200)),
    fc.json().map((text) => text),
  )
  // A command is one line of sanitised text.
  .map((text) => text.replace(/[\0\x01\n]|\p{Cs}/gu, ''));

describe('wrapCommand', () => {
  it('bash reads the same words from the lines as from the command', () => {
    const commands: string[] = [];
    const wanted: string[][] = [];
    fc.assert(
      fc.property(
        fc.array(shellWord, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 40, max: 90 }),
        (words, width) => {
          const command = ['show', ...words.map(quoteForTest)].join(' ');
          const lines = wrapCommand(command, width, 2);
          expect(command.includes('\n')).toBe(false);
          for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
          commands.push(command, lines.join('\n'));
          wanted.push(words, words);
        },
      ),
      { numRuns: 400 },
    );
    const answers = askBash(commands);
    // JSON gains white space between its tokens; everything else has to come through byte for byte.
    const plain = (word: string): string => {
      try {
        return /^[[{]/.test(word) ? JSON.stringify(JSON.parse(word)) : word;
      } catch {
        return word;
      }
    };
    expect(answers.map((words) => words.map(plain))).toEqual(wanted.map((words) => words.map(plain)));
  });

  it('keeps a flag with its value and breaks JSON between its tokens', () => {
    const command =
      'kubectl patch networkpolicy files-deny-from-other-namespaces -n files --type json -p \'[{"op":"add","path":"/spec/ingress/0/from/-","value":{"namespaceSelector":{"matchLabels":{"a":"b, {c"}}}}]\'';
    expect(wrapCommand(command, 80, 2)).toEqual([
      '  kubectl patch networkpolicy files-deny-from-other-namespaces -n files \\',
      '    --type json -p \'[{"op":"add","path":"/spec/ingress/0/from/-","value":{',
      '    "namespaceSelector":{"matchLabels":{"a":"b, {c"}}}}]\'',
    ]);
  });

  it('takes a trailing comment away, which zsh would run and a continued line would swallow', () => {
    expect(splitComment("kubectl get pods '#1' # shows $(rm) none")).toEqual({
      command: "kubectl get pods '#1'",
      comment: 'shows $(rm) none',
    });
  });
});
