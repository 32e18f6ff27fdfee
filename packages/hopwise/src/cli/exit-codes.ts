import type { DiagnosisDocument, TraceDocument } from '../report/diagnosis.ts';

export const FINE = 0;
export const WRONG = 1;
export const FAILED = 2;
export const INTERRUPTED = 130;

/** An inconclusive answer to a failure that was seen is not "nothing wrong"; without one it is. */
export function exitCodeOfDiagnosis({ verdict }: DiagnosisDocument): number {
  if (verdict.status === 'failing') return WRONG;
  if (verdict.status === 'healthy') return FINE;
  return (verdict.observedStatus ?? 0) >= 400 ? WRONG : FINE;
}

export function exitCodeOfTrace({ decision, hops, predictedStatus = 0 }: TraceDocument): number {
  const broken = decision.kind === 'none' || hops.some((hop) => hop.state === 'broken') || predictedStatus >= 400;
  return broken ? WRONG : FINE;
}
