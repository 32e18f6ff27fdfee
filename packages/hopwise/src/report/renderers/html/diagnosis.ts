import { displayId } from '../../../base/object-id.ts';
import { answerOf, formatConfidence } from '../../answer.ts';
import type { ChecklistStep, DiagnosisDocument } from '../../diagnosis.ts';
import { buildRail, MARK_MEANINGS, type RailCell } from '../../hop-rail.ts';
import { type Markup, markup } from '../../markup.ts';
import { isCommand } from '../../pasted-step.ts';
import { PROBE_TITLES, probeRemarks, probeRows } from '../../probe-table.ts';
import type { RenderOptions } from '../../renderer.ts';
import { sanitizeDocument } from '../../sanitize.ts';
import {
  answerHeader,
  causeParts,
  command,
  coverageFold,
  evidenceTable,
  fold,
  foldedCause,
  footer,
  list,
  page,
  problemsFold,
  section,
  sign,
  table,
} from './parts.ts';

/** The report as one page: the answer and the best cause in the open, everything else folded. */
export function renderDiagnosis(original: DiagnosisDocument, options: RenderOptions): string {
  const document = sanitizeDocument(original);
  const answer = answerOf(document);
  const made = document.verdict.generatedBy;
  const cells = buildRail(document.hops, made?.hop === 'gateway' ? made.component : undefined);
  const [best, ...others] = document.causes;
  const sure = document.verdict.status === 'failing';
  const causes =
    best === undefined || answer.face === 'healthy'
      ? []
      : [
          section(
            sure ? 'Why' : 'Most likely',
            `confidence ${formatConfidence(best.confidence)}`,
            causeParts(best, true),
          ),
        ];
  return page(answer.lines[0] ?? '', [
    answerHeader(answer.face, answer.lines),
    rail(cells),
    section('Before', '', list(document.history)),
    facts(document),
    ...causes,
    section('What was tried', 'milliseconds', probes(document)),
    section('Less likely', '', others.map(foldedCause)),
    section('Not examined', '', unknowns(document)),
    section('In detail', '', [
      fold('Hop by hop', [hopTable(document, cells)]),
      fold('The investigation, step by step', document.checklist.map(step), options.checklist),
      fold('Assumed', list(document.assumptions)),
      coverageFold(document.coverage),
      problemsFold(document.source),
    ]),
    footer(document.source, options.version, document.tookMs),
  ]);
}

function rail(cells: readonly RailCell[]): Markup {
  const items = cells.map((cell, index) => {
    const after = cells[index - 1]?.cut === true ? ' after-cut' : '';
    return markup`<li class="${cell.mark}${after}" title="${MARK_MEANINGS[cell.mark]}">${sign(cell.mark)}<span>${cell.label}</span></li>\n`;
  });
  return markup`<ol class="rail">\n${items}</ol>\n`;
}

function facts(document: DiagnosisDocument): Markup {
  const rows = document.path.lines.map(
    ({ label, text, place }) => markup`<tr><th>${label}</th><td>${text}</td><td class="place">${place}</td></tr>\n`,
  );
  const made = document.verdict.generatedBy?.evidence ?? [];
  return section('The path', '', [
    ...(rows.length === 0 ? [] : [table(rows)]),
    ...(made.length === 0 ? [] : [evidenceTable(made, 'made by')]),
  ]);
}

function probes({ probes: tried = [] }: DiagnosisDocument): Markup[] {
  if (tried.length === 0) return [];
  const heads = PROBE_TITLES.map((title) => markup`<th>${title}</th>`);
  const rows = probeRows(tried).map((row) => {
    const cells = row.cells.map((cell) => markup`<td>${cell.failed ? sign('broken') : undefined}${cell.text}</td>`);
    return markup`<tr><th>${sign(row.mark)} ${row.target}</th>${cells}<td>${row.result}</td></tr>\n`;
  });
  return [table([markup`<tr><th></th>${heads}<th></th></tr>\n`, ...rows]), ...list(probeRemarks(tried))];
}

function unknowns(document: DiagnosisDocument): Markup[] {
  return document.unknowns.map(({ what, why, settledBy }) => {
    const pasted = isCommand(settledBy);
    const settled = pasted || settledBy === '' ? '' : `; settled by ${settledBy}`;
    return markup`<p>${sign('unknown')} ${what}: ${why}${settled}</p>\n${pasted ? command(settledBy) : undefined}`;
  });
}

function hopTable(document: DiagnosisDocument, cells: readonly RailCell[]): Markup {
  return table(
    document.hops.map((hop, index) => {
      const object = hop.object === undefined ? '' : displayId(hop.object);
      const evidence = hop.evidence.length === 0 ? undefined : evidenceTable(hop.evidence);
      return markup`<tr><th>${sign(cells[index]?.mark ?? hop.state)} ${cells[index]?.label ?? hop.hop}</th><td>${hop.detail}${evidence}</td><td class="place">${object}</td></tr>\n`;
    }),
  );
}

function step(each: ChecklistStep, index: number): Markup {
  const took = each.tookMs === undefined ? '' : ` (${Math.round(each.tookMs)} ms)`;
  return markup`<p>${sign(each.state)} ${index + 1}. ${each.title}<span class="quiet">${took}</span></p>\n${list(each.found)}`;
}
