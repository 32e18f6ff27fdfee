import { formatConfidence, LEVEL_MEANINGS } from '../../answer.ts';
import type { CauseDocument, FixDocument } from '../../diagnosis.ts';
import { isCommand } from '../../pasted-step.ts';
import { evidenceRows } from './evidence.ts';
import type { Page } from './page.ts';

/** The best cause in full: why, what proves it, what to change, how to check. */
export function writeCause(page: Page, cause: CauseDocument, sure: boolean): void {
  const why = page.section(sure ? 'Why' : 'Most likely', `confidence ${formatConfidence(cause.confidence)}`);
  if (cause.why !== '') why.push(...page.text(cause.why));
  if (cause.chain.length > 1) why.push(...page.text(cause.chain.join(` ${page.paint.glyphs.arrow} `)));
  const rows = [...evidenceRows(cause.evidence), ...evidenceRows(cause.against, 'against')];
  why.push(...page.rows(rows));
  writeFix(page, cause.fix, sure);
  if (cause.prove.length === 0) return;
  const prove = page.section('Prove it');
  for (const proof of cause.prove) prove.push(...page.command(proof.command, proof.expect));
}

function writeFix(page: Page, fix: FixDocument, sure: boolean): void {
  const level = LEVEL_MEANINGS[fix.level];
  const lines = page.section(sure ? `Fix (${level})` : `If that is it, the fix (${level})`);
  // A sure answer has said it in its third line; without steps to follow it is all there is.
  if (!sure || fix.commands.length === 0) lines.push(...page.text(fix.summary));
  lines.push(...fixSteps(page, fix));
  if (fix.verification === '') return;
  lines.push(...page.text(fix.verified ? fix.verification : `Not verified: ${fix.verification}`));
}

/** What to do, one step after the other: commands to paste, sentences to follow. */
export function fixSteps(page: Page, fix: FixDocument): string[] {
  return fix.commands.flatMap((step) => (isCommand(step) ? page.command(step) : page.text(step)));
}

/** Other causes, one line each, best first. */
export function writeOthers(page: Page, title: string, causes: readonly CauseDocument[]): void {
  if (causes.length === 0) return;
  const lines = page.section(title);
  lines.push(
    ...page.rows(
      causes.map((cause) => ({ label: formatConfidence(cause.confidence), text: `${cause.summary} (${cause.id})` })),
    ),
  );
}
