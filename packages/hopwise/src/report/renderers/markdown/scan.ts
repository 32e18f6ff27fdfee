import { displayId } from '../../../base/object-id.ts';
import { faceOf, formatConfidence } from '../../answer.ts';
import type { CauseDocument, ScanDocument } from '../../diagnosis.ts';
import { MARK_SIGNS } from '../../hop-rail.ts';
import { codeSpan, escapeMarkdown } from '../../markdown-text.ts';
import type { RenderOptions } from '../../renderer.ts';
import { sanitizeDocument } from '../../sanitize.ts';
import { bullets, evidenceItem, faceSign, fixBlocks, joinBlocks, limits } from './parts.ts';

/** A scan to paste into a ticket or a pull request. */
export function renderScan(original: ScanDocument, options: RenderOptions): string {
  const document = sanitizeDocument(original);
  const head = `**${faceSign(faceOf(document.verdict.status))} ${escapeMarkdown(document.verdict.summary)}**`;
  if (options.brief) return joinBlocks([head]);
  const notable = document.targets.filter(({ state }) => state !== 'ok');
  return joinBlocks([
    head,
    ...document.causes.flatMap(causeBlocks),
    ...(notable.length === 0 ? [] : ['### Targets', bullets(notable.map(targetItem))]),
    ...(document.suppressed.length === 0
      ? []
      : [
          '### Left out on purpose',
          bullets(
            document.suppressed.map(({ id, object, by }) => escapeMarkdown(`${id} on ${displayId(object)}: ${by}`)),
          ),
        ]),
    bullets([
      ...document.unknowns.map(({ what, why }) => escapeMarkdown(`Not examined: ${what} (${why})`)),
      ...limits(document),
    ]),
    `${escapeMarkdown(document.source.description)} · hopwise ${options.version}`,
  ]);
}

function causeBlocks(cause: CauseDocument): string[] {
  return [
    `### ${escapeMarkdown(`${cause.id} on ${displayId(cause.object)}`)} (confidence ${formatConfidence(cause.confidence)})`,
    `${escapeMarkdown(cause.summary)} ${escapeMarkdown(cause.why)}`,
    bullets([
      ...cause.evidence.map((evidence) => evidenceItem(evidence)),
      ...(cause.affects ?? []).map((name) => `**affects** ${escapeMarkdown(name)}`),
    ]),
    ...fixBlocks(cause.fix),
  ];
}

function targetItem(target: ScanDocument['targets'][number]): string {
  const causes = target.causes.map(({ id }) => codeSpan(id)).join(', ');
  return `${MARK_SIGNS[target.state]} ${escapeMarkdown(target.name)}${causes === '' ? '' : `: ${causes}`}`;
}
