import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PLAIN } from '../../packages/hopwise/src/report/renderer.ts';
import { RENDERERS } from '../../packages/hopwise/src/report/renderers/index.ts';
import { openSource } from '../../packages/hopwise/src/sources/open.ts';
import { DEMO_CAPTURE, DEMO_URL } from '../demo.ts';
import { type Generator, REPOSITORY } from './generated-file.ts';

const FILE = 'README.md';
const BEGIN = '<!-- begin: what `npm start` prints, kept by `npm run generate` -->';
const END = '<!-- end -->';

/** The report shown in the README is the one the program prints today, apart from the milliseconds. */
export const readmeGenerator: Generator = {
  name: 'readme',
  owns: [],
  async generate() {
    const text = readFileSync(join(REPOSITORY, FILE), 'utf8');
    const begin = text.indexOf(BEGIN);
    const end = text.indexOf(END, begin);
    if (begin < 0 || end < 0) throw new Error(`${FILE} has lost the marks around the report it shows`);
    const shown = `${BEGIN}\n\`\`\`console\n$ hopwise diagnose '${DEMO_URL}' --from ${DEMO_CAPTURE}\n\n${await writeReport()}\`\`\`\n`;
    return new Map([[FILE, text.slice(0, begin) + shown + text.slice(end)]]);
  },
};

async function writeReport(): Promise<string> {
  // Relative, because the report names its input the way the user did.
  process.chdir(REPOSITORY);
  // Loaded only now: the registry of checks may have been written a moment ago.
  const { diagnose, loadSnapshot } = await import('../../packages/hopwise/src/engine/engine.ts');
  const snapshot = await loadSnapshot(await openSource(DEMO_CAPTURE), new AbortController().signal);
  const { renderer } = await RENDERERS.text();
  return renderer.diagnosis?.(diagnose(snapshot, { url: DEMO_URL }), PLAIN) ?? '';
}
