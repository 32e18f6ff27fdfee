import type { CauseId } from '../checks/causes.ts';
import { type OutputId, PLAIN, type Renderer, type RenderOptions } from '../report/renderer.ts';
import { RENDERERS } from '../report/renderers/index.ts';
import type { Flags } from './invocation.ts';
import type { CliIo } from './io.ts';
import { UsageError } from './usage-error.ts';
import { VERSION } from './version.ts';

/** Wider lines are hard to follow with the eye, however wide the terminal. */
const WIDEST = 100;

/** The renderer that -o asks for, and the options it gets. */
export async function chooseOutput(flags: Flags, io: CliIo): Promise<{ renderer: Renderer; options: RenderOptions }> {
  const id = (flags.get('output') ?? 'text') as OutputId;
  const [{ renderer }, options] = await Promise.all([RENDERERS[id](), renderOptions(id, flags, io)]);
  return { renderer, options };
}

async function renderOptions(id: OutputId, flags: Flags, io: CliIo): Promise<RenderOptions> {
  return {
    ...PLAIN,
    ...terminalOptions(flags, io),
    checklist: flags.has('checklist'),
    brief: flags.has('quiet'),
    program: io.program,
    version: VERSION,
    explain: id === 'sarif' ? await pageReader(io) : PLAIN.explain,
    dumpYaml: id === 'yaml' ? (await import('./dump-yaml.ts')).dumpYaml : PLAIN.dumpYaml,
  };
}

async function pageReader(io: CliIo): Promise<(id: CauseId) => string | undefined> {
  const pages = await io.explainPages();
  return (id) => pages.get(id);
}

/** How much the terminal can show. */
export function terminalOptions(flags: Flags, io: CliIo): Pick<RenderOptions, 'color' | 'width' | 'ascii'> {
  return {
    color: wantsColor(flags.get('color') ?? 'auto', io),
    width: readWidth(flags, io),
    ascii: wantsAscii(flags, io),
  };
}

function wantsColor(when: string, { stdout, env }: CliIo): boolean {
  if (when !== 'auto') return when === 'always';
  // https://no-color.org: set to anything but the empty string.
  const refused = env.NO_COLOR !== undefined && env.NO_COLOR !== '';
  return stdout.isTerminal && !refused && env.TERM !== 'dumb';
}

function readWidth(flags: Flags, { stdout }: CliIo): number {
  const text = flags.get('width');
  if (text === undefined)
    return stdout.isTerminal && stdout.columns !== undefined ? Math.min(stdout.columns, WIDEST) : 80;
  const width = Number(text);
  if (!/^\d{1,4}$/.test(text) || width < 40)
    throw new UsageError(`--width cannot be '${text}'`, 'give 40 columns or more');
  return width;
}

/** POSIX: the first of these that is set and not empty decides. An unset locale is mostly a container with a UTF-8 terminal. */
function wantsAscii(flags: Flags, { env }: CliIo): boolean {
  if (flags.has('ascii')) return true;
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value !== undefined && value !== '');
  return locale !== undefined && !/utf-?8/i.test(locale);
}
