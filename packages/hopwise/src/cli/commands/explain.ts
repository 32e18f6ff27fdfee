import { CAUSE_IDS, type CauseId, causeFacts, isCauseId } from '../../checks/causes.ts';
import { wrap } from '../../report/width.ts';
import { FINE } from '../exit-codes.ts';
import type { Invocation } from '../invocation.ts';
import type { CliIo } from '../io.ts';
import { terminalOptions } from '../output.ts';
import { renderPage } from '../page.ts';
import { didYouMean } from '../suggest.ts';
import { UsageError } from '../usage-error.ts';

/** What does this cause mean? Without one: which causes are there? */
export async function run({ argument, flags }: Invocation, io: CliIo): Promise<number> {
  const json = flags.get('output') === 'json';
  const view = terminalOptions(flags, io);
  if (argument === undefined) {
    await io.stdout.write(json ? toJson(CAUSE_IDS.map((id) => ({ id, ...causeFacts(id) }))) : listCauses(view));
    return FINE;
  }
  const id = readCause(argument);
  const page = (await io.explainPages()).get(id);
  await io.stdout.write(
    json ? toJson({ id, ...causeFacts(id), page: page ?? null }) : renderPage(page ?? pageFromFacts(id), view),
  );
  return FINE;
}

function readCause(text: string): CauseId {
  const id = text.toLowerCase().replaceAll('_', '-');
  if (isCauseId(id)) return id;
  const ids: readonly string[] = CAUSE_IDS;
  throw new UsageError(`there is no cause '${text}'`, ...didYouMean(id, ids), 'all of them: hopwise explain');
}

/** For a cause whose check has not come with a page: what the list says of it. */
function pageFromFacts(id: CauseId): string {
  const { family, hop, means, not } = causeFacts(id);
  const other = not === undefined ? '' : `\n\nNot to be confused with ${not}.`;
  return `# ${id}\n\nFamily ${family}; the request dies at: ${hop}.\n\nWhat is true when this is the answer: ${means}.${other}\n`;
}

function listCauses({ width, color }: { readonly width: number; readonly color: boolean }): string {
  const bold = (text: string): string => (color ? `\x1b[1m${text}\x1b[0m` : text);
  const families = [...new Set(CAUSE_IDS.map((id) => causeFacts(id).family))];
  const blocks = families.map((family) => {
    const own = CAUSE_IDS.filter((id) => causeFacts(id).family === family);
    const lines = own.flatMap((id) => [
      `  ${id}`,
      ...wrap(causeFacts(id).means, width - 6).map((line) => `      ${line}`),
    ]);
    return [bold(family), ...lines].join('\n');
  });
  return `${blocks.join('\n\n')}\n`;
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
