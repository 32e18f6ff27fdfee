import { displayId } from '../base/object-id.ts';
import type { CauseDocument, DiagnosisDocument, FixDocument } from './diagnosis.ts';
import { FAILURE_PHRASES } from './failure-phrases.ts';
import type { RailMark } from './hop-rail.ts';

/** The three faces of a report; a reader tells them apart by the first character. */
export type Face = 'failing' | 'unsure' | 'healthy';

/** The lines that stand alone at the top of every human format. */
export interface Answer {
  readonly face: Face;
  readonly lines: readonly string[];
}

const FACES: Readonly<Record<DiagnosisDocument['verdict']['status'], Face>> = {
  failing: 'failing',
  inconclusive: 'unsure',
  healthy: 'healthy',
};

export function faceOf(status: DiagnosisDocument['verdict']['status']): Face {
  return FACES[status];
}

/** The mark that a face shows in front of its first line. */
export const FACE_MARKS: Readonly<Record<Face, RailMark>> = { failing: 'broken', unsure: 'unknown', healthy: 'ok' };

/**
 * Who made the status, what is wrong with which object, what to do: the first lines of a diagnosis. A verdict whose summary
 * names the URL is taken as the first line; otherwise it is put together from the facts.
 */
export function answerOf(document: DiagnosisDocument): Answer {
  const face = faceOf(document.verdict.status);
  const { summary } = document.verdict;
  const best = document.causes[0];
  const stands = document.request.url !== '' && summary.includes(document.request.url);
  if (face === 'healthy') {
    return { face, lines: [`${stands ? asSentence(summary) : wouldBeAnswered(document)} ${examined(document)}`] };
  }
  if (face === 'unsure') {
    const known = stands || best !== undefined ? [] : [asSentence(capitalise(summary))];
    return {
      face,
      lines: [stands ? asSentence(summary) : notExplained(document), ...known, ...suspicion(document, best)],
    };
  }
  const first = stands ? asSentence(summary) : madeBy(document);
  if (best !== undefined) return { face, lines: [first, asSentence(best.summary), fixLine(best.fix)] };
  return { face, lines: [first, asSentence(capitalise(summary)), ...settle(document)] };
}

/** `504 at <url> is made by Traefik: it cannot reach the Pod.` */
function madeBy({ request, verdict, hops }: DiagnosisDocument): string {
  const mode = hops.find((hop) => hop.state === 'broken' && hop.mode !== undefined)?.mode;
  const reason = mode === undefined ? '' : `: ${FAILURE_PHRASES[mode]}`;
  const { observedStatus, predictedStatus, generatedBy } = verdict;
  if (observedStatus === undefined) {
    const predicted = predictedStatus === undefined ? 'fails' : `would be answered ${predictedStatus}`;
    return `${request.url} ${predicted}${reason}.`;
  }
  const maker = generatedBy === undefined ? '' : ` is made by ${generatedBy.component}`;
  return `${observedStatus} at ${request.url}${maker}${reason}.`;
}

function notExplained({ request, verdict }: DiagnosisDocument): string {
  const { observedStatus } = verdict;
  return observedStatus !== undefined && observedStatus >= 400
    ? `${observedStatus} at ${request.url} is not explained by what I could see.`
    : `Whether ${request.url} works could not be decided.`;
}

function wouldBeAnswered({ request, hops, path, probes = [] }: DiagnosisDocument): string {
  const seen = probes.some(({ target, state }) => target.role === 'url' && state === 'ok');
  const answered = seen ? 'is answered' : 'would be answered';
  const direct = path.lines.find((line) => line.label === 'answer');
  if (direct !== undefined) return `${request.url} ${answered} ${direct.text}.`;
  const service = hops.find((hop) => hop.hop === 'service' && hop.object !== undefined);
  if (service?.object === undefined) return `${request.url} ${answered}.`;
  const detail = service.detail === '' ? '' : ` (${withoutStop(service.detail)})`;
  return `${request.url} ${answered} by ${displayId(service.object)}${detail}.`;
}

function examined(document: DiagnosisDocument): string {
  const count = document.hops.filter((hop) => hop.state !== 'unknown').length;
  return `${count} ${count === 1 ? 'hop' : 'hops'} examined, nothing found.`;
}

function suspicion(document: DiagnosisDocument, best: CauseDocument | undefined): string[] {
  if (best === undefined) return settle(document);
  const because = best.why === '' ? '' : `, because ${asClause(best.why)}`;
  return [`Most likely ${asClause(best.summary)}${because}.`, ...settle(document)];
}

/**
 * What would decide it: the first unknown's answer, public DNS only when nothing else is open, else the proof of the best
 * suspicion. Nothing where the gateway is known to answer itself.
 */
function settle(document: DiagnosisDocument): string[] {
  if (document.hops.find((hop) => hop.state === 'broken')?.hop === 'gateway') return [];
  const open = document.unknowns.find(({ what }) => what !== 'external-dns') ?? document.unknowns[0];
  const settledBy = open?.settledBy ?? document.causes[0]?.prove[0]?.command;
  return settledBy === undefined || settledBy === '' ? [] : [`To settle it: ${settledBy}`];
}

function fixLine(fix: FixDocument): string {
  const note = fixNote(fix);
  return `Fix: ${withoutStop(fix.summary)}${note === '' ? '' : ` (${note})`}.`;
}

function fixNote(fix: FixDocument): string {
  if (fix.patches.length > 0) return fix.verified ? 'patch below, checked on the model' : 'patch below, not checked';
  return fix.commands.length > 0 ? 'steps below' : '';
}

/** Words that begin a sentence and mean nothing by their capital. */
const LOWERED = new Set([
  'The',
  'A',
  'An',
  'No',
  'It',
  'Its',
  'This',
  'That',
  'Every',
  'Each',
  'All',
  'There',
  'Nothing',
]);

function asClause(sentence: string): string {
  const clause = withoutStop(sentence);
  const word = clause.split(' ', 1)[0] ?? '';
  return LOWERED.has(word) ? clause.charAt(0).toLowerCase() + clause.slice(1) : clause;
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function asSentence(text: string): string {
  return `${withoutStop(text)}.`;
}

function withoutStop(text: string): string {
  return text.endsWith('.') && !text.endsWith('..') ? text.slice(0, -1) : text;
}

/** How much a fix may touch, as the heading over it says. */
export const LEVEL_MEANINGS: Readonly<Record<FixDocument['level'], string>> = {
  safe: 'safe: changes only what is broken',
  review: 'review: it changes behaviour beyond this request',
  advice: 'advice: not something a patch can do',
};

/** A confidence as it is printed everywhere. */
export function formatConfidence(confidence: number): string {
  return confidence.toFixed(2);
}
