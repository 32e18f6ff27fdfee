import type { Evidence } from '../../../model/evidence.ts';
import { FACE_MARKS, type Face, formatConfidence, LEVEL_MEANINGS } from '../../answer.ts';
import type { CauseDocument, CoverageDocument, FixDocument, SourceDocument } from '../../diagnosis.ts';
import {
  formatPlace,
  formatTime,
  labelOfEvidence,
  placeOf,
  quoteOf,
  sentenceOf,
  subjectOf,
} from '../../evidence-place.ts';
import { MARK_SIGNS, type RailMark } from '../../hop-rail.ts';
import { type Markup, markup, raw } from '../../markup.ts';
import { isCommand } from '../../pasted-step.ts';
import { STYLE } from './style.ts';

const NOTHING = raw('');

export function sign(mark: RailMark): Markup {
  return markup`<span class="mark ${mark}">${MARK_SIGNS[mark]}</span>`;
}

/** The whole document around the body. The policy forbids scripts and any fetch, whatever a name may hold. */
export function page(title: string, body: readonly Markup[]): string {
  const html = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="generator" content="hopwise">
<title>${title}</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<main>
${body}</main>
</body>
</html>
`;
  return html.toString();
}

export function answerHeader(face: Face, lines: readonly string[]): Markup {
  const [first = '', ...rest] = lines;
  const paragraphs = rest.map((line) => markup`<p>${line}</p>\n`);
  return markup`<header class="${face}">
<h1>${sign(FACE_MARKS[face])} ${first}</h1>
${paragraphs}</header>
`;
}

export function section(title: string, remark: string, content: readonly Markup[]): Markup {
  if (content.join('') === '') return NOTHING;
  const small = remark === '' ? NOTHING : markup` <small>${remark}</small>`;
  return markup`<section>\n<h2>${title}${small}</h2>\n${content}</section>\n`;
}

export function fold(title: string, content: readonly Markup[], open = false): Markup {
  if (content.join('') === '') return NOTHING;
  return markup`<details${raw(open ? ' open' : '')}>\n<summary>${title}</summary>\n${content}</details>\n`;
}

export function list(items: readonly string[]): readonly Markup[] {
  if (items.length === 0) return [];
  return [markup`<ul>\n${items.map((item) => markup`<li>${item}</li>\n`)}</ul>\n`];
}

export function table(rows: readonly Markup[]): Markup {
  return markup`<table>\n${rows}</table>\n`;
}

export function evidenceTable(evidence: readonly Evidence[], label?: string): Markup {
  return table(evidence.map((each) => evidenceRow(each, label ?? labelOfEvidence(each))));
}

function evidenceRow(evidence: Evidence, label: string): Markup {
  const place = placeOf(evidence);
  const time = 'time' in evidence && evidence.time !== undefined ? formatTime(evidence.time) : undefined;
  const where = [place === undefined ? undefined : formatPlace(place), time].filter((part) => part !== undefined);
  const subject = subjectOf(evidence);
  const quote = quoteOf(evidence);
  const under = [
    ...(subject === undefined ? [] : [markup`<div class="quiet"><code>${subject}</code></div>`]),
    ...(quote === undefined ? [] : [markup`<blockquote><code>${quote}</code></blockquote>`]),
  ];
  return markup`<tr><th>${label}</th><td>${sentenceOf(evidence)}${under}</td><td class="place">${where.join(' · ')}</td></tr>\n`;
}

export function command(text: string): Markup {
  return markup`<pre><code>${text}</code></pre>\n`;
}

/** Why, evidence, fix and proof of one cause. */
export function causeParts(cause: CauseDocument, open: boolean): readonly Markup[] {
  const count = cause.evidence.length + cause.against.length;
  return [
    cause.why === '' ? NOTHING : markup`<p>${cause.why}</p>\n`,
    cause.chain.length < 2 ? NOTHING : markup`<p class="quiet">${cause.chain.join(' → ')}</p>\n`,
    count === 0
      ? NOTHING
      : fold(`Evidence (${count})`, [evidenceTable(cause.evidence), evidenceTable(cause.against, 'against')], open),
    ...fixParts(cause.fix),
    ...cause.prove.flatMap((proof, index) => [
      index === 0 ? markup`<h2>Prove it</h2>\n` : NOTHING,
      command(proof.command),
      proof.expect === '' ? NOTHING : markup`<p class="quiet">→ ${proof.expect}</p>\n`,
    ]),
  ];
}

function fixParts(fix: FixDocument): readonly Markup[] {
  const verification = fix.verified ? fix.verification : `Not verified: ${fix.verification}`;
  return [
    markup`<h2>Fix <small>${LEVEL_MEANINGS[fix.level]}</small></h2>\n<p>${fix.summary}</p>\n`,
    ...fix.commands.map((step) => (isCommand(step) ? command(step) : markup`<p>${step}</p>\n`)),
    fix.verification === '' ? NOTHING : markup`<p class="quiet">${verification}</p>\n`,
  ];
}

/** A cause that is not the best: folded, with all it has. */
export function foldedCause(cause: CauseDocument): Markup {
  const title = `${formatConfidence(cause.confidence)} ${cause.summary} (${cause.id})`;
  return fold(title, causeParts(cause, false));
}

export function coverageFold(coverage: readonly CoverageDocument[]): Markup {
  const rows = coverage.map(
    ({ kind, state, count, reason }) =>
      markup`<tr><td>${kind}</td><td>${state}${reason === undefined ? '' : `: ${reason}`}</td><td class="number">${count}</td></tr>\n`,
  );
  return rows.length === 0 ? NOTHING : fold(`What was read (${rows.length} kinds)`, [table(rows)]);
}

export function problemsFold(source: SourceDocument): Markup {
  const items = source.problems.map(
    ({ file, line, message }) => `${file}${line === undefined ? '' : `:${line}`}: ${message}`,
  );
  return items.length === 0 ? NOTHING : fold(`Skipped while reading (${items.length})`, list(items));
}

export function footer(source: SourceDocument, version: string, tookMs: number | undefined): Markup {
  const parts = [
    source.description,
    ...(source.time === undefined ? [] : [`as of ${source.time}`]),
    `hopwise ${version}`,
    ...(tookMs === undefined ? [] : [`${Math.round(tookMs)} ms`]),
  ];
  return markup`<footer>${parts.join(' · ')}</footer>\n`;
}
