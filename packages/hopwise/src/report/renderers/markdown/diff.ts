import { displayId } from '../../../base/object-id.ts';
import { faceOf, formatConfidence } from '../../answer.ts';
import type { DiffDocument, DiffSide, FieldChange, ObjectChange } from '../../diagnosis.ts';
import { codeSpan, escapeMarkdown } from '../../markdown-text.ts';
import type { RenderOptions } from '../../renderer.ts';
import { sanitizeDocument } from '../../sanitize.ts';
import { bullets, faceSign, joinBlocks } from './parts.ts';

const SHOWN_FIELDS = 20;

/** Two snapshots compared, to paste into a ticket. */
export function renderDiff(original: DiffDocument, options: RenderOptions): string {
  const document = sanitizeDocument(original);
  const { request, summary, before, after, routes, changes, churn } = document;
  const asked = request === undefined ? '' : `${request.method} ${request.url}: `;
  const head = `**${faceSign(faceOf(after.verdict.status))} ${escapeMarkdown(`${asked}${summary}`)}**`;
  if (options.brief) return joinBlocks([head]);
  return joinBlocks([
    head,
    bullets([sideItem('Before', before), sideItem('After', after)]),
    ...section(
      'Routes',
      routes.map(({ name, before: old, after: young }) => turn(name, old ?? 'no such route', young ?? 'no such route')),
    ),
    ...section('Changed', changes.flatMap(changeItems)),
    ...section(
      'Pods and endpoints',
      churn.map(({ object, before: old, after: young }) => turn(displayId(object), old, young)),
    ),
    ...section(
      'Not compared',
      document.unknowns.map(({ what, why }) => escapeMarkdown(`${what}: ${why}`)),
    ),
    `hopwise ${options.version}`,
  ]);
}

function section(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`### ${title}`, bullets(items)];
}

function sideItem(title: string, { source, verdict, causes }: DiffSide): string {
  const [cause] = causes;
  const named =
    cause === undefined ? '' : ` (${cause.id} on ${displayId(cause.object)}, ${formatConfidence(cause.confidence)})`;
  return `**${title}** ${escapeMarkdown(`${verdict.summary}${named}; ${source.description}`)}`;
}

function changeItems({ object, type, onPath, fields }: ObjectChange): string[] {
  const words = [...(type === 'changed' ? [] : [type]), ...(onPath ? ['on the path'] : [])];
  const head = `**${escapeMarkdown(displayId(object))}**${words.length === 0 ? '' : ` (${escapeMarkdown(words.join(', '))})`}`;
  return [head, ...fields.slice(0, SHOWN_FIELDS).map(fieldItem)];
}

function fieldItem({ path, before, after }: FieldChange): string {
  return turn(path, before ?? '(not set)', after ?? '(not set)');
}

function turn(what: string, before: string, after: string): string {
  return `${escapeMarkdown(what)}: ${codeSpan(before)} → ${codeSpan(after)}`;
}
