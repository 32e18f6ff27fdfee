import type { DiagnosisDocument } from '../../packages/hopwise/src/report/diagnosis.ts';
import type { Expected, IncidentCase } from './case.ts';

/** What was given for one case; a crash is an answer too, and a wrong one. */
export interface Answer {
  readonly diagnoses: readonly DiagnosisDocument[];
  /** Reading the capture and answering, in seconds. */
  readonly seconds: number;
  readonly crash?: string;
}

export interface Judgement {
  readonly id: string;
  readonly wanted: { readonly cause: string; readonly object: string };
  readonly given: { readonly cause: string; readonly object: string; readonly confidence?: number };
  readonly verdict: string;
  readonly seconds: number;
  readonly healthyCase: boolean;
  /** Cause first (an accepted one counts), or a healthy case called healthy with nothing blamed. */
  readonly right: boolean;
  readonly rightObject: boolean;
  readonly rightAmongThree: boolean;
  readonly wrongAndCertain: boolean;
  readonly remarks: readonly string[];
}

export interface Totals {
  readonly faults: number;
  readonly cause1: number;
  readonly causeAndObject1: number;
  readonly cause3: number;
  readonly wrongAndCertain: number;
  readonly healthy: number;
  readonly healthyRight: number;
  readonly slowest: { readonly id: string; readonly seconds: number } | undefined;
}

/** From this confidence on, being wrong sends someone the wrong way at 3 a.m. */
export const CERTAIN = 0.8;

/** The goal: 21 of 24 faults right on cause and object, nothing wrong-and-certain, every healthy case healthy. */
const RIGHT_SHARE = 21 / 24;

export function judge({ id, expected }: IncidentCase, answer: Answer): Judgement {
  return expected.kind === 'fault' ? judgeFault(id, expected, answer) : judgeHealthy(id, expected, answer);
}

function judgeFault(id: string, expected: Expected & { kind: 'fault' }, answer: Answer): Judgement {
  const diagnosis = answer.diagnoses[0];
  const causes = diagnosis?.causes ?? [];
  const top = causes[0];
  const right = top !== undefined && expected.causes.includes(top.id);
  const rightObject = right && top.object === expected.object;
  return {
    id,
    wanted: { cause: expected.causes.join('|'), object: expected.object },
    given: { cause: top?.id ?? '-', object: top?.object ?? '-', ...(top && { confidence: top.confidence }) },
    verdict: answer.crash === undefined ? (diagnosis?.verdict.status ?? '-') : 'crashed',
    seconds: answer.seconds,
    healthyCase: false,
    right,
    rightObject,
    rightAmongThree: causes.slice(0, 3).some((cause) => expected.causes.includes(cause.id)),
    wrongAndCertain: isCertainlyWrong(expected, diagnosis),
    remarks: answer.crash === undefined ? [] : [answer.crash],
  };
}

/** Is the first cause given with confidence although it is another fault, or the right fault on the wrong object? */
export function isCertainlyWrong(expected: Expected, diagnosis: DiagnosisDocument | undefined): boolean {
  const top = diagnosis?.causes[0];
  if (top === undefined || top.confidence < CERTAIN) return false;
  return expected.kind === 'healthy' || !expected.causes.includes(top.id) || top.object !== expected.object;
}

function judgeHealthy(id: string, expected: Expected & { kind: 'healthy' }, answer: Answer): Judgement {
  const named = answer.diagnoses.flatMap(({ causes, request }) =>
    causes.map((cause) => ({ ...cause, url: request.url })),
  );
  const unwell = answer.diagnoses.filter(({ verdict }) => verdict.status !== 'healthy');
  const worst = named.toSorted((a, b) => b.confidence - a.confidence)[0];
  const right = answer.crash === undefined && named.length === 0 && unwell.length === 0 && answer.diagnoses.length > 0;
  return {
    id,
    wanted: { cause: 'healthy', object: '-' },
    given: { cause: worst?.id ?? '-', object: worst?.object ?? '-', ...(worst && { confidence: worst.confidence }) },
    verdict: answer.crash === undefined ? (unwell[0]?.verdict.status ?? 'healthy') : 'crashed',
    seconds: answer.seconds,
    healthyCase: true,
    right,
    rightObject: right,
    rightAmongThree: right,
    wrongAndCertain: answer.diagnoses.some((diagnosis) => isCertainlyWrong(expected, diagnosis)),
    remarks: [
      ...(answer.crash === undefined ? [] : [answer.crash]),
      ...unwell.map(({ request, verdict }) => `${request.url}: ${verdict.status}: ${verdict.summary}`),
      ...named
        .filter(({ object }) => expected.mustNotBlame.includes(object))
        .map(({ id: cause, object, url }) => `blames a bystander: ${cause} ${object} at ${url}`),
    ],
  };
}

export function sumUp(judgements: readonly Judgement[]): Totals {
  const faults = judgements.filter(({ healthyCase }) => !healthyCase);
  const healthy = judgements.filter(({ healthyCase }) => healthyCase);
  const slowest = judgements.toSorted((a, b) => b.seconds - a.seconds)[0];
  return {
    faults: faults.length,
    cause1: faults.filter(({ right }) => right).length,
    causeAndObject1: faults.filter(({ rightObject }) => rightObject).length,
    cause3: faults.filter(({ rightAmongThree }) => rightAmongThree).length,
    wrongAndCertain: judgements.filter(({ wrongAndCertain }) => wrongAndCertain).length,
    healthy: healthy.length,
    healthyRight: healthy.filter(({ right }) => right).length,
    slowest: slowest && { id: slowest.id, seconds: slowest.seconds },
  };
}

/** What falls short of the goal; empty when it is reached. */
export function findShortfalls(totals: Totals): string[] {
  const needed = Math.ceil(totals.faults * RIGHT_SHARE);
  const shortfalls: string[] = [];
  if (totals.causeAndObject1 < needed) {
    shortfalls.push(`cause and object right in ${totals.causeAndObject1} of ${totals.faults}, goal ${needed}`);
  }
  if (totals.wrongAndCertain > 0) shortfalls.push(`${totals.wrongAndCertain} wrong and certain, goal 0`);
  if (totals.healthyRight < totals.healthy) {
    shortfalls.push(`${totals.healthyRight} of ${totals.healthy} healthy cases healthy with nothing blamed, goal all`);
  }
  return shortfalls;
}
