import type { UnknownThing } from '../../../trace/trace.ts';
import { limitsOfReading } from '../../coverage-lines.ts';
import type { CoverageDocument, SourceDocument } from '../../diagnosis.ts';
import { isCommand } from '../../pasted-step.ts';
import type { RenderOptions } from '../../renderer.ts';
import type { Page } from './page.ts';

const SHOWN_PROBLEMS = 3;

/** What nobody could look at, and what would settle it. */
export function writeUnknowns(page: Page, title: string, unknowns: readonly UnknownThing[]): void {
  if (unknowns.length === 0) return;
  const lines = page.section(title);
  for (const unknown of unknowns) {
    const pasted = isCommand(unknown.settledBy);
    const settled = pasted || unknown.settledBy === '' ? '' : `; settled by ${unknown.settledBy}`;
    lines.push(...page.marked(page.paint.mark('unknown'), `${unknown.what}: ${unknown.why}${settled}`));
    if (pasted) lines.push(...page.command(unknown.settledBy, '', 4));
  }
}

export interface Notes {
  readonly assumptions?: readonly string[];
  readonly unknowns?: readonly UnknownThing[];
  readonly coverage: readonly CoverageDocument[];
  readonly source?: SourceDocument;
}

/** The limits of the answer in a few lines. */
export function writeNotes(page: Page, notes: Notes): void {
  const lines = page.block();
  for (const assumption of notes.assumptions ?? []) lines.push(...page.text(`Assumed: ${assumption}`, ''));
  const { unknowns = [] } = notes;
  const named = unknowns.map(({ what, why }) => (why === '' ? what : `${what} (${why})`));
  if (named.length > 0) lines.push(...page.text(`Not examined: ${named.join(', ')}`, ''));
  for (const line of limitsOfReading(notes.coverage)) lines.push(...page.text(line, ''));
  if (notes.source === undefined) return;
  const { problems } = notes.source;
  for (const { file, line, message } of problems.slice(0, SHOWN_PROBLEMS)) {
    lines.push(...page.text(`Skipped ${file}${line === undefined ? '' : `:${line}`}: ${message}`, ''));
  }
  if (problems.length > SHOWN_PROBLEMS) lines.push(`Skipped ${problems.length - SHOWN_PROBLEMS} more (see -o json)`);
}

/** The last lines: what was read, where to go on. */
export function writeFooter(
  page: Page,
  options: RenderOptions,
  facts: {
    readonly source?: SourceDocument;
    readonly explain?: string | undefined;
    readonly formats: string;
    readonly tookMs?: number | undefined;
  },
): void {
  const lines = page.block();
  if (facts.source !== undefined) {
    const taken = facts.source.time === undefined ? '' : `, as of ${facts.source.time}`;
    lines.push(...page.text(`${facts.source.description}${taken}`, '').map(page.paint.dim));
  }
  const parts = [
    ...(facts.explain === undefined ? [] : [`${options.program} explain ${facts.explain}`]),
    `-o ${facts.formats}`,
    ...(facts.tookMs === undefined ? [] : [`${Math.round(facts.tookMs)} ms`]),
  ];
  lines.push(...page.text(parts.join(` ${page.paint.glyphs.dot} `), '').map(page.paint.dim));
}
