import { displayId } from '../../../base/object-id.ts';
import { faceOf, formatConfidence } from '../../answer.ts';
import type { DiffDocument, DiffSide, FieldChange, ObjectChange, RouteChange } from '../../diagnosis.ts';
import type { RailMark } from '../../hop-rail.ts';
import type { RenderOptions } from '../../renderer.ts';
import { writeFooter, writeUnknowns } from './footnotes.ts';
import { forTerminal, Page } from './page.ts';

const SHOWN_ROUTES = 20;
const SHOWN_CHANGES = 25;
const SHOWN_FIELDS = 12;
/** Of an object that is not on the path. */
const SHOWN_FIELDS_BESIDE = 3;

/** Two snapshots side by side: the answers, the routes, then what changed, the path's objects first. */
export function renderDiff(original: DiffDocument, options: RenderOptions): string {
  const document = forTerminal(original, options);
  const page = new Page(options);
  const { request, summary } = document;
  const face = page.paint.face(faceOf(document.after.verdict.status));
  page
    .block()
    .push(
      ...page.marked(face, request === undefined ? `${summary}.` : `${request.method} ${request.url}: ${summary}.`),
    );
  if (options.brief) return page.toString();
  writeSide(page, 'Before', document.before);
  writeSide(page, 'After', document.after);
  writeRoutes(page, document);
  const onPath = document.changes.filter((change) => change.onPath);
  const beside = document.changes.filter((change) => !change.onPath);
  writeChanges(page, 'Changed on the path', onPath, SHOWN_FIELDS);
  writeChanges(page, request === undefined ? 'Changed' : 'Changed in its namespaces', beside, SHOWN_FIELDS_BESIDE);
  writeChurn(page, document);
  if (document.elsewhere > 0)
    page.block().push(...page.text(`Changed in other namespaces: ${document.elsewhere} objects`, ''));
  writeUnknowns(page, 'Not compared', document.unknowns);
  writeFooter(page, options, { formats: 'json|yaml|markdown', tookMs: document.tookMs });
  return page.toString();
}

function writeSide(page: Page, title: string, { source, verdict, causes }: DiffSide): void {
  const lines = page.section(title, source.time ?? '');
  lines.push(...page.text(source.description).map(page.paint.dim));
  lines.push(...page.marked(page.paint.face(faceOf(verdict.status)), verdict.summary, '  '));
  for (const { id, object, confidence } of causes.slice(0, 3)) {
    lines.push(
      ...page.marked(page.paint.glyphs.dot, `${id} on ${displayId(object)} (${formatConfidence(confidence)})`, '    '),
    );
  }
}

const TURNS: Readonly<Record<RouteChange['state'], RailMark>> = { worse: 'broken', better: 'ok', other: 'suspect' };

function writeRoutes(page: Page, { routes }: DiffDocument): void {
  if (routes.length === 0) return;
  const lines = page.section('Routes');
  for (const { name, object, state, before, after } of routes.slice(0, SHOWN_ROUTES)) {
    const where = name.startsWith('http') ? `${name} (${displayId(object)})` : name;
    lines.push(...page.marked(page.paint.mark(TURNS[state]), where, '  '));
    lines.push(...twoLines(page, before ?? 'no such route', after ?? 'no such route', '    '));
  }
  if (routes.length > SHOWN_ROUTES) lines.push(...page.text(`and ${routes.length - SHOWN_ROUTES} more (see -o json)`));
}

const WORDS: Readonly<Record<ObjectChange['type'], string>> = {
  added: 'new',
  removed: 'gone',
  changed: '',
  recreated: 'deleted and made again',
};

function writeChanges(page: Page, title: string, changes: readonly ObjectChange[], shown: number): void {
  if (changes.length === 0) return;
  const lines = page.section(title);
  for (const { object, type, fields } of changes.slice(0, SHOWN_CHANGES)) {
    const word = WORDS[type];
    lines.push(...page.text(`${displayId(object)}${word === '' ? '' : ` (${word})`}`));
    for (const field of fields.slice(0, shown)) lines.push(...fieldLines(page, field));
    if (fields.length > shown)
      lines.push(...page.text(`and ${fields.length - shown} more fields (see -o json)`, '    '));
  }
  if (changes.length > SHOWN_CHANGES)
    lines.push(...page.text(`and ${changes.length - SHOWN_CHANGES} more (see -o json)`));
}

function fieldLines(page: Page, { path, before, after }: FieldChange): string[] {
  const { arrow } = page.paint.glyphs;
  const short = `${before ?? '(not set)'} ${arrow} ${after ?? '(not set)'}`;
  if (path.length + short.length < 90) return page.text(`${path}: ${short}`, '    ');
  return [...page.text(path, '    '), ...twoLines(page, before, after, '      ')];
}

function twoLines(page: Page, before: string | undefined, after: string | undefined, indent: string): string[] {
  return [
    ...(before === undefined ? [] : page.marked('-', before, indent)),
    ...(after === undefined ? [] : page.marked('+', after, indent)),
  ];
}

function writeChurn(page: Page, { churn }: DiffDocument): void {
  if (churn.length === 0) return;
  const lines = page.section('Pods and endpoints');
  for (const { object, before, after } of churn.slice(0, SHOWN_CHANGES)) {
    lines.push(...page.text(displayId(object)), ...twoLines(page, before, after, '    '));
  }
}
