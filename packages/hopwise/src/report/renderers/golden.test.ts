import { describe, expect, it } from 'vitest';
import { PLAIN, type RenderOptions } from '../renderer.ts';
import { DIAGNOSES, DIFFS, SCANS, TRACES } from '../testing/index.ts';
import { RENDERERS } from './index.ts';

const EXTENSIONS = {
  text: 'txt',
  json: 'json',
  yaml: 'yaml',
  markdown: 'md',
  html: 'html',
  sarif: 'sarif',
  junit: 'xml',
  github: 'github.txt',
} as const;

type Format = keyof typeof EXTENSIONS;

async function render(format: Format, name: string, options: Partial<RenderOptions>): Promise<string | undefined> {
  const { renderer } = await RENDERERS[format]();
  const all = { ...PLAIN, ...options };
  const diagnosis = DIAGNOSES[name];
  const trace = TRACES[name];
  const scan = SCANS[name];
  const diff = DIFFS[name];
  if (diagnosis !== undefined) return renderer.diagnosis?.(diagnosis, all);
  if (trace !== undefined) return renderer.trace?.(trace, all);
  if (diff !== undefined) return renderer.diff?.(diff, all);
  return scan === undefined ? undefined : renderer.scan?.(scan, all);
}

interface Golden {
  readonly format: Format;
  readonly sample: string;
  readonly options?: Partial<RenderOptions>;
  /** Tells outputs of one sample in one format apart. */
  readonly view?: string;
}

/** What each sample looks like in each format; read the files, they are what people get to see. */
const GOLDEN: readonly Golden[] = [
  ...Object.keys({ ...DIAGNOSES, ...TRACES, ...SCANS, ...DIFFS }).map((sample): Golden => ({ format: 'text', sample })),
  { format: 'text', sample: 'failing', options: { checklist: true }, view: 'checklist' },
  { format: 'text', sample: 'failing', options: { ascii: true, width: 60 }, view: 'ascii-60' },
  { format: 'text', sample: 'unsure', options: { color: true }, view: 'color' },
  { format: 'text', sample: 'healthy', options: { brief: true }, view: 'brief' },
  { format: 'markdown', sample: 'failing' },
  { format: 'markdown', sample: 'unsure' },
  { format: 'markdown', sample: 'hostile' },
  { format: 'markdown', sample: 'scan' },
  { format: 'markdown', sample: 'failing', options: { checklist: true }, view: 'checklist' },
  { format: 'markdown', sample: 'diff' },
  { format: 'html', sample: 'failing' },
  { format: 'html', sample: 'scan' },
  { format: 'json', sample: 'trace' },
  { format: 'sarif', sample: 'scan', options: { explain: () => '# A page\n' } },
  { format: 'junit', sample: 'scan' },
  { format: 'github', sample: 'scan' },
  { format: 'github', sample: 'scan-hostile' },
];

function nameOf({ sample, view }: Golden): string {
  return view === undefined ? sample : `${sample}.${view}`;
}

describe('golden output', () => {
  it.each(GOLDEN.map((golden) => ({ ...golden, name: nameOf(golden) })))('$format of $name', async (golden) => {
    const { format, sample, options = {}, name } = golden;
    await expect(await render(format, sample, options)).toMatchFileSnapshot(
      `../fixtures/${name}.${EXTENSIONS[format]}`,
    );
  });
});
