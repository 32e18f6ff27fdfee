import { describe, expect, it } from 'vitest';
import { PLAIN, type RenderOptions } from '../renderer.ts';
import { DIAGNOSES, SCANS, TRACES } from '../testing/index.ts';
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
  if (diagnosis !== undefined) return renderer.diagnosis?.(diagnosis, all);
  if (trace !== undefined) return renderer.trace?.(trace, all);
  return scan === undefined ? undefined : renderer.scan?.(scan, all);
}

/** What each sample looks like in each format; read the files, they are what people get to see. */
const GOLDEN: readonly (readonly [
  format: Format,
  sample: string,
  options?: Partial<RenderOptions>,
  suffix?: string,
])[] = [
  ...Object.keys({ ...DIAGNOSES, ...TRACES, ...SCANS }).map((name) => ['text', name] as const),
  ['text', 'failing', { checklist: true }, 'checklist'],
  ['text', 'failing', { ascii: true, width: 60 }, 'ascii-60'],
  ['text', 'unsure', { color: true }, 'color'],
  ['text', 'healthy', { brief: true }, 'brief'],
  ['markdown', 'failing'],
  ['markdown', 'unsure'],
  ['markdown', 'hostile'],
  ['markdown', 'scan'],
  ['markdown', 'failing', { checklist: true }, 'checklist'],
  ['html', 'failing'],
  ['html', 'scan'],
  ['json', 'trace'],
  ['sarif', 'scan', { explain: () => '# A page\n' }],
  ['junit', 'scan'],
  ['github', 'scan'],
  ['github', 'scan-hostile'],
];

describe('golden output', () => {
  it.each(GOLDEN)('%s of %s %j', async (format, sample, options, suffix) => {
    const name = suffix === undefined ? sample : `${sample}.${suffix}`;
    await expect(await render(format, sample, options ?? {})).toMatchFileSnapshot(
      `../fixtures/${name}.${EXTENSIONS[format]}`,
    );
  });
});
