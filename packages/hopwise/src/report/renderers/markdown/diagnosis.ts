import { answerOf, formatConfidence, LEVEL_MEANINGS } from '../../answer.ts';
import type { CauseDocument, ChecklistStep, DiagnosisDocument, ProbeDocument } from '../../diagnosis.ts';
import { buildRail, MARK_SIGNS } from '../../hop-rail.ts';
import { codeBlock, codeSpan, escapeMarkdown } from '../../markdown-text.ts';
import { isCommand } from '../../pasted-step.ts';
import { PROBE_TITLES, probeRemarks, probeRows } from '../../probe-table.ts';
import type { RenderOptions } from '../../renderer.ts';
import { sanitizeDocument } from '../../sanitize.ts';
import { bullets, evidenceItem, faceSign, fixBlocks, joinBlocks, limits } from './parts.ts';

/** A diagnosis to paste into a ticket. */
export function renderDiagnosis(original: DiagnosisDocument, options: RenderOptions): string {
  const document = sanitizeDocument(original);
  const answer = answerOf(document);
  const [first = '', ...rest] = answer.lines;
  const head = [`**${faceSign(answer.face)} ${escapeMarkdown(first)}**`, ...rest.map(escapeMarkdown)];
  if (options.brief) return joinBlocks(head);
  const best = document.causes[0];
  return joinBlocks([
    ...head,
    bullets(document.history.map((line) => `Before: ${escapeMarkdown(line)}`)),
    ...(options.checklist ? checklist(document.checklist) : body(document, answer.face === 'healthy')),
    ...probeBlocks(document.probes ?? []),
    bullets(limits(document)),
    footer(document, options, answer.face === 'healthy' ? undefined : best),
  ]);
}

function body(document: DiagnosisDocument, healthy: boolean): string[] {
  if (healthy) return [];
  const made = document.verdict.generatedBy;
  const [best, ...others] = document.causes;
  const facts = document.path.lines.map(
    ({ label, text, place }) =>
      `**${escapeMarkdown(label)}** ${escapeMarkdown(text)}${place === undefined ? '' : ` (${codeSpan(place)})`}`,
  );
  return [
    hopTable(document, made?.hop === 'gateway' ? made.component : undefined),
    bullets([...facts, ...(made?.evidence ?? []).map((evidence) => evidenceItem(evidence, 'made by'))]),
    ...(best === undefined ? [] : causeBlocks(best, document.verdict.status === 'failing')),
    ...(others.length === 0 ? [] : ['### Less likely', bullets(others.map(shortCause))]),
    ...(document.unknowns.length === 0 ? [] : ['### Not examined', bullets(document.unknowns.map(unknownItem))]),
  ];
}

function hopTable(document: DiagnosisDocument, gateway: string | undefined): string {
  const cells = buildRail(document.hops, gateway);
  const rows = document.hops.map((hop, index) => {
    const cell = cells[index];
    const mark = cell === undefined ? '' : MARK_SIGNS[cell.mark];
    return `| ${mark} | ${escapeMarkdown(cell?.label ?? hop.hop)} | ${escapeMarkdown(hop.detail)} |`;
  });
  return rows.length === 0 ? '' : ['| | hop | found |', '|---|---|---|', ...rows].join('\n');
}

function probeBlocks(probes: readonly ProbeDocument[]): string[] {
  if (probes.length === 0) return [];
  const rows = probeRows(probes).map((row) => {
    const cells = row.cells.map((cell) => `${cell.failed ? `${MARK_SIGNS.broken} ` : ''}${cell.text}`);
    return `| ${MARK_SIGNS[row.mark]} | ${[row.target, ...cells, row.result].map(escapeMarkdown).join(' | ')} |`;
  });
  const head = `| | tried | ${PROBE_TITLES.map((title) => `${title} ms`).join(' | ')} | result |`;
  const rule = `|---|---|${PROBE_TITLES.map(() => '--:|').join('')}---|`;
  return ['### What was tried', [head, rule, ...rows].join('\n'), bullets(probeRemarks(probes).map(escapeMarkdown))];
}

function causeBlocks(cause: CauseDocument, sure: boolean): string[] {
  return [
    `### ${sure ? 'Why' : 'Most likely'} (confidence ${formatConfidence(cause.confidence)})`,
    escapeMarkdown(cause.why),
    cause.chain.length < 2 ? '' : cause.chain.map(escapeMarkdown).join(' → '),
    bullets([
      ...cause.evidence.map((evidence) => evidenceItem(evidence)),
      ...cause.against.map((evidence) => evidenceItem(evidence, 'against')),
    ]),
    `### ${sure ? 'Fix' : 'If that is it, the fix'} (${LEVEL_MEANINGS[cause.fix.level]})`,
    ...fixBlocks(cause.fix),
    ...(cause.prove.length === 0 ? [] : ['### Prove it']),
    ...cause.prove.flatMap((proof) => [codeBlock([proof.command], 'sh'), escapeMarkdown(proof.expect)]),
  ];
}

function shortCause(cause: CauseDocument): string {
  return `${formatConfidence(cause.confidence)} ${escapeMarkdown(cause.summary)} (${codeSpan(cause.id)})`;
}

function unknownItem({ what, why, settledBy }: DiagnosisDocument['unknowns'][number]): string {
  const settled = isCommand(settledBy) ? codeSpan(settledBy) : escapeMarkdown(settledBy);
  return `${escapeMarkdown(`${what}: ${why}`)}${settled === '' ? '' : `; settled by ${settled}`}`;
}

function checklist(steps: readonly ChecklistStep[]): string[] {
  return steps.flatMap((step, index) => {
    const took = step.tookMs === undefined ? '' : ` (${Math.round(step.tookMs)} ms)`;
    return [
      `### ${MARK_SIGNS[step.state]} ${index + 1}. ${escapeMarkdown(step.title)}${took}`,
      bullets(step.found.map(escapeMarkdown)),
    ];
  });
}

function footer(document: DiagnosisDocument, options: RenderOptions, best: CauseDocument | undefined): string {
  const parts = [
    escapeMarkdown(document.source.description) +
      (document.source.time === undefined ? '' : `, as of ${escapeMarkdown(document.source.time)}`),
    ...(best === undefined ? [] : [codeSpan(`${options.program} explain ${best.id}`)]),
    `hopwise ${options.version}`,
  ];
  return parts.join(' · ');
}
