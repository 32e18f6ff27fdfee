import { answerOf } from '../../answer.ts';
import type { ChecklistStep, DiagnosisDocument } from '../../diagnosis.ts';
import { buildRail, labelOf } from '../../hop-rail.ts';
import type { RenderOptions } from '../../renderer.ts';
import { displayWidth } from '../../width.ts';
import { writeCause, writeOthers } from './causes.ts';
import { evidenceRows } from './evidence.ts';
import { writeFooter, writeNotes, writeUnknowns } from './footnotes.ts';
import { forTerminal, Page } from './page.ts';
import { writeProbes } from './probes.ts';
import { railLines } from './rail.ts';

const FORMATS = 'html|json|markdown';

/** The terminal report of a diagnosis. */
export function renderDiagnosis(original: DiagnosisDocument, options: RenderOptions): string {
  const document = forTerminal(original, options);
  const page = new Page(options);
  const { face } = writeAnswer(page, document);
  if (options.brief) return page.toString();
  if (options.checklist) writeChecklist(page, document.checklist);
  else if (face === 'healthy') writeHealthy(page, document);
  else writeTrouble(page, document);
  writeProbes(page, document.probes ?? []);
  if (face === 'unsure') writeUnknowns(page, 'Not examined', document.unknowns);
  writeNotes(page, face === 'failing' ? document : { ...document, unknowns: [] });
  const explain = face === 'healthy' ? undefined : document.causes[0]?.id;
  writeFooter(page, options, { source: document.source, explain, formats: FORMATS, tookMs: document.tookMs });
  return page.toString();
}

function writeAnswer(page: Page, document: DiagnosisDocument) {
  const answer = answerOf(document);
  const [first = '', ...rest] = answer.lines;
  const lines = page.block();
  const [head = '', ...more] = page.marked(page.paint.face(answer.face), first);
  lines.push(head, ...more, ...rest.flatMap((line) => page.text(line)));
  if (answer.face === 'healthy') lines.push(...document.history.flatMap((line) => page.text(`Before: ${line}`)));
  return answer;
}

function writeHealthy(page: Page, document: DiagnosisDocument): void {
  writeOthers(page, 'Seen, but not on the way of this request', document.causes);
}

function writeTrouble(page: Page, document: DiagnosisDocument): void {
  const made = document.verdict.generatedBy;
  const gateway = made?.hop === 'gateway' ? made.component : undefined;
  page.block().push(...railLines(page, buildRail(document.hops, gateway)));
  const [best, ...others] = document.causes;
  const facts = page.block();
  const troubled = document.hops.filter(
    (hop) => (hop.state === 'broken' || hop.state === 'suspect') && hop.hop !== best?.hop && hop.detail !== '',
  );
  facts.push(
    ...page.rows([
      ...document.path.lines,
      ...troubled.map((hop) => ({ label: labelOf(hop, gateway), text: hop.detail })),
      ...evidenceRows(made?.evidence ?? [], 'made by'),
    ]),
  );
  for (const line of document.history) facts.push(...page.text(`Before: ${line}`));
  const sure = document.verdict.status === 'failing';
  if (best !== undefined) writeCause(page, best, sure);
  writeOthers(page, 'Less likely', others);
}

function writeChecklist(page: Page, steps: readonly ChecklistStep[]): void {
  for (const [index, step] of steps.entries()) {
    const lines = page.block();
    const took = step.tookMs === undefined ? '' : `${Math.round(step.tookMs)} ms`;
    const title = `${index + 1}. ${step.title}`;
    const gap = page.width - 2 - displayWidth(title) - took.length;
    const mark = page.paint.mark(step.state);
    if (gap >= 2) lines.push(`${mark} ${page.paint.bold(title)}${' '.repeat(gap)}${page.paint.dim(took)}`);
    else lines.push(...page.marked(mark, title));
    for (const found of step.found) lines.push(...page.text(found, '     '));
  }
}
