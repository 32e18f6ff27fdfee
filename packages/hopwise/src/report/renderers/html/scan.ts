import { displayId } from '../../../base/object-id.ts';
import { faceOf, formatConfidence } from '../../answer.ts';
import type { CauseDocument, ScanDocument, ScanTarget } from '../../diagnosis.ts';
import { type Markup, markup } from '../../markup.ts';
import type { RenderOptions } from '../../renderer.ts';
import { sanitizeDocument } from '../../sanitize.ts';
import {
  answerHeader,
  causeParts,
  coverageFold,
  fold,
  footer,
  list,
  page,
  problemsFold,
  section,
  sign,
  table,
} from './parts.ts';

/** A scan as one page: every cause with what it affects, then the targets. */
export function renderScan(original: ScanDocument, options: RenderOptions): string {
  const document = sanitizeDocument(original);
  const notable = document.targets.filter(({ state }) => state !== 'ok');
  const fine = document.targets.filter(({ state }) => state === 'ok');
  return page(document.verdict.summary, [
    answerHeader(faceOf(document.verdict.status), [document.verdict.summary]),
    ...document.causes.map(causeSection),
    section('Targets', '', [
      ...(notable.length === 0 ? [] : [table(notable.map(targetRow))]),
      ...(fine.length === 0 ? [] : [fold(`${fine.length} fine`, [table(fine.map(targetRow))])]),
    ]),
    section('In detail', '', [
      fold('Not examined', list(document.unknowns.map(({ what, why }) => `${what}: ${why}`))),
      fold(
        'Left out on purpose',
        list(document.suppressed.map(({ id, object, by }) => `${id} on ${displayId(object)}: ${by}`)),
      ),
      coverageFold(document.coverage),
      problemsFold(document.source),
    ]),
    footer(document.source, options.version, document.tookMs),
  ]);
}

function causeSection(cause: CauseDocument): Markup {
  return section(`${cause.id} on ${displayId(cause.object)}`, `confidence ${formatConfidence(cause.confidence)}`, [
    markup`<p><strong>${cause.summary}</strong></p>\n`,
    fold(`Affects ${cause.affects?.length ?? 0}`, list(cause.affects ?? [])),
    ...causeParts(cause, false),
  ]);
}

function targetRow(target: ScanTarget): Markup {
  const causes = target.causes.map(({ id }) => id).join(', ');
  return markup`<tr><td class="number">${sign(target.state)}</td><td>${target.name}</td><td>${causes}</td></tr>\n`;
}
