import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { objectId } from '../../base/object-id.ts';
import { PLAIN, type RenderOptions } from '../renderer.ts';
import { isUnsafe } from '../sanitize.ts';
import { HOSTILE_TEXT, poison } from '../testing/hostile.ts';
import { DIAGNOSES, DIFFS, SCANS, TRACES } from '../testing/index.ts';
import { displayWidth } from '../width.ts';
import { RENDERERS } from './index.ts';

// Many cases, and a machine that may be busy with other suites.
vi.setConfig({ testTimeout: 30_000 });

/*
 * Whatever a cluster, a log or a response holds, no report carries it into the terminal, page or runner that shows it. Every
 * text of a document is replaced by hostile text, then the output is held against the rules of its format.
 */

const { failing: diagnosis, unsure } = DIAGNOSES;
const { trace } = TRACES;
const { scan } = SCANS;
const { diff } = DIFFS;
if (diagnosis === undefined || unsure === undefined || trace === undefined || scan === undefined)
  throw new Error('no samples');

const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    HOSTILE_TEXT,
    '\n::error::x',
    '</script>',
    ']]>',
    '`',
    '```',
    '日本語'.repeat(30),
    'x'.repeat(300),
    '',
    ' ',
  ),
);

async function renderAll(
  format: keyof typeof RENDERERS,
  text: string,
  options: Partial<RenderOptions> = {},
): Promise<string[]> {
  const { renderer } = await RENDERERS[format]();
  const all = { ...PLAIN, ...options };
  const object = objectId(text.replaceAll('/', '_'), text.replaceAll('/', '_'), text.replaceAll('/', '_'));
  const outputs = [
    ...[diagnosis, unsure].map((each) => each && renderer.diagnosis?.(poison(each, text, object), all)),
    trace && renderer.trace?.(poison(trace, text, object), all),
    scan && renderer.scan?.(poison(scan, text, object), all),
    diff && renderer.diff?.(poison(diff, text, object), all),
  ];
  return outputs.filter((output) => output !== undefined);
}

function forHostile(check: (text: string) => Promise<void>, numRuns = 60): Promise<void> {
  return fc.assert(fc.asyncProperty(hostileText, check), { numRuns });
}

describe('every format', () => {
  it.each(['text', 'json', 'yaml', 'markdown', 'html', 'sarif', 'junit', 'github'] as const)(
    '%s holds no control, invisible or bidirectional character',
    async (format) => {
      await forHostile(async (text) => {
        for (const output of await renderAll(format, text)) expect(isUnsafe(output.replaceAll('\n', ''))).toBe(false);
      }, 30);
    },
  );
});

describe('text', () => {
  it('fits its width in columns, in every face and view', async () => {
    await fc.assert(
      fc.asyncProperty(
        hostileText,
        fc.constantFrom(40, 60, 80, 100),
        fc.boolean(),
        fc.boolean(),
        async (text, width, ascii, checklist) => {
          for (const output of await renderAll('text', text, { width, ascii, checklist })) {
            for (const line of output.split('\n')) expect(displayWidth(line), line).toBeLessThanOrEqual(width);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('has colour only as pairs around its own words, and says the same without', async () => {
    await forHostile(async (text) => {
      const [plain, colored] = await Promise.all([renderAll('text', text), renderAll('text', text, { color: true })]);
      const bare = colored.map((output) => output.replaceAll(/\x1b\[[0-9;]*m/g, ''));
      expect(bare.map((each) => each.replace(/ +$/gm, ''))).toEqual(plain);
    }, 30);
  });

  it('is ASCII when asked', async () => {
    await forHostile(async (text) => {
      for (const output of await renderAll('text', text, { ascii: true })) expect(output).toMatch(/^[ -~\n]*$/);
    }, 30);
  });
});

/** The elements of a page in order; throws where they do not nest. */
function checkNesting(html: string, empty: ReadonlySet<string>): void {
  const open: string[] = [];
  for (const [, closing, name = '', rest = ''] of html.matchAll(/<(\/?)([a-z?!][a-z0-9-]*)((?:"[^"]*"|[^">])*)>/gi)) {
    if (name.startsWith('!') || name.startsWith('?') || empty.has(name)) continue;
    if (closing === '') {
      if (!rest.endsWith('/')) open.push(name);
    } else if (open.pop() !== name) throw new Error(`</${name}> closes something else in ${html}`);
  }
  expect(open).toEqual([]);
}

describe('markup', () => {
  it('HTML nests, and only elements of ours are in it', async () => {
    const known =
      /^(?:html|head|meta|title|style|body|main|header|h1|h2|p|ol|ul|li|span|small|strong|section|table|tr|th|td|div|code|pre|blockquote|details|summary|footer)$/;
    await forHostile(async (text) => {
      for (const output of await renderAll('html', text)) {
        checkNesting(output, new Set(['meta']));
        for (const [, name = ''] of output.matchAll(/<\/?([a-z][a-z0-9]*)/gi)) expect(name).toMatch(known);
      }
    }, 30);
  });

  it('JUnit nests, counts right, and has no character that XML forbids', async () => {
    await forHostile(async (text) => {
      for (const output of await renderAll('junit', text)) {
        checkNesting(output, new Set());
        expect(output).not.toMatch(/&(?!(?:amp|lt|gt|quot|#39);)/);
        const total = Number(/<testsuites [^>]*tests="(\d+)"/.exec(output)?.[1]);
        expect(output.match(/<testcase /g)).toHaveLength(total);
      }
    }, 30);
  });
});

describe('programs', () => {
  it('SARIF stays JSON of the right shape', async () => {
    await forHostile(async (text) => {
      for (const output of await renderAll('sarif', text)) {
        const [run] = JSON.parse(output).runs;
        for (const { properties } of run.tool.driver.rules) {
          expect(new Set(properties.tags).size).toBe(properties.tags.length);
        }
        for (const result of run.results) {
          expect(run.tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId);
          for (const { physicalLocation } of result.locations) {
            if (physicalLocation !== undefined)
              expect(physicalLocation.artifactLocation.uri).toMatch(/^[A-Za-z0-9%._~!*'()/-]*$/);
          }
        }
      }
    }, 30);
  });

  it('GitHub sees one workflow command a cause and no other', async () => {
    await forHostile(async (text) => {
      for (const output of await renderAll('github', text)) {
        const lines = output.trimEnd().split('\n');
        expect(lines).toHaveLength((scan?.causes.length ?? 0) + 1);
        for (const line of lines.slice(0, -1))
          expect(line).toMatch(/^::(?:error|warning|notice) (?:[a-z]+=[^:,]*,?)+::/);
        expect(lines.at(-1)).toMatch(/^hopwise:/);
      }
    });
  });

  it('Markdown has no raw HTML, link or fence outside its own', async () => {
    await forHostile(async (text) => {
      for (const output of await renderAll('markdown', text)) {
        const outside = output
          .replaceAll(/^(`{3,})sh\n[^\n]*(?:\n(?!\1$)[^\n]*)*\n\1$/gm, '')
          .replaceAll(/(?<![`\\])(`+)(?!`)(?:(?!(?<!`)\1(?!`))[^\n])+(?<!`)\1(?!`)/g, '')
          .replaceAll('@<!-- -->', '@');
        expect(outside).not.toMatch(/[<>]|(?<!\\)`|(?<!\\)\]\(/);
      }
    }, 30);
  });
});
