import type { Evidence } from '../../../model/evidence.ts';
import { FACE_MARKS, type Face } from '../../answer.ts';
import { limitsOfReading } from '../../coverage-lines.ts';
import type { CoverageDocument, FixDocument, SourceDocument } from '../../diagnosis.ts';
import { formatPlace, labelOfEvidence, placeOf, quoteOf, sentenceOf } from '../../evidence-place.ts';
import { MARK_SIGNS } from '../../hop-rail.ts';
import { codeBlock, codeSpan, escapeMarkdown } from '../../markdown-text.ts';
import { isCommand } from '../../pasted-step.ts';

/** The sign in front of the first line. */
export function faceSign(face: Face): string {
  return MARK_SIGNS[FACE_MARKS[face]];
}

/** Blocks set apart by blank lines; empty ones vanish. */
export function joinBlocks(blocks: readonly string[]): string {
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

export function bullets(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

export function evidenceItem(evidence: Evidence, label = labelOfEvidence(evidence)): string {
  const place = placeOf(evidence);
  const where = place === undefined ? '' : ` (${codeSpan(formatPlace(place))})`;
  const quote = quoteOf(evidence);
  const quoted = quote === undefined ? '' : `\n  ${codeSpan(quote)}`;
  return `**${escapeMarkdown(label)}** ${escapeMarkdown(sentenceOf(evidence))}${where}${quoted}`;
}

/** Summary, commands to paste, and what the re-run on the model showed. */
export function fixBlocks(fix: FixDocument): string[] {
  const commands = fix.commands.filter(isCommand);
  const sentences = fix.commands.filter((step) => !isCommand(step));
  return [
    escapeMarkdown(fix.summary),
    bullets(sentences.map(escapeMarkdown)),
    commands.length === 0 ? '' : codeBlock(commands, 'sh'),
    fix.verification === ''
      ? ''
      : escapeMarkdown(fix.verified ? fix.verification : `Not verified: ${fix.verification}`),
  ];
}

export function limits(document: {
  readonly coverage: readonly CoverageDocument[];
  readonly source: SourceDocument;
  readonly assumptions?: readonly string[];
}): string[] {
  return [
    ...(document.assumptions ?? []).map((assumption) => `Assumed: ${escapeMarkdown(assumption)}`),
    ...limitsOfReading(document.coverage).map(escapeMarkdown),
    ...document.source.problems.map(({ file, line, message }) =>
      escapeMarkdown(`Skipped ${file}${line === undefined ? '' : `:${line}`}: ${message}`),
    ),
  ];
}
