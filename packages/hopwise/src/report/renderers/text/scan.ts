import { displayId } from '../../../base/object-id.ts';
import { faceOf, formatConfidence } from '../../answer.ts';
import type { CauseDocument, ScanDocument, ScanTarget } from '../../diagnosis.ts';
import type { RenderOptions } from '../../renderer.ts';
import { fixSteps } from './causes.ts';
import { evidenceRows } from './evidence.ts';
import { writeFooter, writeNotes } from './footnotes.ts';
import { forTerminal, Page } from './page.ts';

const SHOWN_AFFECTED = 5;
/** Causes whose fix is shown step by step; further down its summary has to do. */
const FIXED_CAUSES = 3;
const SHOWN_TARGETS = 40;

/** The terminal report of a scan: every cause with what it breaks, then the targets that are not fine. */
export function renderScan(original: ScanDocument, options: RenderOptions): string {
  const document = forTerminal(original, options);
  const page = new Page(options);
  page.block().push(...page.marked(page.paint.face(faceOf(document.verdict.status)), document.verdict.summary));
  if (options.brief) return page.toString();
  for (const [index, cause] of document.causes.entries()) writeScanCause(page, cause, index < FIXED_CAUSES);
  writeTargets(page, document.targets);
  if (document.suppressed.length > 0) {
    const lines = page.section('Left out on purpose');
    for (const { id, object, by } of document.suppressed)
      lines.push(...page.text(`${id} on ${displayId(object)}: ${by}`));
  }
  writeNotes(page, document);
  const formats = 'html|json|sarif|junit';
  writeFooter(page, options, {
    source: document.source,
    explain: document.causes[0]?.id,
    formats,
    tookMs: document.tookMs,
  });
  return page.toString();
}

function writeScanCause(page: Page, cause: CauseDocument, withSteps: boolean): void {
  const lines = page.section(`${cause.id} on ${displayId(cause.object)}`, formatConfidence(cause.confidence));
  lines.push(...page.text(cause.summary));
  const affected = cause.affects ?? [];
  const more = affected.length > SHOWN_AFFECTED ? `, and ${affected.length - SHOWN_AFFECTED} more` : '';
  lines.push(
    ...page.rows([
      ...evidenceRows(cause.evidence),
      ...(affected.length === 0
        ? []
        : [{ label: 'affects', text: affected.slice(0, SHOWN_AFFECTED).join(', ') + more }]),
      { label: 'fix', text: cause.fix.summary },
    ]),
  );
  if (withSteps) lines.push(...fixSteps(page, cause.fix));
}

function writeTargets(page: Page, targets: readonly ScanTarget[]): void {
  const notable = targets.filter((target) => target.state !== 'ok');
  const fine = targets.length - notable.length;
  if (targets.length === 0) return;
  const lines = page.section('Targets');
  for (const target of notable.slice(0, SHOWN_TARGETS)) {
    const causes = target.causes.map((cause) => cause.id).join(', ');
    lines.push(
      ...page.marked(page.paint.mark(target.state), `${target.name}${causes === '' ? '' : `: ${causes}`}`, '  '),
    );
  }
  if (notable.length > SHOWN_TARGETS)
    lines.push(...page.text(`and ${notable.length - SHOWN_TARGETS} more (see -o json)`));
  if (fine > 0) lines.push(...page.marked(page.paint.mark('ok'), `${fine} fine`, '  '));
}
