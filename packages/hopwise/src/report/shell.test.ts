import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { objectId } from '../base/object-id.ts';
import { patchCommand } from './patch-command.ts';
import { joinCommand, quoteWord } from './shell.ts';
import { splitComment, wrapCommand } from './shell-wrap.ts';
import { displayWidth } from './width.ts';

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

// NUL cannot be an argument, U+0001 separates answers above, and bash has no notation for half a surrogate pair.
const shellWord = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.stringMatching(/^[-=~a-z'"$`\\;|&<>(){}*?[\]#! \n\t]{0,90}$/),
    fc.constant('x'.repeat(200)),
    fc.json().map((text) => text),
  )
  .map((text) => text.replace(/[\0\x01]|\p{Cs}/gu, ''));

describe('quoting', () => {
  it('leaves plain words readable', () => {
    expect(joinCommand(['kubectl', 'get', 'pod/web-1', '-n', 'shop', '-o', 'jsonpath={.a}'])).toBe(
      "kubectl get pod/web-1 -n shop -o 'jsonpath={.a}'",
    );
    expect(quoteWord("it's")).toBe("'it'\\''s'");
    expect(quoteWord('')).toBe("''");
    expect(quoteWord('=ls')).toBe("'=ls'");
    expect(quoteWord('a\nb\x1b')).toBe("$'a\\u000ab\\u001b'");
  });

  it('passes any text through bash unchanged, also when wrapped over lines', () => {
    const commands: string[] = [];
    const wanted: string[][] = [];
    fc.assert(
      fc.property(
        fc.array(shellWord, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 40, max: 90 }),
        (words, width) => {
          const command = joinCommand(['show', ...words]);
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
});

describe('wrapCommand', () => {
  it('keeps a flag with its value and breaks JSON between its tokens', () => {
    const command = patchCommand({
      object: objectId('NetworkPolicy', 'files', 'files-deny-from-other-namespaces'),
      type: 'json',
      patch: [
        { op: 'add', path: '/spec/ingress/0/from/-', value: { namespaceSelector: { matchLabels: { a: "it's" } } } },
      ],
    });
    expect(wrapCommand(command, 80, 2)).toEqual([
      '  kubectl patch networkpolicy/files-deny-from-other-namespaces -n files \\',
      '    --type json -p \'[{"op":"add","path":"/spec/ingress/0/from/-","value":{',
      '    "namespaceSelector":{"matchLabels":{"a":"it\\u0027s"}}}}]\'',
    ]);
  });

  it('takes a trailing comment away, which zsh would run and a continued line would swallow', () => {
    expect(splitComment("kubectl get pods '#1' # shows $(rm) none")).toEqual({
      command: "kubectl get pods '#1'",
      comment: 'shows $(rm) none',
    });
  });
});

describe('patchCommand', () => {
  it('names the resource so that no object name can pass for a flag', () => {
    expect(patchCommand({ object: objectId('Node', '', '--all'), type: 'merge', patch: {} })).toBe(
      "kubectl patch node/--all --type merge -p '{}'",
    );
    expect(patchCommand({ object: objectId('Gateway', 'infra', 'public'), type: 'merge', patch: { a: 1 } })).toBe(
      'kubectl patch gateways.gateway.networking.k8s.io/public -n infra --type merge -p \'{"a":1}\'',
    );
  });
});
