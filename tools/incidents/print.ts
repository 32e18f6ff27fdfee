import type { Judgement, Totals } from './judge.ts';

/** One line for a case that is right, wanted and given below each other for one that is not. */
export function printCase(judgement: Judgement): string {
  const { id, wanted, given, verdict, seconds } = judgement;
  const mark = judgement.rightObject ? '✓' : judgement.wrongAndCertain ? '✗✗' : '✗';
  const confidence = given.confidence?.toFixed(2) ?? ' -  ';
  const head = `${mark.padEnd(2)} ${id.padEnd(46)} ${verdict.padEnd(12)} ${confidence} ${seconds.toFixed(2)} s`;
  if (judgement.rightObject) {
    return judgement.healthyCase ? head : `${head}  ${given.cause}  ${given.object}`;
  }
  const lines = [`wanted  ${wanted.cause}  ${wanted.object}`, `given   ${given.cause}  ${given.object}`];
  return [head, ...[...lines, ...judgement.remarks].map((line) => `     ${line}`)].join('\n');
}

export function printTotals(totals: Totals): string {
  const share = (count: number): string => `${count}/${totals.faults}`;
  return [
    `cause@1 ${share(totals.cause1)}   cause+object@1 ${share(totals.causeAndObject1)}   cause@3 ${share(totals.cause3)}`,
    `wrong and certain (confidence ≥ 0.8) ${totals.wrongAndCertain}   healthy ${totals.healthyRight}/${totals.healthy}`,
    ...(totals.slowest === undefined ? [] : [`slowest ${totals.slowest.seconds.toFixed(2)} s (${totals.slowest.id})`]),
  ].join('\n');
}
